"""Which drugs may have caused the low magnesium?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, causes, danger
from cards.model import Band, DraftTest, Indicator, Problem, RenalGate, Say, Suggestion
from cards.plan import doses


@rule(Problem.CAUSES)
def drugs_cause_low_magnesium(chart: Chart) -> Say | Because:
    """Up to three culprits by score (s.4), what to do about each, nothing stopped that protects."""
    if chart.low is None or not chart.low.plausible or assess.is_contaminated(chart):
        return because("no low magnesium that can be trusted")
    culprits = causes.culprits(chart)
    if not culprits:
        return because("no systemic drug on the list lowers magnesium, or the list is not known")
    if not any(causes.depletes(c.medication) for c in culprits):
        return _weak_only(culprits)
    worth_a_warning = chart.low.band is not Band.MILD or bool(danger.named(chart))
    return Say(
        Indicator.WARNING if worth_a_warning and chart.is_adult is not False else Indicator.INFO,
        _say(culprits, chart),
        values={
            "drugs": ", ".join(c.shown for c in culprits),
            "names": _names(culprits),
            "acid": causes.acid_name(c.medication for c in culprits),
            "kept": "" if chart.renal.gate is RenalGate.R3 else "oral magnesium, ",
            "antitubercular": wording.listed(causes.advised(culprits, "antitubercular")),
            "stopped": wording.listed(c.role.ingredient for c in culprits if c.stopped),
            "why_no_sparing": doses.why_no_potassium_sparing(chart),
        },
        suggestions=_suggestions(culprits, chart),
    )


def _names(culprits: tuple[causes.Culprit, ...]) -> str:
    return ", ".join(dict.fromkeys(c.role.ingredient for c in culprits))


def _say(culprits: tuple[causes.Culprit, ...], chart: Chart) -> tuple[str, ...]:
    if assess.is_child(chart):
        return ("found", "child")
    sparing = doses.potassium_sparing_is_safe(chart)
    return ("found", *causes.advice_keys(culprits, sparing, chart), *causes.extra_keys(chart))


def _weak_only(culprits: tuple[causes.Culprit, ...]) -> Say:
    return Say(
        Indicator.INFO,
        ("weak",),
        problem=Problem.LOW_MAGNESIUM,
        values={"names": _names(culprits)},
        adds=True,
    )


def _suggestions(culprits: tuple[causes.Culprit, ...], chart: Chart) -> tuple[Suggestion, ...]:
    if chart.is_adult is not True:
        return ()
    found = []
    ppi = causes.replaceable_ppi(culprits, chart)
    if ppi is not None:
        offers = (doses.alternative("famotidine", chart.knowledge), ppi, DraftTest("magnesium", "after_ppi"))
        found.append(Suggestion("famotidine", offers, values={"drug": ppi.name}))
    on_diuretic = any(c.role.is_in("diuretic") for c in culprits if not c.stopped)
    if on_diuretic and doses.potassium_sparing_is_safe(chart):
        found.append(
            Suggestion(
                "sparing", (doses.alternative("spironolactone", chart.knowledge), DraftTest("bmp", "after_diuretic"))
            )
        )
    return tuple(found)
