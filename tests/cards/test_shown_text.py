"""What a client sent is shown only where we know every word it may be: no other text of it reaches a card."""

import copy
import json
from typing import Any

import pytest

from tests.cards import every_kind
from tests.cards.test_linear_lists import texts
from tests.cards.test_linear_text import ORDER, answer, base, strings, with_more

MARK = ' <b>[fine](x:y)</b> "quoted'
# what answers repeat by its nature: ids, which hold no blanks and no markup
CALLS: dict[str, Any] = dict(zip(("order-sign", "patient-view"), base(), strict=True))


def marked(hook: str) -> list[tuple[str, ...]]:
    """Each place of a text in the drafts and in what was prefetched."""
    found = (path for path in strings(CALLS[hook]) if path[0] in ("prefetch", "context"))
    return [p for p in found if p[-1] != "patientId"]


def with_comparator(body: dict[str, Any], told: object) -> dict[str, Any]:
    """The request with a comparator at each result."""
    made = copy.deepcopy(body)
    for bundle in made["prefetch"].values():
        for entry in (bundle or {}).get("entry", ()):
            if "valueQuantity" in entry["resource"]:
                entry["resource"]["valueQuantity"]["comparator"] = told
    return made


@pytest.mark.parametrize("hook", CALLS)
def test_no_text_of_a_request_reaches_a_card_as_it_came(hook: str) -> None:
    body = copy.deepcopy(CALLS[hook])
    if hook == "order-sign":
        body["context"]["draftOrders"]["entry"].append({"resource": ORDER})
    assert '"summary"' in answer(hook, body)
    changed = ((path, with_more(body, path, MARK)) for path in marked(hook))
    assert [path for path, sent in changed if "fine" in without_stopped(answer(hook, sent), sent)] == []


def without_stopped(answered: str, sent: dict[str, Any]) -> str:
    """The answer without the orders that it stops: each is the client's own, with another status and nothing else."""
    told = json.loads(answered)
    own = [e["resource"] for bundle in sent["prefetch"].values() for e in (bundle or {}).get("entry", ())]
    for action in (a for c in told["cards"] for s in c.get("suggestions", ()) for a in s["actions"]):
        if action["type"] == "update":
            assert action.pop("resource") in [{**order, "status": "stopped"} for order in own]
    return json.dumps(told)


@pytest.mark.parametrize("told", ["approx", "<b>level is fine</b> ", "~", "=<", "< 1 or <b>", 7, ["<"], {"code": "<"}])
def test_a_value_with_an_unknown_comparator_is_verified_not_treated(told: object) -> None:
    said = json.loads(answer("patient-view", with_comparator(CALLS["patient-view"], told)))["cards"]
    assert [card["summary"] for card in said if "verify it" in card["summary"]]
    actions = [a for card in said for s in card.get("suggestions", ()) for a in s["actions"]]
    assert not [a for a in actions if a.get("resource", {}).get("resourceType") == "MedicationRequest"]
    assert all(word not in json.dumps(said) for word in ("approx", "level is fine", "~", "=<", "<b>"))


@pytest.mark.parametrize(("told", "shown"), [("<", "<"), ("<=", "<="), (" < ", "<"), ("", ""), (None, "")])
def test_a_comparator_of_fhir_is_shown(told: object, shown: str) -> None:
    plain, said = (answer("patient-view", with_comparator(CALLS["patient-view"], c)) for c in (None, told))
    value = str(json.loads(plain)["cards"][0]["summary"]).partition(" mg/dL")[0].rpartition(" ")[2]
    assert f"{shown}{value} mg/dL" in said


def test_at_least_some_low_value_is_no_low_value() -> None:
    """`ad`: at least, as `>=`; it is shown as a clinician writes it."""
    said = answer("patient-view", with_comparator(CALLS["patient-view"], "ad"))
    assert said != answer("patient-view", CALLS["patient-view"])
    assert "is only a limit" in said and ">=" in said


@pytest.mark.parametrize("hook", every_kind.requests())
def test_no_text_of_any_resource_reaches_a_card_as_it_came(hook: str) -> None:
    """As above, for a chart with a resource of every type that is read."""
    call = every_kind.requests()[hook]
    of_hook = "prefetch" if hook == "patient-view" else "draftOrders"
    listed = [p for p in texts(call).values() if of_hook in p]
    assert '"summary"' in answer(hook, call) and len(listed) > 50
    changed = ((path, with_more(call, path, MARK)) for path in listed)
    assert [path for path, sent in changed if "fine" in without_stopped(answer(hook, sent), sent)] == []
