"""Does a drug with a torsades risk go home while magnesium is too low for it?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, leaving, potassium
from cards.model import Indicator, Problem, Say
from cards.plan import after_discharge


@rule(Problem.DISCHARGE)
def qt_drug_goes_home(chart: Chart) -> Say | Because:
    """Dofetilide, sotalol or two known-risk drugs: correct first (s.14, DIS-QT)."""
    names, m = leaving.risky_qt_drugs(chart), chart.current
    if not names:
        return leaving.home_is_known(chart) and because("no such drug, or only one, goes home")
    if m is None or assess.is_doubtful(m, chart):
        return chart.is_known and because("the result must be repeated first")
    return (
        leaving.may_speak(chart)
        and danger.is_too_low_for_a_risky_drug(m.x, chart)
        and Say(
            Indicator.WARNING,
            ("found", "do", after_discharge.line(chart)),
            values={"drugs": wording.listed(names), "and_potassium": potassium.goal(chart)},
            tests=after_discharge.tests(chart),
        )
    )
