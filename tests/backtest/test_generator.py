"""The synthetic export is what it says it is."""

import json
from itertools import islice

import pytest

from fixtures.synthetic.generate import LOW_LIMIT_MMOL, MG_DL_PER_MMOL, TYPES, Written, main, patient, write_export

MAGNESIUM = {"19123-9": MG_DL_PER_MMOL, "2601-3": 1.0}


def observations(folder):
    for line in (folder / "Observation.ndjson").read_text(encoding="utf-8").splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and found:
            yield found


def test_the_share_of_low_magnesium_is_the_one_that_was_asked_for(tmp_path):
    written = write_export(tmp_path, 3000, low_share=0.2)
    assert 0.17 < written.low / written.measured < 0.23
    low, units = set(), set()
    for found in observations(tmp_path):
        code = found["code"]["coding"][0]["code"]
        if code in MAGNESIUM:
            units.add(found["valueQuantity"]["unit"])
            if found["valueQuantity"]["value"] / MAGNESIUM[code] < LOW_LIMIT_MMOL:
                low.add(found["subject"]["reference"])
    assert len(low) == written.low and units == {"mg/dL", "mmol/L"}


def test_the_same_seed_writes_the_same_and_another_seed_does_not(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_export(tmp_path / name, 20, seed=seed, broken=4)
    first, same, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("a", "b", "c")
    )
    assert first == same != other and len(first) == len(TYPES)


@pytest.mark.parametrize("number", [0, 17, 99_999])
def test_a_patient_depends_on_the_seed_and_its_number_only(number):
    first, again = (list(patient(number, 5, 0.3, Written())) for _ in range(2))
    assert first == again and first[0]["resourceType"] == "Patient"
    assert len({resource["id"] for resource in first}) == len(first)


def test_broken_lines_and_missing_files_are_written_as_asked_for(tmp_path, monkeypatch, capsys):
    arguments = ["generate", str(tmp_path), "--patients", "40", "--broken", "5", "--without", "Condition", "--gz"]
    monkeypatch.setattr("sys.argv", arguments)
    main()
    assert "40 patients" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"{kind}.ndjson.gz" for kind in TYPES if kind != "Condition"
    )


def test_more_results_that_nobody_asks_for_change_nothing_else():
    few, many = (list(patient(3, 5, 0.3, Written(), others)) for others in (0, 30))
    assert len(many) > len(few) and list(islice(many, 3)) == list(islice(few, 3))


def test_what_is_taken_for_long_is_renewed_outside_hospital():
    renewed = 0
    for number in range(200):
        resources = {r["id"]: r for r in patient(number, 5, 0.3, Written())}
        stay = next(r for r in resources.values() if r["resourceType"] == "Encounter")
        for order in (r for r in resources.values() if "priorPrescription" in r):
            before = resources[order["priorPrescription"]["reference"].removeprefix("MedicationRequest/")]
            assert before["medicationCodeableConcept"] == order["medicationCodeableConcept"]
            assert before["authoredOn"] < order["authoredOn"] and before["status"] == "active"
            in_stay = stay["period"]["start"] <= order["authoredOn"] <= stay["period"]["end"]
            assert not in_stay or stay["class"]["code"] == "AMB"
            renewed += 1
    assert renewed > 50
