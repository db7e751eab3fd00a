"""Did something come that names another patient?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.inputs import BY_KEY, Input
from cards.loading import Words
from cards.model import Indicator, Problem, Say


@rule(Problem.INCOMPLETE, in_comfort=True, starts=lambda chart: chart.names_another)
def another_patient_is_named(chart: Chart) -> Say | Because:
    """What names somebody else is not used, and that is told (s.0.11); an order may be for the wrong patient."""
    matters = not chart.about_orders or chart.a_draft_may_matter
    orders, left_out = chart.snapshot.foreign_drafts, ", ".join(_left_out(chart)) if matters else ""
    if not orders and not left_out:
        return because("all that came is about this patient, or has to do with no order")
    values = {"orders": str(orders), "drafts": str(orders + len(chart.snapshot.drafts)), "left_out": left_out}
    lines = (
        *(("found_orders", "do_orders") if orders else ()),
        *(("found_record", "check_record") if left_out else ()),
    )
    grave = orders and not chart.snapshot.patient_unknown  # of whom nobody knows, that is said first
    indicator = Indicator.WARNING if grave else Indicator.INFO
    title = "orders" if orders else ""
    return Say(indicator, lines, values=values, title=title, about=f"{orders} {left_out}")


def _left_out(chart: Chart) -> list[str]:
    """What was left out, in the order in which cards name what is missing, and of how many entries."""
    foreign, words = chart.snapshot.foreign, chart.knowledge.words
    phrases = {key: "inputs.only_foreign" if key in chart.strays else "inputs.foreign" for key in foreign}
    ours = [(key, _named(asked, words)) for key, asked in BY_KEY.items() if key in foreign]
    told = [words.say(phrases[key], input=name, count=foreign[key]) for key, name in ours]
    # under keys that are none of ours, whose names are not repeated
    others = sum(count for key, count in foreign.items() if key not in BY_KEY)
    other = words.say("inputs.foreign", input=words.say("inputs.other"), count=others)
    return [*told, other] if others else told


def _named(asked: Input, words: Words) -> str:
    return asked.named(words) if asked.fact else asked.missed_as(words)
