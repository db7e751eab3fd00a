"""Is ionised magnesium low?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import DraftTest, Indicator, Ionised, Problem, Say


@rule(Problem.LOW_MAGNESIUM)
def ionised_magnesium_is_low(chart: Chart) -> Say | Because:
    """Its own scale (s.1.3): a card, no band of total magnesium, no dose; a line where the total is low itself."""
    found = chart.ionised
    if found is None or not found.low:
        return because("ionised magnesium is normal, too old, or not known")
    total_is_low = chart.low is not None
    total_is_known = assess.ionised_is_of_the_same_draw(chart)
    return Say(
        Indicator.WARNING if danger.named(chart) and not total_is_low else Indicator.INFO,
        ("too",) if total_is_low else (_limit(found), "total" if total_is_known else "do", "no_dose"),
        values={
            "ionised": found.shown,
            "ionised_date": wording.moment(found.when),
            "ionised_limit": f"{found.lower_limit:.2f} mmol/L",
        },
        tests=() if total_is_low else _tests(total_is_known),
        about=f"{found.when.isoformat()} {found.value}",
    )


def _limit(found: Ionised) -> str:
    return "own_limit" if found.own_limit else "found"


def _tests(total_is_known: bool) -> tuple[DraftTest, ...]:
    return (*(() if total_is_known else (DraftTest("magnesium", "now"),)), DraftTest("bmp", "now"))
