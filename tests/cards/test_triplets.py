"""Every rule stands in three places, its cases show it firing and silent, and every text of it can be reached."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from cards.answer.merge import Recommendation, recommend
from cards.chart import Because
from cards.chart.asked import Asked
from cards.model import Decision, Finding, Indicator
from cards.rules import RULES
from tests.cards import answer
from tests.cards.chart import CASES, case_files, cases, decide, knowledge, knowledge_of, snapshot
from tests.told import told_in

ROOT = CASES.parents[2]
LONGEST_LINE = 120
UNFINISHED = re.compile(r"None|[{}]|nan\b|\(\)|  +\S| ,|\.\.|[:,] ?[.;]|^(- )?(\*\*\w+:\*\* )?[,.:;]", re.MULTILINE)
RULE_NAMES = sorted(rule.name for rule in RULES)
# Texts that no chart can reach: (rule, kind, key) and why they stay.
_FAULT = "said when a rule of ours fails: tests/service/test_failing_rule.py"
UNREACHABLE: dict[tuple[str, str, str], str] = {
    ("check_is_incomplete", "summary", "broken"): _FAULT,
    ("check_is_incomplete", "line", "found_broken"): _FAULT,
    ("check_is_incomplete", "line", "check_broken"): _FAULT,
}
# Thresholds that the cases meet from one side only, and why.
_TOO_OLD = "asked of a result that is too old, to tell its age"
_NO_CASE = "no case on the other side yet"
ONE_SIDED: dict[str, str] = {
    **dict.fromkeys(
        (f"fresh.{place}.repeat" for place in ("inpatient", "ambulatory", "discharge", "refill")), _TOO_OLD
    ),
    "review.obstetric.age_years": _NO_CASE,
}


@dataclass
class Seen:
    """What the cases of all rules reached: decisions, texts and the outcomes of each rule's own cases."""

    decisions: list[Decision] = field(default_factory=list)
    texts: set[tuple[str, str, str]] = field(default_factory=set)
    outcomes: dict[str, set[bool]] = field(default_factory=dict)
    indicators: set[Indicator] = field(default_factory=set)
    compared: dict[str, set[bool]] = field(default_factory=dict)


@cache
def seen() -> Seen:
    """Every case decided once."""
    found = Seen()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Asked, "_compare", _noting(found.compared))
        _decide_all(found)
    return found


def _noting(compared: dict[str, set[bool]]) -> Callable[..., Because]:
    """The comparison with a threshold, which is noted with its outcome."""
    compare = Asked._compare

    def noted(
        chart: Asked, value: float | None, number: str, relation: str, holds: bool, *own: float | None
    ) -> Because:
        compared.setdefault(number, set()).add(holds)
        return compare(chart, value, number, relation, holds, *own)

    return noted


def _decide_all(found: Seen) -> None:
    for rule, case in cases():
        decision = decide(snapshot(case["chart"]), known=knowledge_of(case["chart"]))
        found.decisions.append(decision)
        found.outcomes.setdefault(rule, set()).add(any(rule in card.rules for card in decision.cards))
        found.indicators |= {card.indicator for card in decision.cards}
        for said, card in zip(_said(decision), decision.cards, strict=True):
            found.texts.update(_texts(said, str(card.body["summary"])))


def _said(decision: Decision) -> tuple[Recommendation, ...]:
    """What every rule of the moment says, those too that the decision did not have to ask."""
    answers = decision.trace.answers.values()
    return recommend([a for a in answers if isinstance(a, Finding)], decision.trace.chart).said


def _texts(said: Recommendation, summary: str) -> Iterator[tuple[str, str, str]]:
    """The lines and labels of the findings, and the sentences that its summary is made of."""
    for finding in said.findings:
        advice = knowledge().advice[finding.rule]
        shown = (k for k in finding.say if not (advice.lines[k].minor and said.indicator is Indicator.CRITICAL))
        yield from ((finding.rule, "line", key) for key in shown)
        yield from ((finding.rule, "label", s.label) for s in finding.suggestions)
        told = {finding.title: advice.summaries.get(finding.title, "")}
        told |= {"": advice.summary} if finding is said.lead and not told[finding.title] else {}
        yield from ((finding.rule, "summary", key) for key, text in told.items() if text and _matches(text, summary))


def _matches(template: str, summary: str) -> bool:
    return bool(re.search(re.sub(r"\\{.*?\\}", ".+", re.escape(template)), summary))


