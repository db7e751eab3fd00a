"""Words of a record do not become markup, links or headings in the EHR."""

import re

import pytest

from tests.calls import SERVICE_OF, cards, post, request_for
from tests.spec.checks import violations

WORDS = frozenset({"text", "display", "unit", "comment", "description", "valueString"})
HOSTILE = {
    "<script>alert(1)</script>": r"(?<!\\)<script",
    "<img src=x onerror=alert(1)>": r"(?<!\\)<img",
    "&lt;script&gt;alert(1)&lt;/script&gt;": r"(?<!\\)<script",
    "[press here](javascript:alert(1))": r"(?<!\\)\[press here(?<!\\)\]\(",
    "![p](https://evil.example/p.png)": r"(?<!\\)!?\[p(?<!\\)\]\(",
    "<https://evil.example>": r"(?<!\\)<https",
    "\n# HEADING\n": r"(?m)^\s*# HEADING",
    "**LOUD**": r"(?<!\\)\*\*LOUD",
    "\n|a|b|\n|-|-|\n": r"(?m)^\s*\|-\|-\|",
    "`code`": r"(?<!\\)`code",
}


def spoil(value, hostile, key=""):
    """The value with the hostile text after every word that a card might repeat."""
    if isinstance(value, dict):
        return {name: spoil(item, hostile, name) for name, item in value.items()}
    if isinstance(value, list):
        return [spoil(item, hostile, key) for item in value]
    return f"{value} {hostile}" if key in WORDS and isinstance(value, str) else value


def shown(card):
    """Everything of a card that is shown as text."""
    yield card["summary"]
    yield card.get("detail", "")
    for suggestion in card.get("suggestions", []):
        yield suggestion["label"]
        yield from (action["description"] for action in suggestion["actions"])
    yield from (link["label"] for link in card.get("links", []))


@pytest.mark.parametrize("hook", SERVICE_OF)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words(card_client, hook, hostile):
    body = spoil(request_for(hook), hostile)
    answer = post(card_client, body, SERVICE_OF[hook])
    found = cards(answer)
    assert found and violations(answer.get_json()) == []
    assert not [text for card in found for text in shown(card) if re.search(HOSTILE[hostile], text)]


@pytest.mark.parametrize("hook", SERVICE_OF)
def test_links_and_sources_never_come_from_a_request(card_client, hook):
    hosts = {"https://evil.example/a", "http://evil.example", "javascript:alert(1)"}
    body = {**request_for(hook), "extension": {"com.evil": sorted(hosts)}, "fhirServer": "https://evil.example/fhir"}
    assert "evil" not in post(card_client, body, SERVICE_OF[hook]).get_data(as_text=True)
