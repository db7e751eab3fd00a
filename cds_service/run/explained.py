"""`magnesium-cds explain`: an answer and how it came about, as text that a pharmacist can read."""

from collections.abc import Iterator, Mapping

from cds_service.answer_call import Answer
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list

_OUTCOMES = ("fired", "on trial", "quiet", "suppressed", "silent")
_TOLD = ("rules", "cards")


def report(answer: Answer, explained: Mapping[str, object], everything: bool = False) -> str:
    """The whole report: cards, rules and why, sources, facts. Silent rules are only counted unless all is wanted."""
    rules = [as_dict(rule) for rule in as_list(explained.get("rules"))]
    rest = {name: value for name, value in explained.items() if name not in _TOLD}
    return "\n".join([*_cards(answer), *_rules(rules, everything), *_sources(rules), *_parts(rest)]) + "\n"


def _cards(answer: Answer) -> Iterator[str]:
    yield f"CARDS ({len(answer.decision.cards)})"
    for card in answer.decision.cards:
        yield f"  [{card.indicator.word}] {card.body.get('summary', '')}"
        yield from (f"    {line}" for line in str(card.body.get("detail", "")).splitlines())
        yield from (f"    > {as_dict(item).get('label')}" for item in as_list(card.body.get("suggestions")))
    if answer.decision.cannot_tell:
        yield f"  Required data was not supplied: {', '.join(answer.decision.cannot_tell)}"
    yield ""


def _rules(rules: list[JsonDict], everything: bool) -> Iterator[str]:
    outcomes = dict.fromkeys([*_OUTCOMES, *(str(rule.get("outcome")) for rule in rules)])
    for outcome in outcomes:
        chosen = [rule for rule in rules if rule.get("outcome") == outcome]
        if not chosen:
            continue
        folded = outcome == "silent" and not everything
        yield f"RULES {outcome.upper()} ({len(chosen)})" + (": see why with --all" if folded else "")
        for rule in () if folded else chosen:
            yield f"  {rule.get('rule')}: {rule.get('why')}"
            yield from (f"    {_number(as_dict(number))}" for number in as_list(rule.get("numbers")))
        yield ""


def _number(number: JsonDict) -> str:
    origin = f"{number.get('id')}, source {number.get('source')}, since {number.get('valid_from')}"
    return f"{number.get('told')} {number.get('limit')} ({origin})"


def _sources(rules: list[JsonDict]) -> Iterator[str]:
    """The sources of the rules that did not stay silent, each once."""
    told = [as_dict(source) for rule in rules for source in as_list(rule.get("sources"))]
    lines = dict.fromkeys(f"  [{s.get('id')}] {s.get('title', '')} {s.get('status', '')}".rstrip() for s in told)
    yield "SOURCES"
    yield from lines
    yield ""


def _parts(explained: Mapping[str, object]) -> Iterator[str]:
    for name, value in explained.items():
        yield name.replace("_", " ").upper()
        yield from _tree(value, "  ")
        yield ""


def _tree(value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _branch(str(key), item, indent)
    elif isinstance(value, list):
        for item in value:
            yield from _branch("-", item, indent)
    else:
        yield f"{indent}{_leaf(value)}"


def _branch(name: str, value: object, indent: str) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield f"{indent}{name}"
        yield from _tree(value, indent + "  ")
    else:
        yield f"{indent}{name} {_leaf(value)}" if name == "-" else f"{indent}{name}: {_leaf(value)}"


def _leaf(value: object) -> str:
    return "none" if value in (None, [], {}, "") else str(value)
