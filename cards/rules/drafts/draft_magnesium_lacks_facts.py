"""Does the drafted magnesium lack a level, a rate, or a dose that can be read?"""

from collections.abc import Iterator

from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.chart.fhir import objects
from cards.chart.home_list import is_of_discharge
from cards.judgements import assess, danger, given, indication, level_and_orders, obstetric_bag, other_magnesium
from cards.judgements.indication import is_wanted, reason_of
from cards.loading.indications import NOT_STATED
from cards.model import UNREAD, DraftTest, Indicator, Medication, Problem, Route, Say
from cards.plan import own_orders

_LEVEL = DraftTest("magnesium", "first")


@rule(Problem.DRAFT_MAGNESIUM)
def draft_magnesium_lacks_facts(chart: Chart) -> Say | Because:
    """Level normal or not known and no reason stated, no rate of 4 g or more, a dose not read (s.2.7)."""
    drafts = tuple(d for d in chart.chosen if is_wanted(d) and not level_and_orders.refuses(d, chart))
    lines = tuple(dict.fromkeys(line for d in drafts for line in _lines(d, chart)))
    if not lines:
        return because("the drafted magnesium lacks nothing, or none is drafted")
    return Say(
        Indicator.INFO,
        lines,
        title=lines[0],
        values={"drug": ", ".join(dict.fromkeys(d.name for d in drafts))},
        tests=(_LEVEL,) if "no_level_known" in lines else (),
    )


def _lines(draft: Medication, chart: Chart) -> Iterator[str]:
    if reason_of(draft, chart).indication.id == NOT_STATED and not _is_renewal(draft, chart):
        if _is_not_low(chart) and not own_orders.is_own(draft, chart):
            yield "not_low"
        if _has_no_level(draft, chart) and inputs.MAGNESIUM not in chart.not_known and not assess.is_child(chart):
            yield "no_level_known"
    if _has_no_rate(draft, chart):
        yield "no_rate"
    if _is_unread(draft, chart):
        yield "unread"


def _is_renewal(draft: Medication, chart: Chart) -> bool:
    """The next supply of what is taken or runs."""
    salt = draft.magnesium.salt if draft.magnesium else ""
    same = any(m.magnesium and m.magnesium.salt == salt for m in given.oral_magnesium(chart))
    return bool(other_magnesium.prior(draft, chart)) or (draft.route is not Route.INTRAVENOUS and same)


def _has_no_level(draft: Medication, chart: Chart) -> bool:
    """What goes home is judged by the last level of the stay (s.14)."""
    m = chart.magnesium
    if m is None or not is_of_discharge(indication.raw(draft, chart)):
        return chart.current is None
    return bool(chart.above(chart.hours_since(m.when), "fresh.discharge.actionable"))


def _is_not_low(chart: Chart) -> bool:
    """Within the limits of normal; low-normal with something that makes it dangerous is a reason of its own."""
    m = chart.current
    if m is None or m.low or m.x > m.upper_limit or assess.is_doubtful(m, chart):
        return False
    return bool(chart.at_least(m.x, "review.not_low_from")) or not danger.named(chart)


def _has_no_rate(draft: Medication, chart: Chart) -> bool:
    order = draft.magnesium
    if order is None or order.is_push or obstetric_bag.waits_for_a_rate(draft, chart):
        return False
    if obstetric_bag.fault(draft, True, chart):
        return False
    untold = [s for s in order.steps if s.per_hour is None and not s.intramuscular]
    return any(chart.at_least(s.grams, "review.no_rate_from") for s in untold)


def _is_unread(draft: Medication, chart: Chart) -> bool:
    """Told in a way that nobody can read; nothing told is filled in later."""
    order = draft.magnesium
    told = any(d.keys() - {"route", "sequence"} for d in objects(indication.raw(draft, chart), "dosageInstruction"))
    read = order is not None and (order.steps or order.elemental_mg_per_day or order.is_push)
    in_part = order is not None and any(step.times == UNREAD for step in order.steps)
    return told and (in_part or not read)
