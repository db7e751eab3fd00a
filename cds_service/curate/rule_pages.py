"""One page a rule: its question, words, numbers, sources, cases.

`python -m cds_service.curate.rule_pages DIR` writes all.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

import yaml

import cards
from cards import Knowledge, load_knowledge
from cards.model import Indicator, Problem
from cds_service.fhir_json import as_dict, as_list

_TOPICS = {
    "LOW_MAGNESIUM": "Low magnesium",
    "HIGH_MAGNESIUM": "High magnesium",
    "DRAFT_MAGNESIUM": "Magnesium being ordered",
    "DRAFT_QT": "A torsades-risk drug being ordered",
    "DRAFT_DEPLETES": "A magnesium-lowering drug being ordered",
    "INTERACTION": "Interactions",
    "CAUSES": "Causes",
    "DATA_QUALITY": "Results that cannot be relied on",
    "LOOK_FOR_LOW": "Magnesium to be measured",
}
_ADDS = "Lines that other cards gain"
_SECTIONS = {"found": "Found", "do": "Do", "check": "Check", "why": "Why"}
_CLAUSE = re.compile(r" ?\((?:s\.|OS-|PV-|clinical rule)[^()]*\)")
_CITED = re.compile(r"\bs\.\d[\d.]*(?:, \d[\d.]*)*(?:: ?)?")
_NUMBER = re.compile(r"\{n\[([^\]\[]+)\](?::([^{}]*))?\}")
_CASES = Path(cards.__file__).parents[1] / "tests" / "cards" / "cases"
_MINOR = ", gives way on a critical card"
_NOTE = (
    "Made by `python -m cds_service.curate.rule_pages docs/rules` from cards/knowledge and cards/rules. Change those."
)


class NoSuchRuleError(LookupError):
    """No rule has this name; the message names those like it."""


@dataclass(frozen=True, slots=True)
class RuleCode:
    """What the source of a rule tells without running it."""

    fires: str
    problems: tuple[str, ...]
    indicators: tuple[str, ...]
    leads: bool
    numbers: tuple[str, ...]

    @property
    def topic(self) -> str:
        """Where the index lists it."""
        return _TOPICS[self.problems[0]] if self.leads else _ADDS


def rule_code(rule: str, knowledge: Knowledge) -> RuleCode:
    """Read from the source: the function's docstring, problem, indicators, and the ids of numbers in it."""
    source = (resources.files("cards.rules") / f"{rule}.py").read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source)))
    function = next(n for n in nodes if isinstance(n, ast.FunctionDef) and n.name == rule)
    texts = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    indicators = sorted((Indicator[name] for name in _members(nodes, "Indicator")), reverse=True)
    return RuleCode(
        fires=_CLAUSE.sub("", ast.get_docstring(function) or ""),
        problems=tuple(p.name for p in Problem if p.name in _members(nodes, "Problem")),
        indicators=tuple(indicator.word for indicator in indicators),
        leads=not _contributes(nodes),
        numbers=tuple(dict.fromkeys(text for text in texts if text in knowledge.thresholds)),
    )


def _members(nodes: Iterable[ast.AST], enum: str) -> set[str]:
    found = (n for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name))
    return {n.attr for n in found if isinstance(n.value, ast.Name) and n.value.id == enum}


def _contributes(nodes: Iterable[ast.AST]) -> bool:
    """Every Finding of the source says `leads=False`."""
    calls = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "Finding"]
    told = [{word.arg: word.value for word in call.keywords}.get("leads") for call in calls]
    return all(isinstance(value, ast.Constant) and value.value is False for value in told)


