"""Is oral magnesium already taken?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import given
from cards.model import DraftTest, Indicator, Problem, Say

_URINE = (DraftTest("urine_magnesium", "now"), DraftTest("urine_creatinine", "now"))


@rule(Problem.LOW_MAGNESIUM, adds=True)
def oral_magnesium_is_taken(chart: Chart) -> Say | Because:
    """Still low on oral magnesium (SAF-DUP): no second salt; adherence, gut, kidneys."""
    salts = ", ".join(dict.fromkeys(m.name for m in given.oral_magnesium(chart)))
    if not salts:
        return because("no oral magnesium taken")
    new = given.oral_magnesium_is_new(chart)
    return Say(
        Indicator.INFO,
        ("found_new", "do_new") if new else ("found", "do", "urine"),
        title="suffix",
        values={"salts": salts},
        tests=() if new else _URINE,
    )
