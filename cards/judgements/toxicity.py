"""Signs of too much magnesium among the vital signs of the last hours: breathing, pressure (clinical rule s.1.6)."""

from cards.chart import Because, Chart, because, once
from cards.judgements import given


@once
def breathing_is_slow(chart: Chart) -> Because:
    """Whether breathing is slow; a rate that is hardly any is believed only while IV magnesium runs (s.0.7)."""
    rate = chart.results.get("respiratory_rate")
    if rate is None:
        return because("no respiratory rate of these hours")
    slow = chart.below(rate.value, "breathing.slow")
    if slow and chart.at_most(rate.value, "breathing.hardly_any") and not given.iv_magnesium_may_run(chart):
        return because("a rate that no patient has without IV magnesium")
    return slow


@once
def signs(chart: Chart) -> tuple[str, ...]:
    """Slow breathing and low pressure as measured, in words for the card, whatever made them."""
    rate, pressure = chart.results.get("respiratory_rate"), chart.conditions.get("hypotension")
    say = chart.knowledge.words.say
    slow = rate if breathing_is_slow(chart) else None
    found = (say("vital_signs.respiratory_rate", value=slow.value, time=f"{slow.when:%H:%M}"),) if slow else ()
    return (*found, pressure.name) if pressure and pressure.measured else found


@once
def is_likely(chart: Chart) -> Because:
    """Whether magnesium may make such signs: while it runs IV, or at a level of now that is high enough."""
    if given.iv_magnesium_may_run(chart):
        return Because(True, "IV magnesium runs")
    m = chart.current
    if m is None or not m.plausible or not chart.is_fresh:
        return because("no IV magnesium runs, and no level of now is known")
    return chart.at_least(m.x, "toxicity.magnesium")


def signs_of_magnesium(chart: Chart) -> tuple[str, ...]:
    """The signs that magnesium may have made."""
    return signs(chart) if signs(chart) and is_likely(chart) else ()
