"""Is there a magnesium result that cannot be read?"""

from operator import attrgetter

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.loading import Words
from cards.model import OF_UNITS, DraftTest, Freshness, Indicator, Problem, Say, Unreadable


@rule(Problem.DATA_QUALITY, starts=attrgetter("unreadable_magnesium"))
def result_is_unreadable(chart: Chart) -> Say | Because:
    """A result without unit, value or date says nothing by itself (s.0.1): verify it, and never guess."""
    unread = chart.unreadable_magnesium
    if not unread:
        return because("every magnesium result could be read, or is too old")
    if _a_later_one_was_read(unread[0], chart):
        return because("a later magnesium result could be read")
    return _said(unread, chart.knowledge.words)


def _a_later_one_was_read(newest: Unreadable, chart: Chart) -> bool:
    m = chart.current
    return m is not None and (m.freshness is Freshness.ACTIONABLE or bool(newest.when and not m.superseded))


def _said(unread: tuple[Unreadable, ...], words: Words) -> Say:
    newest, told = unread[0], [words.say(f"doubts.{result.why}") for result in unread]
    return Say(
        Indicator.INFO,
        ("found", *(("units",) if newest.why in OF_UNITS else ()), "check"),
        values={"result": _named(newest, words), "why": told[0]},
        tests=(DraftTest("magnesium", "now"),),
        about="; ".join(sorted(f"{why} {result.when}" for result, why in zip(unread, told, strict=True))),
    )


def _named(result: Unreadable, words: Words) -> str:
    """The result by what was sent and its date, as far as both are known."""
    sent = words.say("result.sent", result=result.sent) if result.sent else words.say("result.other")
    return words.say("result.dated", result=sent, when=wording.moment(result.when)) if result.when else sent
