"""Which drugs may have caused the low magnesium?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import allergies, assess, cause_advice, causes, danger
from cards.model import Band, DraftTest, Indicator, Problem, RenalGate, Say, Suggestion
from cards.plan import doses, partners

Culprits = tuple[causes.Culprit, ...]


@rule(Problem.CAUSES, starts=assess.is_trustworthy)
def drugs_cause_low_magnesium(chart: Chart) -> Say | Because:
    """Up to three culprits by score (s.4), what to do about each, nothing stopped that protects."""
    if not assess.is_trustworthy(chart):
        return assess.is_trustworthy(chart)
    culprits = causes.culprits(chart)
    if not culprits:
        return because("no systemic drug on the list lowers magnesium, or the list is not known")
    if all(c.early for c in culprits):
        return _beside(culprits, "early")
    established = any(causes.depletes(c.medication) for c in culprits)
    return _said(culprits, chart) if established else _beside(culprits, "weak")


def _indicator(chart: Chart) -> Indicator:
    if chart.is_adult is False:
        return Indicator.INFO
    mild = chart.low is not None and chart.low.band is Band.MILD and not danger.named(chart)
    return Indicator.INFO if mild else Indicator.WARNING


def _said(culprits: Culprits, chart: Chart) -> Say:
    return Say(
        _indicator(chart),
        _lines(culprits, chart),
        values={
            "drugs": ", ".join(c.shown for c in culprits),
            "names": _names(culprits),
            "acid": cause_advice.acid_name(c.medication for c in culprits),
            "kept": "" if chart.renal.gate is RenalGate.R3 else chart.knowledge.words.say("kept.cause"),
            "antitubercular": wording.listed(cause_advice.advised(culprits, "antitubercular")),
            "stopped": wording.listed(c.role.ingredient for c in culprits if c.stopped),
            "why_no_sparing": partners.why_no_potassium_sparing(chart),
            **allergies.values(chart),
        },
        suggestions=_suggestions(culprits, chart),
    )


def _names(culprits: Culprits) -> str:
    return ", ".join(dict.fromkeys(c.role.ingredient for c in culprits))


def _lines(culprits: Culprits, chart: Chart) -> tuple[str, ...]:
    if assess.is_child(chart):
        return ("found", "child")
    sparing = doses.potassium_sparing_is_safe(chart)
    return ("found", *cause_advice.advice_keys(culprits, sparing, chart), *cause_advice.extra_keys(chart))


def _beside(culprits: Culprits, line: str) -> Say:
    """A line on the card of low magnesium, for what is no likely cause."""
    values = {"names": _names(culprits)}
    return Say(Indicator.INFO, (line,), values=values, problem=Problem.LOW_MAGNESIUM, adds=True)


def _suggestions(culprits: Culprits, chart: Chart) -> tuple[Suggestion, ...]:
    if chart.is_adult is not True:
        return ()
    on_diuretic = any(c.role.is_in("diuretic") for c in culprits if not c.stopped)
    return (*_famotidine(culprits, chart), *doses.sparing_offered(on_diuretic, chart))


def _famotidine(culprits: Culprits, chart: Chart) -> tuple[Suggestion, ...]:
    """In place of a PPI that nothing on record protects."""
    ppi = cause_advice.replaceable_ppi(culprits, chart)
    if ppi is None:
        return ()
    famotidine, recheck = doses.alternative("famotidine", chart.knowledge), DraftTest("magnesium", "after_ppi")
    return (Suggestion("famotidine", (famotidine, ppi, recheck), values={"drug": ppi.name}),)
