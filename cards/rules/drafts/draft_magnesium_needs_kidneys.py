"""Do the kidneys allow the drafted magnesium?"""

from collections.abc import Iterator, Mapping

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, kidneys_and_orders, level_and_orders, order_measures
from cards.judgements.indication import is_wanted, reason_of
from cards.judgements.kidneys_and_orders import Verdict
from cards.model import DraftTest, Medication, Problem, Route, Say, Suggestion, removals
from cards.plan import doses, own_orders
from cards.units import shown

_FIRST = (DraftTest("bmp", "first"), DraftTest("magnesium", "first"))


@rule(Problem.DRAFT_MAGNESIUM, in_comfort=True)
def draft_magnesium_needs_kidneys(chart: Chart) -> Say | Because:
    """Renal states R1-R4 and creatinine in obstetrics, by what the order is for (s.1.5, 2.1, 2.7; hard stops)."""
    drafts = tuple(d for d in chart.chosen if d.magnesium)
    found = [(d, v) for d in drafts for v in _verdicts(d, chart) if not _was_told(v, d, chart)]
    if not found:
        return because("the kidneys allow the drafted magnesium, or none is drafted")
    verdicts = sorted((v for _, v in found), key=lambda v: -v.indicator)
    refused = tuple(d for d, v in found if v.remove)
    wrong = tuple(d for d, v in found if v.change)
    return Say(
        verdicts[0].indicator,
        tuple(dict.fromkeys(v.say for v in verdicts)),
        title=verdicts[0].say,
        values=_values([d for d, _ in found], chart),
        suggestions=(*_removal(refused), *_change(wrong, chart)),
        tests=_FIRST if any(v.say == "unknown" for v in verdicts) else (),
    )


def _verdicts(draft: Medication, chart: Chart) -> Iterator[Verdict]:
    order = draft.magnesium
    if order is None or level_and_orders.refuses(draft, chart):
        return
    if not is_wanted(draft):
        yield from kidneys_and_orders.of_source(draft, chart)
    elif draft.route is not Route.INTRAVENOUS:
        yield from kidneys_and_orders.by_mouth(draft, chart)
    elif not own_orders.is_of_protocol(_infused(chart), chart):
        yield from kidneys_and_orders.into_a_vein(draft, reason_of(draft, chart), chart)


def _infused(chart: Chart) -> list[Medication]:
    return chart.remember(_infused, lambda c: [d for d in c.chosen if is_wanted(d) and d.route is Route.INTRAVENOUS])


def _was_told(verdict: Verdict, draft: Medication, chart: Chart) -> bool:
    """Beside our own offer."""
    return verdict.say == "raisers" and own_orders.is_own(draft, chart)


def _values(drafts: list[Medication], chart: Chart) -> Mapping[str, str]:
    known = tuple(dict.fromkeys(drafts))
    wanted = tuple(d for d in known if is_wanted(d) and d.route is Route.INTRAVENOUS)
    grams = order_measures.measure("day", wanted, chart) or 0.0
    oral = max((d.magnesium.elemental_mg_per_day or 0.0 for d in known if d.magnesium), default=0.0)
    return {
        "drug": ", ".join(dict.fromkeys(d.name for d in known)),
        "grams": shown(grams, 1),
        "rate": shown(order_measures.measure("rate", wanted, chart) or 0.0, 1),
        "steady": shown(order_measures.measure("steady_rate", wanted, chart) or 0.0, 1),
        "oral": f"{oral:.0f}",
        "reason": ", ".join(dict.fromkeys(reason_of(d, chart).indication.name for d in wanted)),
        "raisers": ", ".join(kidneys_and_orders.raisers(chart)),
    }


def _removal(drafts: tuple[Medication, ...]) -> tuple[Suggestion, ...]:
    gone = removals(dict.fromkeys(drafts))
    names = {"drug": ", ".join(dict.fromkeys(d.name for d in drafts))}
    return (Suggestion("remove", gone, recommended=True, values=names),) if gone else ()


def _change(drafts: tuple[Medication, ...], chart: Chart) -> tuple[Suggestion, ...]:
    """The order of the plan in place of the drafts of that route."""
    listed = tuple(dict.fromkeys(drafts))
    iv = [d for d in listed if d.route is Route.INTRAVENOUS]
    plan = doses.plan(chart)
    order, gone = (plan.iv, iv) if iv else (plan.oral, listed)
    removed = removals(gone)
    if order is None or not removed or assess.trusted_low(chart) is None:
        return ()
    return (Suggestion("replace", (order, *removed), recommended=True, values=doses.dose_values(order)),)