def _written() -> Iterator[tuple[str, str, str]]:
    for rule, advice in knowledge().advice.items():
        yield from ((rule, "line", key) for key in advice.lines)
        yield from ((rule, "label", key) for key in advice.suggestions)
        yield from ((rule, "summary", key) for key in advice.summaries)
        if advice.summary:
            yield rule, "summary", ""


@pytest.mark.parametrize(
    ("folder", "suffix"), [("cards/rules", ".py"), ("cards/knowledge/advice", ".yaml"), ("tests/cards/cases", ".yaml")]
)
def test_every_rule_stands_in_three_places(folder: str, suffix: str) -> None:
    found = {p.stem: p.parent.name for p in (ROOT / folder).glob(f"*/*{suffix}") if not p.stem.startswith("_")}
    places = {rule.name: rule.question.__module__.split(".")[-2:] for rule in RULES}
    in_code = suffix == ".py"
    assert found == {module if in_code else name: card for name, (card, module) in places.items()}


def test_a_module_of_several_rules_is_one_reader_of_a_table():
    modules = [rule.question.__module__ for rule in RULES]
    assert {m.rpartition(".")[2] for m in modules if modules.count(m) > 1} == {"hard_stops"}
    alone = {rule.name: rule.question.__module__.rpartition(".")[2] for rule in RULES}
    assert all(name == module for name, module in alone.items() if module != "hard_stops")


def test_every_hard_stop_is_told_when_a_chart_is_opened_and_at_review():
    told = {rule.name for rule in RULES}
    for name, stop in knowledge().hard_stops.items():
        assert stop.renal or stop.caution or f"{name}_forbids_iv" in told
        rule = "draft_magnesium_needs_kidneys" if stop.renal else "draft_magnesium_is_unsafe"
        texts = knowledge().advice[rule]
        assert {*filter(None, [stop.draft, stop.draft_yielded])} <= texts.lines.keys()
        assert stop.draft or stop.caution


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_a_case_file_says_what_it_is_about(path: Path) -> None:
    told = told_in(path)
    assert told["rule"] == path.stem
    assert told["question"] == knowledge().advice[told["rule"]].question
    assert len({case["name"] for case in told["cases"]}) == len(told["cases"])
    assert all(case["because"] for case in told["cases"])


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_a_case_file_is_read_without_scrolling(path: Path) -> None:
    assert not [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > LONGEST_LINE]


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_the_cases_of_a_rule_show_it_firing_and_silent(rule: str) -> None:
    assert seen().outcomes[rule] == {True, False}


def test_every_threshold_that_is_compared_is_seen_from_both_sides() -> None:
    one_sided = {number for number, outcomes in seen().compared.items() if len(outcomes) == 1}
    assert one_sided == ONE_SIDED.keys(), "a case on each side of a new threshold; none stays in ONE_SIDED in vain"


def test_every_text_is_reached_by_a_case() -> None:
    unreached = set(_written()) - seen().texts
    assert unreached == UNREACHABLE.keys()


def test_every_summary_fits_and_no_text_is_unfinished() -> None:
    assert seen().indicators == set(Indicator)
    for card in (card for decision in seen().decisions for card in decision.cards):
        text = answer.text_of(card)
        assert 0 < len(str(card.body["summary"])) < 140
        assert not UNFINISHED.search(text), text
        assert "\u2026" not in str(card.body["summary"]), text


def test_no_card_repeats_itself() -> None:
    for card in (card for decision in seen().decisions for card in decision.cards):
        lines = str(card.body["detail"]).replace("**", "").splitlines()
        assert not [line for line in lines if line.endswith(":")], lines
        assert sum(bool(re.search(r"[Rr]echeck\b.* in \d", line)) for line in lines) <= 1, lines
        assert sum(bool(re.search(r"\bGoals?\b", line)) for line in lines) <= 1, lines
        assert sum(bool(re.search(r"(: |- )(12-lead )?ECG\b", line)) for line in lines) <= 1, lines


def test_an_abbreviation_keeps_its_spelling() -> None:
    chart = {"setting": "inpatient", "magnesium": 1.5, "labs": {"egfr": 12}, "drafts": [{"rxcui": 198741}]}
    assert [str(c.body["summary"]).split()[0] for c in decide(snapshot(chart)).cards] == ["eGFR"]
