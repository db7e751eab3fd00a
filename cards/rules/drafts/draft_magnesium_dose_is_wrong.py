"""Is the drafted magnesium too much, too fast, or an obstetric bag?"""

from cards.ask import rule
from cards.chart import Because, Chart, any_of, because
from cards.judgements import assess, danger
from cards.model import Indicator, MagnesiumKind, Medication, Problem, RenalGate, Route, Say, Suggestion, removals
from cards.plan import doses

_ORAL = frozenset({"oral", "oral_poor"})
_KINDS = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
_NO = because("")
Drafts = tuple[Medication, ...]


@rule(Problem.DRAFT_MAGNESIUM)
def draft_magnesium_dose_is_wrong(chart: Chart) -> Say | Because:
    """Above the ceilings of s.2.1, 2.3 and 2.4, summed over the chosen drafts; obstetrics has its own protocol."""
    drafts = tuple(d for d in chart.chosen if d.magnesium and d.magnesium.kind in _KINDS)
    if not drafts or chart.has("pre_eclampsia"):
        return because("no chosen magnesium draft, or the obstetric protocol decides")
    if _are_refused(drafts, chart):
        return because("none is to be given: a limit would read as leave to give it")
    checks = {**_iv_checks(drafts, chart), **_oral_checks(drafts, chart)}
    wrong = tuple(name for name, too_much in checks.items() if too_much)
    return _said(wrong, drafts, chart) if wrong else any_of(*(reason for reason in checks.values() if reason.why))


def _said(wrong: tuple[str, ...], drafts: Drafts, chart: Chart) -> Say:
    return Say(
        Indicator.WARNING,
        wrong,
        title="oral" if wrong[0] in _ORAL else wrong[0],
        values={
            "drafted": _named(drafts, chart),
            "grams": f"{_grams(drafts):g}",
            "rate": f"{_rate(drafts):.3g}",
            "oral": f"{_elemental(drafts):.0f}",
            "most": f"{chart.numbers[_most_iv(chart)]:g}",
            "most_oral": f"{chart.numbers[_most_oral(chart)]:g}",
        },
        suggestions=_replacement(drafts, wrong, chart),
    )


def _iv_checks(drafts: Drafts, chart: Chart) -> dict[str, Because]:
    """In an emergency a push and a faster rate are meant; the rate for poor kidneys is of draft_magnesium_is_unsafe."""
    emergency, rate = assess.emergency(chart) is not None, _rate(drafts)
    poor = chart.renal.gate.is_poor
    return {
        "obstetric": Because(any(d.magnesium and d.magnesium.kind is MagnesiumKind.OBSTETRIC for d in drafts)),
        "grams": chart.clearly_above(_grams(drafts), _most_iv(chart)),
        "rate": _NO if emergency or poor else chart.clearly_above(rate, _fastest(chart)),
        "rate_emergency": chart.clearly_above(rate, "ceiling.iv_rate.emergency") if emergency else _NO,
        "push": Because(not emergency and any(d.magnesium and d.magnesium.is_push for d in drafts)),
    }


def _oral_checks(drafts: Drafts, chart: Chart) -> dict[str, Because]:
    """On dialysis none is given by mouth: a limit would read as leave to give it."""
    if chart.renal.gate is RenalGate.R3:
        return {}
    name = "oral_poor" if chart.renal.gate.is_poor else "oral"
    return {name: chart.clearly_above(_elemental(drafts), _most_oral(chart))}


def _are_refused(drafts: Drafts, chart: Chart) -> bool:
    """By draft_magnesium_is_unsafe, whatever the dose: magnesium is high, or the kidneys do not excrete it."""
    if assess.emergency(chart):
        return False
    high = (assess.level_forbids(d.route is Route.INTRAVENOUS, chart) for d in drafts)
    return chart.renal.gate is RenalGate.R3 or all(high)


def _named(drafts: Drafts, chart: Chart) -> str:
    names = ", ".join(dict.fromkeys(d.name for d in drafts))
    key = "drafts.several" if len(drafts) > 1 else "drafts.one"
    return chart.knowledge.words.say(key, names=names, count=len(drafts))


def _grams(drafts: Drafts) -> float:
    iv = (d.magnesium for d in drafts if d.route is Route.INTRAVENOUS)
    return sum(order.grams or 0.0 for order in iv if order)


def _rate(drafts: Drafts) -> float:
    return max((d.magnesium.grams_per_hour or 0.0 for d in drafts if d.magnesium), default=0.0)


def _elemental(drafts: Drafts) -> float:
    return sum(d.magnesium.elemental_mg_per_day or 0.0 for d in drafts if d.magnesium)


def _most_iv(chart: Chart) -> str:
    return chart.knowledge.ceilings.of(chart.renal.gate).iv_grams


def _fastest(chart: Chart) -> str:
    """With symptoms a dose may run faster (s.2.4)."""
    usual = chart.knowledge.ceilings.of(chart.renal.gate).iv_rate
    return "ceiling.iv_rate.symptoms" if danger.has_symptoms(chart) else usual


def _most_oral(chart: Chart) -> str:
    return chart.knowledge.ceilings.of(chart.renal.gate).oral_mg


def _replacement(drafts: Drafts, wrong: tuple[str, ...], chart: Chart) -> tuple[Suggestion, ...]:
    """The usual order in place of every draft of the route that is wrong."""
    iv = not _ORAL.issuperset(wrong)
    gone = removals(d for d in drafts if (d.route is Route.INTRAVENOUS) is iv)
    order = doses.plan(chart).iv if iv else doses.plan(chart).oral
    if assess.trusted_low(chart) is None or order is None or not gone:
        return ()
    return (Suggestion("replace", (order, *gone), recommended=True, values=doses.dose_values(order)),)