def page(rule: str, knowledge: Knowledge) -> str:
    """The page of one rule as Markdown; NoSuchRuleError when there is none."""
    if rule not in knowledge.advice:
        near = get_close_matches(rule, knowledge.advice, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`magnesium-cds knowledge show` lists all."
        raise NoSuchRuleError(f"There is no rule {rule!r}. {hint}")
    code = rule_code(rule, knowledge)
    parts = (_head(rule, code, knowledge), _words(rule, knowledge), _numbers(rule, code, knowledge))
    return "\n".join([*(line for part in parts for line in part), *_sources(rule, knowledge), *_cases(rule)]) + "\n"


def _head(rule: str, code: RuleCode, knowledge: Knowledge) -> Iterator[str]:
    advice = knowledge.advice[rule]
    part = "leads a card" if code.leads else "adds to a card that another rule leads"
    yield from (f"# {rule}", f"**{advice.question}**", "", code.fires, "")
    yield f"- Topic: {' / '.join(_TOPICS[name] for name in code.problems)}; {part}"
    yield f"- Indicator: {' or '.join(code.indicators)}"
    signed = f", approved by {advice.approved_by}" if advice.approved_by else ""
    yield f"- Status: {advice.status}{signed}; author: {advice.author}"
    yield f"- Next review: {advice.next_review}"


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
    filled = {key: _NUMBER.sub(lambda m: format(knowledge.numbers[m[1]], m[2] or ""), t) for key, t in texts.items()}
    return [f"{text} ({key})" if key else text for key, text in filled.items()]


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    told = [f"- {line}" for line in lines]
    if told:
        yield from ("", f"## {title}", *told)


def _numbers(rule: str, code: RuleCode, knowledge: Knowledge) -> Iterator[str]:
    texts = (line.text for line in knowledge.advice[rule].lines.values())
    told = (match[1] for text in texts for match in _NUMBER.finditer(text))
    names = tuple(dict.fromkeys((*code.numbers, *told)))
    if not names:
        return
    yield from ("", "## Deciding numbers", "| number | value | unit | source | valid from | next review |")
    yield "|---|---|---|---|---|---|"
    for t in (knowledge.thresholds[name] for name in names):
        yield f"| `{t.id}` | {t.value:g} | {t.unit} | {t.source} | {t.valid_from} | {t.next_review} |"


def _sources(rule: str, knowledge: Knowledge) -> Iterator[str]:
    yield from ("", "## Sources")
    for told in knowledge.advice[rule].sources:
        source = knowledge.sources.get(told) or knowledge.sources[told.removesuffix("m")]
        part = ", the part from memory" if told != source.id else ""
        yield f"- [{told}] {source.title} ({source.status}{part})"


def _cases(rule: str) -> Iterator[str]:
    """The sentences of the test cases, where the tests lie beside the package."""
    path = _CASES / f"{rule}.yaml"
    told = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    cases = [as_dict(case) for case in as_list(told.get("cases") if isinstance(told, dict) else told)]
    yield from _listed("Tested with", [_case(case) for case in cases if case])


def _case(case: Mapping[str, object]) -> str:
    because = _CITED.sub("", _CLAUSE.sub("", str(case.get("because", "")))).strip(" ;")
    return f"{case.get('name')}{f': {because}' if because else ''}"


def index(knowledge: Knowledge) -> str:
    """All rules by topic, with a link to each page."""
    codes = {rule: rule_code(rule, knowledge) for rule in knowledge.advice}
    lines = ["# Rules", _NOTE, "", knowledge.approval]
    for topic in (*_TOPICS.values(), _ADDS):
        lines += _listed(topic, [_entry(rule, codes[rule], knowledge) for rule in codes if codes[rule].topic == topic])
    return "\n".join(lines) + "\n"


def _entry(rule: str, code: RuleCode, knowledge: Knowledge) -> str:
    return f"[{rule}]({rule}.md): {knowledge.advice[rule].question} ({' or '.join(code.indicators)})"


def pages(knowledge: Knowledge) -> dict[str, str]:
    """File name to text, of every page and the index."""
    return {"README.md": index(knowledge), **{f"{rule}.md": page(rule, knowledge) for rule in knowledge.advice}}


def write(folder: Path) -> int:
    """Write all pages of the shipped knowledge and remove those of rules that are gone; how many there are."""
    made = pages(load_knowledge(resources.files("cards.knowledge")))
    folder.mkdir(parents=True, exist_ok=True)
    for old in set(folder.glob("*.md")) - {folder / name for name in made}:
        old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return len(made)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python -m cds_service.curate.rule_pages DIR")
    sys.stdout.write(f"{write(Path(sys.argv[1]))} pages\n")
