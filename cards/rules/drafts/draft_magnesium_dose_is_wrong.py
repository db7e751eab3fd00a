"""Is the drafted magnesium too much, too fast, or an obstetric bag?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import Indicator, MagnesiumKind, Medication, Problem, RenalGate, Route, Say, Suggestion, removals
from cards.plan import doses

_ROUNDING = 1.02
_ORAL = frozenset({"oral", "oral_poor"})
_KINDS = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)

Drafts = tuple[Medication, ...]


@rule(Problem.DRAFT_MAGNESIUM)
def draft_magnesium_dose_is_wrong(chart: Chart) -> Say | Because:
    """Above the ceilings of s.2.1, 2.3 and 2.4, summed over the chosen drafts; obstetrics has its own protocol."""
    drafts = tuple(d for d in chart.chosen if d.magnesium and d.magnesium.kind in _KINDS)
    if not drafts or chart.has("pre_eclampsia"):
        return because("no chosen magnesium draft, or the obstetric protocol decides")
    if _are_refused(drafts, chart):
        return because("none is to be given: a limit would read as leave to give it")
    reasons = _reasons(drafts, chart)
    if not reasons:
        return because("no chosen magnesium draft above the ceilings")
    return Say(
        Indicator.WARNING,
        reasons,
        title="oral" if reasons[0] in _ORAL else reasons[0],
        values={
            "drafted": _named(drafts),
            "grams": f"{_grams(drafts):g}",
            "rate": f"{_rate(drafts):.3g}",
            "oral": f"{_elemental(drafts):.0f}",
            "most": f"{_most_grams(chart):g}",
            "most_oral": f"{_most_oral(chart):g}",
        },
        suggestions=_replacement(drafts, reasons, chart),
    )


def _reasons(drafts: Drafts, chart: Chart) -> tuple[str, ...]:
    emergency = assess.emergency(chart) is not None
    too_much_oral = _elemental(drafts) > _most_oral(chart) * _ROUNDING
    # the rate for eGFR 15-29 is that of draft_magnesium_is_unsafe
    checks = {
        "obstetric": any(d.magnesium and d.magnesium.kind is MagnesiumKind.OBSTETRIC for d in drafts),
        "grams": _grams(drafts) > _most_grams(chart) * _ROUNDING,
        "rate": not emergency and not chart.renal.gate.is_poor and _rate(drafts) > _fastest(chart) * _ROUNDING,
        "rate_emergency": emergency and _rate(drafts) > chart.numbers["ceiling.iv_rate.emergency"] * _ROUNDING,
        "push": not emergency and any(d.magnesium and d.magnesium.is_push for d in drafts),
        "oral": too_much_oral and not chart.renal.gate.is_poor,
        "oral_poor": too_much_oral and chart.renal.gate is RenalGate.R2,
    }
    return tuple(reason for reason, applies in checks.items() if applies)


def _are_refused(drafts: Drafts, chart: Chart) -> bool:
    """By draft_magnesium_is_unsafe, whatever the dose: magnesium is high, or the kidneys do not excrete it."""
    if assess.emergency(chart):
        return False
    high = (assess.level_forbids(d.route is Route.INTRAVENOUS, chart) for d in drafts)
    return chart.renal.gate is RenalGate.R3 or all(high)


def _named(drafts: Drafts) -> str:
    names = ", ".join(dict.fromkeys(d.name for d in drafts))
    return f"{len(drafts)} drafts of {names}" if len(drafts) > 1 else f"{names} draft"


def _grams(drafts: Drafts) -> float:
    iv = (d.magnesium for d in drafts if d.route is Route.INTRAVENOUS)
    return sum(order.grams or 0.0 for order in iv if order)


def _rate(drafts: Drafts) -> float:
    return max((d.magnesium.grams_per_hour or 0.0 for d in drafts if d.magnesium), default=0.0)


def _elemental(drafts: Drafts) -> float:
    return sum(d.magnesium.elemental_mg_per_day or 0.0 for d in drafts if d.magnesium)


def _most_grams(chart: Chart) -> float:
    return chart.numbers[chart.knowledge.ceilings.of(chart.renal.gate).iv_grams]


def _fastest(chart: Chart) -> float:
    """With symptoms 2 g may run in 15 minutes (s.2.4); otherwise 1 g/h."""
    usual = chart.knowledge.ceilings.of(chart.renal.gate).iv_rate
    return chart.numbers["ceiling.iv_rate.symptoms" if danger.has_symptoms(chart) else usual]


def _most_oral(chart: Chart) -> float:
    return chart.numbers[chart.knowledge.ceilings.of(chart.renal.gate).oral_mg]


def _replacement(drafts: Drafts, reasons: tuple[str, ...], chart: Chart) -> tuple[Suggestion, ...]:
    """The usual order in place of every draft of the route that is wrong."""
    iv = not _ORAL.issuperset(reasons)
    gone = removals(d for d in drafts if (d.route is Route.INTRAVENOUS) is iv)
    low = assess.trusted_low(chart)
    plan = doses.plan(chart)
    order = plan.iv if iv else plan.oral
    if low is None or order is None or not gone:
        return ()
    return (Suggestion("replace", (order, *gone), recommended=True, values=doses.dose_values(order)),)
