"""What a site reads first holds for every level of magnesium and calcium on a card, limits and goals too."""

import re

import pytest

from tests.cards import answer
from tests.cards.chart import cases, decide, snapshot
from tests.knowledge.asking import knowledge

# what a limit of magnesium may look like in each unit: normal serum holds 0.7 mmol/L, 1.7 mg/dL, 1.4 mEq/L
LIMITS = {"mmol/L": "below 0.50 mmol/L", "mg/dL": "below 1.22 mg/dL", "mEq/L": "below 1.0 mEq/L"}
LIMIT = re.compile(r"(?:below|above|from|up to) \d[\d.]* (?:mmol/L|mg/dL|mEq/L)", re.IGNORECASE)
OF_MAGNESIUM = ("magnesium_is_severely_low", "magnesium_is_moderately_low", "magnesium_is_mildly_low")


def texts(first: str) -> list[str]:
    """The text of each case of low magnesium, at a site that reads this unit first."""
    known = knowledge(f"units: {{first: {first}}}\n")
    charts = [case["chart"] for rule, case in cases() if rule in OF_MAGNESIUM]
    return ["\n".join(map(answer.text_of, decide(snapshot(chart), known=known).cards)) for chart in charts]


@pytest.mark.parametrize("first", LIMITS)
def test_limits_of_magnesium_are_told_in_the_unit_of_the_site(first: str) -> None:
    told = "\n".join(texts(first))
    assert LIMITS[first] in told.lower().replace("mmol/l", "mmol/L").replace("mg/dl", "mg/dL").replace("meq/l", "mEq/L")
    limits = {found.rpartition(" ")[2] for found in LIMIT.findall(told) if "otassium" not in found}
    assert limits == {first}


@pytest.mark.parametrize(("first", "shown"), [("mg/dL", "Calcium 7.0 mg/dL"), ("mmol/L", "Calcium 1.75 mmol/L")])
def test_calcium_and_its_limit_have_one_unit(first: str, shown: str) -> None:
    chart = {"patient": {"age": 60}, "setting": "inpatient", "magnesium": 1.1, "labs": {"egfr": 80, "calcium": 7.0}}
    known = knowledge(f"units: {{first: {first}}}\n")
    text = "\n".join(map(answer.text_of, decide(snapshot(chart), known=known).cards))
    assert shown in text and text.count(first) >= 2
