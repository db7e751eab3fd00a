"""Is more elemental magnesium drafted by mouth than is tolerated?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, level_and_orders, oral_days
from cards.judgements.indication import is_wanted
from cards.model import Indicator, Medication, Problem, RenalGate, Route, Say, Suggestion, removals
from cards.plan import doses, own_orders

_LIMITS = {
    RenalGate.R1: (("review.oral.r1", Indicator.WARNING, "much"), ("ceiling.oral_mg.r1", Indicator.INFO, "more")),
    RenalGate.R0: (("review.oral.r0", Indicator.WARNING, "much"),),
    RenalGate.R4: (("review.oral.r0", Indicator.WARNING, "much"),),
}


@rule(Problem.DRAFT_MAGNESIUM)
def draft_oral_magnesium_is_too_much(chart: Chart) -> Say | Because:
    """Above 1,000 mg elemental a day; with an eGFR of 30-59 above 300 (told) and 600 (s.2.7)."""
    drafts = tuple(d for d in chart.chosen if is_wanted(d) and d.route is not Route.INTRAVENOUS)
    if not drafts or level_and_orders.refuses(drafts[0], chart):
        return because("no chosen draft of oral magnesium that is to be given at all")
    if own_orders.is_of_protocol(drafts, chart):
        return because("as the hospital's own protocol orders it")
    amount = oral_days.most(drafts, chart)
    for number, indicator, line in _LIMITS.get(chart.renal.of_drafts, ()):
        if chart.above(round(amount), number):
            values = {"drafted": _named(drafts, chart), "oral": f"{amount:.0f}", "most": f"{chart.numbers[number]:.0f}"}
            offers = _instead(drafts, chart) if indicator is Indicator.WARNING else ()
            return Say(indicator, (line,), title=line, values=values, suggestions=offers)
    return because("within what is tolerated, or judged with the kidneys")


def _named(drafts: tuple[Medication, ...], chart: Chart) -> str:
    names = ", ".join(dict.fromkeys(d.name for d in drafts))
    key = "drafts.several" if len(drafts) > 1 else "drafts.one"
    return chart.knowledge.words.say(key, names=names, count=len(drafts))


def _instead(drafts: tuple[Medication, ...], chart: Chart) -> tuple[Suggestion, ...]:
    gone = removals(drafts)
    order = doses.plan(chart).oral if assess.trusted_low(chart) else None
    if order is None or not gone:
        return ()
    return (Suggestion("replace", (order, *gone), recommended=True, values=doses.dose_values(order)),)
