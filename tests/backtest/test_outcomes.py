"""What became of the patients after a card, counted by hand; intervals against published figures."""

from pathlib import Path
from typing import Any

import pytest

from cds_service.backtest.intervals import newcombe, wilson
from cds_service.backtest.run import Period
from tests.backtest.exports import forecast, utc

Json = dict[str, Any]
RXNORM, LOINC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://loinc.org"
MILD = "magnesium_is_mildly_low"
PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1970-05-05", "gender": "female"}


def result(at: str, value: float, code: str = "2601-3") -> Json:
    return {
        "resourceType": "Observation",
        "id": f"{code}-{at[5:16].replace(':', '-')}",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": at,
        "issued": at,
        "valueQuantity": {"value": value, "unit": "mmol/L"},
    }


def dose(at: str) -> Json:
    coding = {"system": RXNORM, "code": "1658262", "display": "magnesium sulfate"}
    return {
        "resourceType": "MedicationAdministration",
        "id": f"given-{at[5:16].replace(':', '-')}",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"coding": [coding], "text": "magnesium sulfate 4 g IV"},
        "effectivePeriod": {"start": at, "end": at},
    }


LOW = result("2025-03-01T08:00:00Z", 0.62)  # the chart is opened at 8:15


def outcomes(tmp_path: Path, *resources: Json, **more: Any) -> Json:
    found: Json = forecast(tmp_path, [PATIENT, *resources], **more)["outcomes"]
    return found


def shares(told: Json, period: str = "all") -> dict[str, tuple[int, int]]:
    return {m["outcome"]: (m[period]["part"], m[period]["whole"]) for m in told["measures"]}


def test_what_followed_the_first_card_of_a_result_is_counted(tmp_path: Path) -> None:
    after = (dose("2025-03-01T18:00:00Z"), result("2025-03-02T07:00:00Z", 0.80), result("2025-03-03T07:00:00Z", 1.20))
    told = outcomes(tmp_path, LOW, *after)[MILD]
    assert told["cards"] == {"all": 1} and told["repeats"] == {"all": 0}
    found = shares(told)
    assert [found[f"given_{h}"] for h in (4, 12, 24)] == [(0, 1), (1, 1), (1, 1)]
    assert (found["measured_24"], found["measured_72"]) == ((1, 1), (1, 1))
    assert (found["at_goal_24"], found["at_goal_72"], found["too_high"]) == ((1, 1), (1, 1), (1, 1))
    assert found["recheck_in_time"] == (1, 1) and found["potassium_corrected"] == (0, 0)


def test_who_is_not_measured_is_in_no_share_of_those_measured(tmp_path: Path) -> None:
    found = shares(outcomes(tmp_path, LOW, dose("2025-01-01T00:00:00Z"))[MILD])
    assert found["measured_72"] == (0, 1) and found["at_goal_72"] == (0, 0) and found["too_high"] == (0, 0)
    assert found["given_24"] == (0, 1)


def test_without_doses_in_the_export_nothing_is_said_of_them(tmp_path: Path) -> None:
    assert not [key for key in shares(outcomes(tmp_path, LOW)[MILD]) if key.startswith("given")]


def test_potassium_and_repeats(tmp_path: Path) -> None:
    times = (("2025-03-01T08:00:00Z", 3.1), ("2025-03-01T10:00:00Z", 3.3), ("2025-03-02T08:00:00Z", 3.9))
    told = outcomes(tmp_path, LOW, *(result(at, value, "2823-3") for at, value in times))[MILD]
    assert shares(told)["potassium_corrected"] == (1, 1) and told["repeats"]["all"] == 1


def test_two_periods_stand_side_by_side_with_intervals(tmp_path: Path) -> None:
    later = result("2025-06-01T08:00:00Z", 0.62)
    more = (dose("2025-06-01T09:00:00Z"), result("2025-06-02T07:00:00Z", 0.60))
    told = outcomes(tmp_path, LOW, later, *more, period=Period(split=utc("2025-05-01T00:00:00Z")))[MILD]
    assert told["cards"]["before"] == 1 and told["cards"]["after"] >= 1
    given = next(m for m in told["measures"] if m["outcome"] == "given_4")
    assert given["before"]["part"] == 0 and given["after"]["part"] == 1
    change, low, high = given["change"]
    assert low <= change <= high and change > 0
    assert '<h2 id="outcomes">' in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(part: int, whole: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 1998, 17: 857-872, table I, method 3."""
    assert wilson(part, whole) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 20), 0.6791, 1.0)],
)
def test_newcombe_as_published(one: tuple[int, int], other: tuple[int, int], low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 1998, 17: 873-890, table II, method 10."""
    assert newcombe(other, one) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
