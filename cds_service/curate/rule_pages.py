"""One page a rule: its question, words, numbers, sources, cases.

What a rule does is taken from the rules and from what the case files made them do (`tried.json`); both are written by
`python -m tests.knowledge.write_rules`.
"""

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources

from cards import DRAFT, RULES, Indicator, Knowledge, Problem
from cds_service.fhir_json import as_dict, as_list

_TOPICS = {
    Problem.LOW_MAGNESIUM: "Low magnesium",
    Problem.HIGH_MAGNESIUM: "High magnesium",
    Problem.DRAFT_MAGNESIUM: "Magnesium being ordered",
    Problem.DRAFT_QT: "A torsades-risk drug being ordered",
    Problem.DRAFT_DEPLETES: "A magnesium-lowering drug being ordered",
    Problem.INTERACTION: "Interactions",
    Problem.CAUSES: "Causes",
    Problem.DATA_QUALITY: "Results that cannot be relied on",
    Problem.LOOK_FOR_LOW: "Magnesium to be measured",
    Problem.INCOMPLETE: "A check that is not complete",
    Problem.DISCHARGE: "Going home",
    Problem.REFILL: "Renewals",
}
_ADDS = "Lines that other cards gain"
_SECTIONS = {"found": "Found", "do": "Do", "check": "Check", "why": "Why"}
_CLAUSE = re.compile(r" ?\((?:s\.|OS-|PV-|clinical rule)[^()]*\)")
_CITED = re.compile(r"\bs\.\d[\d.]*(?:, \d[\d.]*)*(?:: ?)?")
_NUMBER = re.compile(
    r"\{(n|span|mg_min|mg|(?:magnesium|potassium|creatinine)_of|magnesium_range)\[([^\]\[]+)\](?::([^{}]*))?\}"
)
_MINOR = ", gives way on a critical card"
_NOTE = "Made by `python -m tests.knowledge.write_rules` from cards/knowledge, cards/rules and the cases. Change those."
TRIED = "tried.json"


class NoSuchRuleError(LookupError):
    """No rule has this name; the message names those like it, and so does `near`."""

    def __init__(self, rule: str, near: Sequence[str]) -> None:
        hint = f"Did you mean {' or '.join(near)}?" if near else "`magnesium-cds knowledge show` lists all."
        super().__init__(f"There is no rule {rule!r}. {hint}")
        self.near = near


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is known of a rule beside its words: when it speaks, how urgently, which numbers decided, its cases.

    `compared`: the numbers that it was held against on the way to speaking, crossed or not; `behaviour`: a hash of what
    goes in and comes out in its cases.
    """

    fires: str
    problems: tuple[Problem, ...]
    indicators: tuple[str, ...]
    leads: bool
    numbers: tuple[str, ...]
    cases: tuple[str, ...]
    compared: tuple[str, ...] = ()
    behaviour: str = ""

    @property
    def topic(self) -> str:
        """Where the index lists it."""
        return _TOPICS[self.problems[0]] if self.leads else _ADDS


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule in the list of all."""

    rule: str
    question: str
    indicators: str


@cache
def _tried() -> Mapping[str, object]:
    return as_dict(json.loads((resources.files("cds_service.curate") / TRIED).read_text(encoding="utf-8")))


def rule_facts(name: str) -> RuleFacts:
    """From the rule itself, and from what the case files made it do."""
    rule = next(rule for rule in RULES if rule.name == name)
    tried = as_dict(_tried().get(name))
    problems = [rule.problem, *(Problem[str(problem)] for problem in as_list(tried.get("problems")))]
    indicators = sorted((Indicator[str(word).upper()] for word in as_list(tried.get("indicators"))), reverse=True)
    return RuleFacts(
        fires=_CLAUSE.sub("", inspect.getdoc(rule.question) or ""),
        problems=tuple(dict.fromkeys(problems)),
        indicators=tuple(indicator.word for indicator in indicators),
        leads=not rule.adds,
        numbers=tuple(map(str, as_list(tried.get("numbers")))),
        cases=tuple(map(str, as_list(tried.get("cases")))),
        compared=tuple(map(str, as_list(tried.get("compared")))),
        behaviour=str(tried.get("behaviour", "")),
    )


def page(rule: str, knowledge: Knowledge) -> str:
    """The page of one rule as Markdown; NoSuchRuleError when there is none."""
    if rule not in knowledge.advice:
        raise NoSuchRuleError(rule, get_close_matches(rule, knowledge.advice, n=3, cutoff=0.4))
    told = rule_facts(rule)
    parts = (_head(rule, told, knowledge), _words(rule, knowledge), _numbers(rule, told, knowledge))
    cases = _listed("Tested with", told.cases)
    return "\n".join([*(line for part in parts for line in part), *_sources(rule, knowledge), *cases]) + "\n"


