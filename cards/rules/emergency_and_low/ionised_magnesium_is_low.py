"""Is ionised magnesium low?"""

from operator import attrgetter

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import danger, ionised
from cards.model import DraftTest, Indicator, Ionised, Problem, Say
from cards.units import level


@rule(Problem.LOW_MAGNESIUM, starts=attrgetter("ionised"))
def ionised_magnesium_is_low(chart: Chart) -> Say | Because:
    """Its own scale (s.1.3): a card, no band of total magnesium, no dose; a line where the total is low itself."""
    found = chart.ionised
    return _said(found, chart) if found and ionised.is_low(chart) else ionised.is_low(chart)


def _said(found: Ionised, chart: Chart) -> Say:
    alone = chart.low is None
    return Say(
        Indicator.WARNING if alone and danger.named(chart) else Indicator.INFO,
        _lines(found, chart) if alone else ("too",),
        values={
            "ionised": found.shown,
            "ionised_date": wording.moment(found.when),
            "ionised_limit": level(
                "magnesium", found.lower_limit, chart.knowledge.site.unit_first, chart.knowledge.units
            ),
        },
        tests=_tests(chart) if alone else (),
        about=f"{found.when.isoformat()} {found.value}",
        adds=not alone,
        alone=alone,
    )


def _lines(found: Ionised, chart: Chart) -> tuple[str, ...]:
    limit = "own_limit" if found.own_limit else "found"
    return (limit, "total" if ionised.is_of_the_same_draw(chart) else "do", "no_dose")


def _tests(chart: Chart) -> tuple[DraftTest, ...]:
    total = () if ionised.is_of_the_same_draw(chart) else (DraftTest("magnesium", "now"),)
    return (*total, DraftTest("bmp", "now"))
