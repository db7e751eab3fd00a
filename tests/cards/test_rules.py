"""The cases of every rule: what each chart must be answered with."""

import re
from typing import Any

from cards import IF_SENT
from cards.judgements.second_look import second_look
from cards.model import Card, Decision, RuleTrace
from tests.cards import answer
from tests.cards.chart import Json
from tests.cards.each_case import Case, ask_each, of_every_rule

_SECOND_LOOK = "second look"
_KEYS = {
    *("fires", "indicator", "cards", "says", "says_not", "iv_grams", "iv_rate", "oral_mg", "offers", "offers_not"),
    *("summary", "removes", "recheck", "why", "decided", "asks", "due", "orders", "recommended"),
}


@of_every_rule
def test_case(rule: str) -> None:
    ask_each(rule, assert_as_expected)


def assert_as_expected(case: Case) -> None:
    """That a case is well formed, and answered with what it expects."""
    assert case.told.keys() == {"name", "because", "chart", "expect"}
    expect = case.told["expect"]
    assert not expect.keys() - _KEYS
    assert not wrong(case.rule, expect, case.decision), _shown(case.decision)


def wrong(rule: str, expect: Json, decision: Decision) -> list[str]:
    """What is not as expected. What must be said is looked for on the rule's own card, what must not on every card."""
    outcome = next((r for r in decision.trace.rules if r.rule == rule), None)
    if outcome is None:
        return [f"{rule} was not asked: look at BY_MOMENT of cards/rules"]
    own = [card for card in decision.cards if rule in card.rules]
    looked_at = own or list(decision.cards)
    found = _judged(expect, looked_at, list(decision.cards))
    if expect["fires"] is not (outcome.outcome == "fired"):
        found.append(f"{rule} {outcome.outcome}: {outcome.why}")
    found += [f"{r.rule} failed: {r.why}" for r in decision.trace.rules if r.outcome == "failed" or not r.why]
    found += _reasoned(expect, outcome)
    if "indicator" in expect and [c.indicator.word for c in own] != [expect["indicator"]]:
        found.append(f"indicator {[c.indicator.word for c in own]}, expected {expect['indicator']}")
    if "asks" in expect and (asked := {e.key for e in second_look(decision.trace.chart)}) != _asked_for(expect):
        found.append(f"asks for {sorted(asked)}, expected {expect['asks']}")
    if "cards" in expect and len(decision.cards) != expect["cards"]:
        found.append(f"{len(decision.cards)} cards, expected {expect['cards']}")
    return found


def _asked_for(expect: Json) -> set[str]:
    """Keys, with those of every second look where a case says so: a new one is no matter of the cases."""
    told = _listed(expect, "asks")
    usual = {each.key for each in IF_SENT if not each.beside} if _SECOND_LOOK in told else set()
    return usual | {*told} - {_SECOND_LOOK}


def _reasoned(expect: Json, outcome: RuleTrace) -> list[str]:
    """Why the rule is silent; which numbers decided, these and no others."""
    found = [f"not {p!r}, but {outcome.why}" for p in _listed(expect, "why") if not re.search(p, outcome.why)]
    told = [reason.why for reason in outcome.decided]
    decided = [p for p in _listed(expect, "decided") if not any(re.search(p, why) for why in told)]
    more = [why for why in told if not any(re.search(p, why) for p in _listed(expect, "decided"))]
    return found + ([f"decided {told}"] if "decided" in expect and (decided or more) else [])


def _judged(expect: Json, own: list[Card], every: list[Card]) -> list[str]:
    told, all_told = "\n".join(map(answer.text_of, own)), "\n".join(map(answer.text_of, every))
    offered, all_offered = answer.offers(own), answer.offers(every)
    found = [f"does not say {p!r}" for p in _listed(expect, "says") if not re.search(p, told)]
    found += [f"says {p!r}" for p in _listed(expect, "says_not") if re.search(p, all_told)]
    found += [f"does not offer {kind}" for kind in _listed(expect, "offers") if kind not in offered]
    found += [f"offers {kind}" for kind in _listed(expect, "offers_not") if kind in all_offered]
    if "summary" in expect and not any(re.search(expect["summary"], str(c.body["summary"])) for c in own):
        found.append(f"no summary like {expect['summary']!r}")
    return found + _drafted(expect, own, every)


def _drafted(expect: Json, own: list[Card], every: list[Card]) -> list[str]:
    """Of what is drafted: when tests are due, what is removed and recommended, how magnesium is ordered."""
    due = {test: when for test, when in answer.due(own).items() if test in expect.get("due", {})}
    found = [f"due {due}, expected {expect['due']}"] if due != expect.get("due", {}) else []
    iv, oral = answer.magnesium_orders(every, iv=True), answer.magnesium_orders(every, iv=False)
    removed = set(filter(None, map(answer.removed, answer.actions(own))))
    if len(removed) != expect.get("removes", len(removed)):
        found.append(f"removes {sorted(removed)}, expected {expect['removes']}")
    labels = answer.recommended(own)
    if "recommended" in expect and not (len(labels) == 1 and re.search(expect["recommended"], labels[0])):
        found.append(f"recommends {labels}, expected {expect['recommended']}")
    orders = [answer.told(order) for order in (*iv, *oral)]
    if orders != expect.get("orders", orders):
        found.append(f"orders {orders}, expected {expect['orders']}")
    measured: dict[str, Any] = {
        "recheck": answer.rechecks(own),
        "iv_grams": [answer.iv_grams(o) for o in iv],
        "iv_rate": [round(answer.iv_rate(o), 2) for o in iv],
        "oral_mg": [round(answer.oral_mg(o)) for o in oral],
    }
    return found + [f"{k} {v}, expected {expect[k]}" for k, v in measured.items() if k in expect and v != [expect[k]]]


def _listed(expect: Json, key: str) -> list[str]:
    told: Any = expect.get(key, [])
    return told if isinstance(told, list) else [told]


def _shown(decision: Decision) -> str:
    cards = [f"[{c.indicator.word}] {answer.text_of(c)}\n{sorted(answer.offers([c]))}" for c in decision.cards]
    return "\n\n".join(cards) or "no card"
