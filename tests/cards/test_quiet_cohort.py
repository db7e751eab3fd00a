"""Well patients are left in peace: no card on any hook, but for alerts that somebody reviewed."""

import csv

import pytest

from tests.cards import answer
from tests.cards.chart import CASES, decide, snapshot
from tests.cards.quiet import COUNT, HOOKS, on_hook, patients

KNOWN = CASES.parents[2] / "fixtures" / "quiet" / "known_alerts.csv"


def known_alerts() -> dict[str, str]:
    """Rule to why it may speak about a well patient."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return {row["rule"]: row["reason"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("hook", HOOKS)
def test_well_patients_get_no_card(hook: str) -> None:
    known, spoken = known_alerts(), []
    for number, chart in enumerate(patients()):
        cards = decide(snapshot(on_hook(chart, hook, number))).cards
        spoken += [(number, answer.text_of(card)) for card in cards if not set(card.rules) <= known.keys()]
    assert not spoken, spoken[:3]


def test_the_cohort_is_the_same_on_every_run() -> None:
    assert list(patients()) == list(patients())
    assert len(list(patients())) == COUNT


def test_every_known_alert_still_happens_and_has_a_reason() -> None:
    heard = {
        rule
        for hook in HOOKS
        for number, chart in enumerate(patients())
        for card in decide(snapshot(on_hook(chart, hook, number))).cards
        for rule in card.rules
    }
    assert all(known_alerts().values())
    assert known_alerts().keys() <= heard
