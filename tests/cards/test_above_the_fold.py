"""Summary, found and do are read in ten seconds; what does not fit stands below, and nothing is lost."""

import re
from collections.abc import Iterator

from cards import Card, Decision, Knowledge
from cards.answer import build
from cards.answer.fold import ABOVE, MOST_WORDS, folded, words
from cards.loading.advice import SECTIONS
from tests.cards.chart import decide, knowledge_of, snapshot
from tests.cards.each_case import ask_each, of_every_rule
from tests.cards.test_german import german

MOST_LETTERS = 140
# a sentence that begins small, at the start of a line or behind another; what has a spelling of its own may (eGFR)
SMALL = re.compile(r"(?:^|[.?!]\*{0,2} )\**[a-zäöü](?![A-Z]).*", re.MULTILINE)


def sections(detail: str, known: Knowledge) -> Iterator[tuple[str, str]]:
    """The lines of a card, each with the section it stands in."""
    titles = {f"**{known.words.say(f'sections.{section}')}:** ": section for section in SECTIONS}
    section = ""
    for line in detail.split("\n"):
        title = next((title for title in titles if line.startswith(f"- {title}")), "")
        section = titles.get(title, section)
        if line.startswith("- "):
            yield section, line[2:].removeprefix(title)


def above(decision: Decision, known: Knowledge) -> Iterator[tuple[int, str]]:
    """How many words of each card stand above the fold, with its text."""
    for card in decision.cards:
        summary, detail = str(card.body["summary"]), str(card.body.get("detail", ""))
        told = [text for section, text in sections(detail, known) if section in ABOVE]
        yield words(summary, *told), f"{summary}\n{detail}"


@of_every_rule
def test_in_every_case(rule):
    def is_short(case):
        told = above(case.decision, knowledge_of(case.chart))
        assert [said for said in told if said[0] > MOST_WORDS] == []
        assert all(len(str(card.body["summary"])) < MOST_LETTERS for card in case.decision.cards)

    ask_each(rule, is_short)


@of_every_rule
def test_every_sentence_begins_with_a_capital(rule):
    def is_begun(case):
        known = knowledge_of(case.chart)
        for card in case.decision.cards:
            told = [str(card.body["summary"]), *(line for _, line in sections(str(card.body["detail"]), known))]
            assert SMALL.findall("\n".join(told)) == []

    ask_each(rule, is_begun)


@of_every_rule
def test_in_german_too(rule):
    def is_short(case):
        decision = decide(snapshot(case.chart), known=german())
        assert [told for told in above(decision, german()) if told[0] > MOST_WORDS] == []

    ask_each(rule, is_short, every=7)


def test_the_last_goes_first_and_what_is_emphasised_stays():
    long = "word " * 30
    lines = {
        "found": ["Found."],
        "do": [f"**Do this.** {long}", "**No dose.**", f"Then {long}"],
        "check": ["Check."],
        "why": [],
    }
    told = folded(lines, "Summary")
    assert told["do"] == [f"**Do this.** {long}", "**No dose.**"]
    assert told["check"] == [f"Then {long}", "Check."]
    assert folded(told, f"Summary {long}") == folded(told, f"Summary {long}")


def test_sentences_after_the_emphasis_may_go_alone():
    more = "The label tells " + "more " * 60
    told = folded({"found": [], "do": [f"**Oxide** 400 mg. {more}"], "check": []}, "Low")
    assert (told["do"], told["check"]) == (["**Oxide** 400 mg."], [more])


def test_what_fits_stays():
    lines = {"found": ["One. Two."], "do": ["Three. Four."], "check": ["Five."]}
    assert folded(lines, "Low") == lines


@of_every_rule
def test_nothing_is_lost(rule, monkeypatch):
    def says_all(case):
        known = knowledge_of(case.chart)
        with monkeypatch.context() as patch:
            patch.setattr(build, "folded", lambda lines, _: lines)
            whole = decide(snapshot(case.chart), known=known)
        folded, unfolded = ([all_words(card, known) for card in told.cards] for told in (case.decision, whole))
        assert folded == unfolded

    ask_each(rule, says_all, every=11)


def all_words(card: Card, known: Knowledge) -> list[str]:
    told = sections(str(card.body.get("detail", "")), known)
    return sorted(word for _, text in told for word in text.split())


def test_a_line_is_parted_between_sentences_alone():
    do = ["**Contraindicated** (US label; MHRA the same " + "word " * 60 + "end). Then this."]
    told = folded({"found": [], "do": do, "check": []}, "Low")
    assert told["do"] == [do[0].removesuffix(" Then this.")]
    assert told["check"] == ["Then this."]
