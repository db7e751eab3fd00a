"""Is oral magnesium already taken?"""

from cards.chart import Chart
from cards.judgements import given
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def oral_magnesium_is_taken(chart: Chart) -> Finding | Silence:
    """Still low on oral magnesium (SAF-DUP): no second salt; adherence, gut, kidneys."""
    taken = given.oral_magnesium(chart)
    if not taken:
        return Silence("no oral magnesium taken")
    new = given.oral_magnesium_is_new(chart)
    return Finding(
        rule="oral_magnesium_is_taken",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="suffix",
        say=("found_new", "do_new") if new else ("found", "do", "urine"),
        values={"salts": ", ".join(dict.fromkeys(m.name for m in taken))},
        tests=() if new else (DraftTest("urine_magnesium", "now"), DraftTest("urine_creatinine", "now")),
        leads=False,
        numbers=(),
    )
