"""A site's lower ceilings reach what is offered, not only what is criticised."""

import pytest

from cards.model import RenalGate
from tests.knowledge.asking import MAGNESIUM, ask, drafted, knowledge, result

SEVERE = result(MAGNESIUM, 1.1, "mg/dL")
MODERATE = result(MAGNESIUM, 1.3, "mg/dL")


def site(**numbers: str) -> str:
    told = [f"  ceiling.{name.replace('__', '.')}: {{{entry}}}" for name, entry in numbers.items()]
    return "\n".join(["thresholds:", *told])


def test_the_shipped_doses_are_within_the_shipped_ceilings() -> None:
    raised = site(
        iv_grams_24h="value: 99, unit: g", iv_rate="value: 99, unit: g/h", oral_mg__r0="value: 9999, unit: mg"
    )
    assert knowledge(raised).doses == knowledge().doses


def test_a_lower_rate_makes_the_infusion_longer() -> None:
    said = drafted(ask(site(iv_rate="value: 0.5, unit: g/h"), SEVERE, inpatient=True))
    (dose,) = said["dosageInstruction"]
    assert dose["text"] == "4 g IV over 8 h (0.5 g/h)"
    assert dose["doseAndRate"][0]["rateQuantity"]["value"] == 0.5


def test_a_lower_daily_ceiling_makes_the_bag_smaller() -> None:
    said = drafted(ask(site(iv_grams_24h="value: 3, unit: g"), SEVERE, inpatient=True))
    assert said["dosageInstruction"][0]["text"] == "2 g IV over 2 h (1 g/h)"


def test_a_ceiling_below_every_bag_leaves_no_order() -> None:
    doses = knowledge(site(iv_grams_24h="value: 0.5, unit: g")).doses
    assert RenalGate.R0 not in doses.iv["severe"]
    assert doses.iv["emergency"] == knowledge().doses.iv["emergency"]


def test_the_fast_doses_have_ceilings_of_their_own() -> None:
    told = site(iv_rate="value: 0.5, unit: g/h", iv_rate__symptoms="value: 1, unit: g/h")
    emergency = site(iv_rate__emergency="value: 4, unit: g/h")
    steps = knowledge(told).doses.iv["critical_low_symptomatic"][RenalGate.R0]
    assert [step.grams_per_hour for step in steps] == [1, 0.5]
    assert knowledge(told).doses.iv["emergency"] == knowledge().doses.iv["emergency"]
    assert [s.minutes for s in knowledge(emergency).doses.iv["emergency"][RenalGate.R0]] == [30]


@pytest.mark.parametrize(("most", "elemental"), [(600, 400), (399, 300), (250, 200), (150, 100), (50, None)])
def test_a_lower_oral_ceiling_lowers_the_daily_dose(most: int, elemental: int | None) -> None:
    told = site(oral_mg__r0=f"value: {most}, unit: mg") + "\nformulary: {preferred: [glycinate]}\n"
    assert knowledge(told).doses.oral["moderate"].get(RenalGate.R0) == elemental


def test_a_lower_oral_ceiling_reaches_the_draft() -> None:
    told = site(oral_mg__r0="value: 250, unit: mg") + "\nformulary: {preferred: [oxide]}\n"
    dose = drafted(ask(told, MODERATE))["dosageInstruction"][0]
    assert "241 mg ELEMENTAL" in dose["text"]


def test_a_gate_is_as_strict_as_it_compares():
    assert sorted(RenalGate) == [RenalGate.R5, RenalGate.R0, RenalGate.R1, RenalGate.R4, RenalGate.R2, RenalGate.R3]
    assert [gate for gate in RenalGate if gate.is_poor] == [RenalGate.R2, RenalGate.R3]


def test_a_stricter_gate_has_no_higher_ceiling():
    known = knowledge("site: {name: A}")
    held = (RenalGate.R0, RenalGate.R1, RenalGate.R2, RenalGate.R3)
    for kind in ("iv_grams", "iv_rate", "oral_mg"):
        most = [known.numbers[getattr(known.ceilings.of(gate), kind)] for gate in held]
        assert most == sorted(most, reverse=True)