def _head(rule: str, told: RuleFacts, knowledge: Knowledge) -> Iterator[str]:
    advice = knowledge.advice[rule]
    part = "leads a card" if told.leads else "adds to a card that another rule leads"
    yield from (f"# {rule}", f"**{advice.question}**", "", told.fires, "")
    yield f"- Topic: {' / '.join(_TOPICS[problem] for problem in told.problems)}; {part}"
    yield f"- Indicator: {' or '.join(told.indicators)}"
    yield f"- Status: {_status(rule, knowledge)}; author: {advice.author}"
    yield f"- Next review: {advice.next_review}"


def _status(rule: str, knowledge: Knowledge) -> str:
    """Whether what the cards of the rule rest on is signed, by the site or where it was written."""
    advice, signed = knowledge.advice[rule], knowledge.signed
    if signed and signed.by:
        return f"approved by {'; '.join(signed.by)}" if signed.covers([rule], ()) else DRAFT
    return f"{advice.status}{f', approved by {advice.approved_by}' if advice.approved_by else ''}"


def _words(rule: str, knowledge: Knowledge) -> Iterator[str]:
    advice = knowledge.advice[rule]
    yield from _listed("Summary", _keyed({"": advice.summary} if advice.summary else {}, knowledge))
    yield from _listed("Other summaries", _keyed(advice.summaries, knowledge))
    for section, title in _SECTIONS.items():
        lines = {key: line for key, line in advice.lines.items() if line.section == section}
        keyed = {f"{key}{_MINOR * line.minor}": line.text for key, line in lines.items()}
        yield from _listed(title, _keyed(keyed, knowledge))
    yield from _listed("Buttons", _keyed(advice.suggestions, knowledge))


def _keyed(texts: Mapping[str, str], knowledge: Knowledge) -> list[str]:
    """Texts with the numbers in force, each with its key."""

    def value(found: re.Match[str]) -> str:
        kind, name, spec = found.groups()
        return format(knowledge.numbers[name], spec or "") if kind == "n" else knowledge.told_numbers[kind][name]

    filled = {key: _NUMBER.sub(value, text) for key, text in texts.items()}
    return [f"{text} ({key})" if key else text for key, text in filled.items()]


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = [f"- {line}" for line in lines]
    if told:
        yield from ("", f"## {title}", *told)


def _numbers(rule: str, told: RuleFacts, knowledge: Knowledge) -> Iterator[str]:
    texts = (line.text for line in knowledge.advice[rule].lines.values())
    in_words = (name for name in numbers_in(texts) if name in knowledge.thresholds)
    names = tuple(dict.fromkeys((*told.numbers, *in_words)))
    if not names:
        return
    yield from ("", "## Deciding numbers", "| number | value | unit | source | valid from | next review |")
    yield "|---|---|---|---|---|---|"
    for t in (knowledge.thresholds[name] for name in names):
        yield f"| `{t.id}` | {t.value:g} | {t.unit} | {t.source} | {t.valid_from} | {t.next_review} |"


def numbers_in(texts: Iterable[str]) -> Iterator[str]:
    """The ids of the numbers that texts tell, in their order."""
    return (match[2] for text in texts for match in _NUMBER.finditer(text))


def _sources(rule: str, knowledge: Knowledge) -> Iterator[str]:
    yield from ("", "## Sources")
    for told in knowledge.advice[rule].sources:
        source = knowledge.sources.get(told) or knowledge.sources[told.removesuffix("m")]
        part = ", the part from memory" if told != source.id else ""
        yield f"- [{told}] {source.title} ({source.status}{part})"


def sentence(case: Mapping[str, object]) -> str:
    """A case of a rule in words, without the clauses of the clinical authority that it cites."""
    because = _CITED.sub("", _CLAUSE.sub("", str(case.get("because", "")))).strip(" ;")
    return f"{case.get('name')}{f': {because}' if because else ''}"


def index(knowledge: Knowledge) -> str:
    """All rules by topic, with a link to each page."""
    lines = ["# Rules", _NOTE, "", knowledge.approval]
    for topic, entries in topics(knowledge).items():
        lines += _listed(topic, (f"[{e.rule}]({e.rule}.md): {e.question} ({e.indicators})" for e in entries))
    return "\n".join(lines) + "\n"


def topics(knowledge: Knowledge) -> dict[str, list[Entry]]:
    """All rules by topic, in the order in which topics are listed."""
    found: dict[str, list[Entry]] = {topic: [] for topic in (*_TOPICS.values(), _ADDS)}
    for rule, advice in knowledge.advice.items():
        told = rule_facts(rule)
        found[told.topic].append(Entry(rule, advice.question, " or ".join(told.indicators)))
    return {topic: entries for topic, entries in found.items() if entries}


def pages(knowledge: Knowledge) -> dict[str, str]:
    """File name to text, of every page and the index."""
    return {"README.md": index(knowledge), **{f"{rule}.md": page(rule, knowledge) for rule in knowledge.advice}}
