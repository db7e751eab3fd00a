"""What holds for any patient: no exception, no forbidden order, no dose above a ceiling, nothing left to chance."""

import os
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cards.chart import Chart as PatientChart
from cards.chart.bands import band_of
from cards.judgements import assess
from cards.model import LOW_BANDS, Band, Card, Decision, Freshness, Magnesium, Medication, Problem, RenalGate, Snapshot
from tests.cards import answer
from tests.cards.chart import Json, decide, knowledge, observation, snapshot
from tests.cards.patients import UNITS, charts, garbage, treatable, xs

examples = settings(
    max_examples=int(os.environ.get("MAGNESIUM_EXAMPLES", "300")),
    deadline=None,
    derandomize=True,
    # of a chart that brings no order nothing is asked: how many there are before the first that does is chance
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
_LOW_RULES = {
    *("magnesium_is_critically_low", "magnesium_is_severely_low", "magnesium_is_moderately_low"),
    *("magnesium_is_mildly_low", "result_needs_repeat", "child_has_low_magnesium"),
}
_ORAL_CEILING = {
    RenalGate.R0: 600,
    RenalGate.R1: 300,
    RenalGate.R2: 150,
    RenalGate.R3: 0,
    RenalGate.R4: 0,
    RenalGate.R5: 0,
}
_IV_CEILING = {RenalGate.R0: 8, RenalGate.R1: 4, RenalGate.R2: 2, RenalGate.R3: 0, RenalGate.R4: 0, RenalGate.R5: 0}
_SHOWN = re.compile(r"[<>]?=?\d+(\.\d+)? (mg/dL|mmol/L|mEq/L) \([<>]?=?\d+(\.\d+)? (mg/dL|mmol/L)\)")


@examples
@given(charts())
def test_what_holds_of_the_answer_for_any_chart(chart: Json) -> None:
    """Asked of each chart together: to make one takes as long as to decide it."""
    shot = snapshot(chart)
    decision = decide(shot)
    assert_short_ordered_and_finished(decision.cards)
    assert_no_dose_for_a_child_or_without_age(decision)
    assert_a_later_normal_result_silences_the_low_card(chart)
    assert_an_irrelevant_resource_changes_nothing(shot, decision)


def assert_short_ordered_and_finished(cards: Sequence[Card]) -> None:
    """Three cards at most, the most urgent first, nothing left to fill in."""
    assert len(cards) <= 3
    assert [c.indicator for c in cards] == sorted((c.indicator for c in cards), reverse=True)
    assert len({c.problem for c in cards}) == len(cards)
    for card in cards:
        text = answer.text_of(card)
        assert 0 < len(str(card.body["summary"])) < 140
        assert not re.search(r"None|[{}]|\bnan\b", text), text
        assert all(s["actions"] and s["label"] for s in answer.suggestions(card))
        assert len({s["uuid"] for s in answer.suggestions(card)} | {card.uuid}) == len(answer.suggestions(card)) + 1


@examples
@given(st.one_of(charts(), treatable(), treatable()))
def test_no_iv_magnesium_under_a_hard_stop(chart: Json) -> None:
    decision = decide(snapshot(chart))
    orders = answer.magnesium_orders(decision.cards, iv=True)
    assert len(orders) <= 1
    assert not orders or not hard_stops(decision.trace.chart)


def hard_stops(facts: PatientChart) -> dict[str, bool]:
    """The stops that apply (s.2.0-2.2, 2.4), judged anew from the facts."""
    kind, m = assess.emergency(facts), facts.current
    given = [o for o in facts.medications or () if o.magnesium and o.route.value == "intravenous" and o.magnesium.grams]
    # an order that is older ran its hours, and has been over long enough for the level to tell (s.2.4)
    last_day = [o for o in given if o.since is None or facts.hours_since(o.since) <= 24]
    found = {
        "heart block": facts.has("av_block") and not facts.has("pacemaker") and kind != "torsades",
        "myasthenia": facts.has("myasthenia"),
        "dialysis or eGFR below 15": facts.renal.gate is RenalGate.R3 and kind is None,
        "kidneys unknown": facts.renal.gate is RenalGate.R4 and kind is None,
        "respiratory failure": facts.has("respiratory_failure") and not facts.has("ventilated") and kind is None,
        "high magnesium": m is not None and m.x > m.upper_limit,
        "not low": (m is None or not m.low) and kind != "torsades",
        "neuromuscular blocker": kind is None
        and not facts.has("ventilated")
        and any(
            r.drug_class == "neuromuscular blocker"
            for o in facts.medications or ()
            if o.status == "active" and not o.is_infusion and not (o.since and facts.hours_since(o.since) > 4)
            for r in o.roles
        ),
        "child or unknown age": facts.is_adult is not True,
        "running": any(o.status == "active" for o in last_day)
        or (bool(last_day) and kind is None and not _allow_more(last_day, m)),
        "pre-eclampsia": facts.has("pre_eclampsia") and kind is None,
        "too old": m is not None and m.freshness is Freshness.TOO_OLD,
    }
    return {name: applies for name, applies in found.items() if applies}


def _allow_more(doses: list[Medication], level: Magnesium | None) -> bool:
    """A level 4 h after the end of every dose (at 1 g/h), or a critical one of before, which reads too high (s.2.4)."""
    if level is None or not all(o.since and o.since <= level.when for o in doses):
        return False
    ends = [o.since + timedelta(hours=o.magnesium.grams or 4) for o in doses if o.since and o.magnesium]
    return level.x < 0.41 or (level.x < 0.6 and all(level.when - end >= timedelta(hours=4) for end in ends))


@examples
@given(treatable())
def test_iv_magnesium_stays_below_the_ceilings(chart: Json) -> None:
    decision = decide(snapshot(chart))
    orders = answer.magnesium_orders(decision.cards, iv=True)
    assume(orders)
    facts = decision.trace.chart
    gate, emergency = facts.renal.gate, assess.emergency(facts) is not None
    critical = facts.low is not None and facts.low.band is Band.CRITICAL_LOW and "symptom" in facts.conditions
    slow = gate is RenalGate.R2
    fastest = 8 if emergency else 0.5 if slow else 2 if critical else 1
    most = (
        {RenalGate.R3: 1, RenalGate.R4: 2, RenalGate.R5: 8}.get(gate, _IV_CEILING[gate])
        if emergency
        else _IV_CEILING[gate]
    )
    assert sum(answer.iv_grams(o) for o in orders) <= most
    assert max(answer.iv_rate(o) for o in orders) <= fastest


@examples
@given(treatable(least=50))
def test_oral_magnesium_stays_below_the_ceilings(chart: Json) -> None:
    decision = decide(snapshot(chart))
    orders = answer.magnesium_orders(decision.cards, iv=False)
    assume(orders)
    facts = decision.trace.chart
    assert len(orders) == 1
    assert 0 < answer.oral_mg(orders[0]) <= _ORAL_CEILING[facts.renal.gate]


def assert_no_dose_for_a_child_or_without_age(decision: Decision) -> None:
    """Doses are those of adults."""
    doses = [order for iv in (True, False) for order in answer.magnesium_orders(decision.cards, iv=iv)]
    assert not doses or decision.trace.chart.is_adult is True


@examples
@given(xs(5, 1100), xs(5, 1100), xs(60, 85))
def test_the_band_is_monotone_in_magnesium(one: float, other: float, lower: float) -> None:
    order = list(Band)
    less, more = sorted((one, other))
    bands = [band_of(x, lower, 1.07, knowledge().numbers) for x in (less, more)]
    assert order.index(bands[0]) <= order.index(bands[1])


@examples
@given(treatable(), xs(10, 69), xs(10, 69))
def test_less_magnesium_is_never_less_urgent(chart: Json, one: float, other: float) -> None:
    less, more = (_low_card(chart, x) for x in sorted((one, other)))
    if more:
        assert less and less.indicator >= more.indicator


def _low_card(chart: Json, x: float) -> Card | None:
    told = {**chart, "magnesium": {"value": x, "unit": "mmol/L", "hours_ago": 1}}
    cards = decide(snapshot(told)).cards
    return next((c for c in cards if c.problem is Problem.LOW_MAGNESIUM), None)


@examples
@given(st.one_of(charts(), treatable()), xs(10, 300))
def test_the_unit_changes_nothing_but_the_shown_value(chart: Json, x: float) -> None:
    told = [{"value": x * factor, "unit": unit, "hours_ago": 1} for unit, factor in UNITS.items()]
    first, *others = (_plain(decide(snapshot({**chart, "magnesium": one}))) for one in told)
    assert all(other == first for other in others)


def _plain(decision: Decision) -> list[Any]:
    """The cards without the shown value; of the summary only its beginning, as its end depends on the length."""
    bodies = [{**c.body, "summary": _SHOWN.sub("x", str(c.body["summary"]))[:30]} for c in decision.cards]
    return [_without_value(body) for body in bodies]


def _without_value(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_value(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_without_value(item) for item in node]
    return _SHOWN.sub("x", node) if isinstance(node, str) else node


def assert_a_later_normal_result_silences_the_low_card(chart: Json) -> None:
    """The newest result counts."""
    later = {"value": 0.9, "unit": "mmol/L", "hours_ago": 0.5}
    cards = decide(snapshot({**chart, "magnesium": [*chart["magnesium"], later]})).cards
    assert not {rule for card in cards for rule in card.rules} & _LOW_RULES


def assert_an_irrelevant_resource_changes_nothing(shot: Snapshot, decision: Decision) -> None:
    """Wherever it stands."""
    glucose = observation("glucose", "magnesium", {"value": 0.1, "code": "2345-7"})
    urine = observation("urine", "magnesium", {"value": 0.1, "code": "42616-3"})
    more = [{"resourceType": "Flag", "id": "flag"}, glucose, urine, {}]
    resources = {key: [*more, *listed, *more] for key, listed in shot.resources.items() if key not in shot.missing}
    assert _bodies(decide(replace(shot, resources=resources))) == _bodies(decision)


@examples
@given(st.one_of(charts(), treatable()), st.integers())
def test_the_order_of_resources_changes_nothing(chart: Json, seed: int) -> None:
    results = chart["magnesium"] if isinstance(chart["magnesium"], list) else []
    times = [m["hours_ago"] for m in results]
    assume(len(set(times)) == len(times))
    shot, chance = snapshot(chart), random.Random(seed)
    resources = {key: chance.sample(list(listed), len(listed)) for key, listed in shot.resources.items()}
    shuffled = decide(replace(shot, resources=resources))
    assert [_content(c) for c in shuffled.cards] == [_content(c) for c in decide(shot).cards]


def _bodies(decision: Decision) -> list[dict[str, object]]:
    return [card.body for card in decision.cards]


def _content(card: Card) -> tuple[Any, ...]:
    """What a card says and offers; names may be listed in another order."""
    words = sorted(re.findall(r"\w+", answer.text_of(card)))
    actions = sorted(str(action) for action in answer.actions([card]))
    return card.problem, card.indicator, sorted(card.rules), words, actions


@examples
@given(charts(), st.lists(st.tuples(st.integers(0, 50), st.text(max_size=3), garbage), max_size=6))
def test_garbage_never_raises(chart: Json, spoiled: list[tuple[int, str, Any]]) -> None:
    shot = snapshot(chart)
    every = [r for listed in (*shot.resources.values(), shot.drafts) for r in listed]
    for number, name, value in spoiled:
        _spoil(every[number % len(every)], number, name, value)
    assert len(decide(shot).cards) <= 3


def _spoil(resource: Any, number: int, name: str, value: Any) -> None:
    """Replace something somewhere inside a resource."""
    keys = sorted(resource)
    key = keys[number % len(keys)] if keys else name
    inner = resource.get(key)
    if isinstance(inner, dict) and inner and number % 2:
        _spoil(inner, number // 2, name, value)
    else:
        resource[key] = value


@examples
@given(
    st.lists(st.dictionaries(st.sampled_from(["resourceType", "code", "status", "valueQuantity"]), garbage), max_size=4)
)
def test_nothing_but_garbage_never_raises(resources: list[dict[str, Any]]) -> None:
    keys = snapshot({}).resources
    made = [{**r, "resourceType": "Observation"} for r in resources]
    shot = Snapshot("patient-view", "p1", {key: [*resources, *made] for key in keys}, drafts=resources)
    assert len(decide(shot).cards) <= 3


def test_bands_that_are_low_are_those_below_the_limit() -> None:
    hundredths = [x / 100 for x in range(10, 200)]
    low = {x for x in hundredths if band_of(x, 0.70, 1.07, knowledge().numbers) in LOW_BANDS}
    assert low == {x for x in hundredths if x < 0.70}
