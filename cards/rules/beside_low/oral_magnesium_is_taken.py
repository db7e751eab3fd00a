"""Is oral magnesium already taken?"""

from collections.abc import Iterable

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import given
from cards.model import DraftTest, Indicator, Medication, Problem, Say

_URINE = (DraftTest("urine_magnesium", "now"), DraftTest("urine_creatinine", "now"))


@rule(Problem.LOW_MAGNESIUM, adds=True)
def oral_magnesium_is_taken(chart: Chart) -> Say | Because:
    """Still low on oral magnesium (SAF-DUP): no second salt; adherence, gut, kidneys."""
    salts = _names(given.oral_replacement(chart))
    if not salts:
        return _as_needed(chart)
    new = given.oral_magnesium_is_new(chart)
    return Say(
        Indicator.INFO,
        ("found_new", "do_new") if new else ("found", "do", "urine"),
        title="suffix",
        values={"salts": salts},
        tests=() if new else _URINE,
    )


def _as_needed(chart: Chart) -> Say | Because:
    """A laxative as needed replaces nothing: it is named, a salt is offered in its place (s.2.4)."""
    names = _names(m for m in given.oral_magnesium(chart) if given.is_laxative_as_needed(m))
    if not names:
        return because("no oral magnesium taken")
    return Say(Indicator.INFO, ("as_needed",), values={"salts": names})


def _names(medications: Iterable[Medication]) -> str:
    return ", ".join(dict.fromkeys(m.name for m in medications))
