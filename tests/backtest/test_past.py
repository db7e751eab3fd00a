"""What a record looked like at a moment that has passed."""

import pytest

from cds_service.backtest.times import point
from tests.backtest.exports import (
    at,
    calls,
    condition,
    of_patient,
    order,
    patient,
    prefetched,
    requests,
    result,
    stay,
    utc,
)

OMEPRAZOLE, FUROSEMIDE, PARACETAMOL = "7646", "4603", "161"
LATER = "2025-06-01T00:00:00Z"


def seen_at_opening(*resources):
    """The prefetch of the one chart opening, after a result issued at 09:00."""
    told = [
        request
        for moment, request in requests([patient(), result("mg", 1.2, at("09:00")), *resources])
        if moment.hook == "patient-view"
    ]
    assert len(told) == 1
    return told[0]


def ids(request, key):
    return [resource["id"] for resource in prefetched(request, key)]


def test_the_chart_is_opened_a_quarter_of_an_hour_after_a_result_was_filed():
    [call] = calls([patient(), result("mg", 1.2, at("09:00"))])
    assert call.moment.when == utc(at("09:15")) and call.moment.hook == "patient-view"
    assert call.decision.cards


def test_results_filed_within_the_quarter_are_seen_in_one_opening_and_the_next_in_another():
    told = calls(
        [
            patient(),
            result("a", 1.2, at("09:00")),
            result("b", 3.0, at("09:10"), "2823-3", "mmol/L"),
            result("c", 1.3, at("11:00")),
        ]
    )
    assert [call.moment.when for call in told] == [utc(at("09:15")), utc(at("11:15"))]


def test_a_result_counts_from_its_issue_not_from_the_draw():
    late = result("late", 1.0, at("12:00"), effectiveDateTime=at("08:00"))
    told = [ids(request, "magnesium") for _, request in requests([patient(), result("mg", 1.2, at("09:00")), late])]
    assert told == [["mg"], ["late", "mg"]]


def test_orders_written_together_are_signed_together_as_drafts_and_are_not_active_yet():
    drafts = [order("a", OMEPRAZOLE, at("10:00")), order("b", FUROSEMIDE, at("10:00"))]
    earlier = order("old", PARACETAMOL, at("08:00"))
    (_, first), (moment, second) = requests([patient(), earlier, *drafts])
    assert moment.hook == "order-sign" and moment.when == utc(at("10:00"))
    signed = [entry["resource"] for entry in second["context"]["draftOrders"]["entry"]]
    assert [(r["id"], r["status"]) for r in signed] == [("a", "draft"), ("b", "draft")]
    assert ids(second, "medications") == ["old"]
    assert ids(first, "medications") == []


@pytest.mark.parametrize(
    ("change", "calls_made"),
    [
        ({}, 1),
        ({"status": "stopped"}, 1),
        ({"status": "entered-in-error"}, 0),
        ({"status": "draft"}, 0),
        ({"intent": "plan"}, 0),
        ({"intent": "instance-order"}, 0),
        ({"doNotPerform": True}, 0),
        ({"reportedBoolean": True}, 0),
        ({"authoredOn": None}, 0),
    ],
)
def test_only_orders_that_somebody_signed_make_a_call(change, calls_made):
    assert len(calls([patient(), order("a", OMEPRAZOLE, at("10:00")) | change])) == calls_made


def timing(**repeat):
    return {"dosageInstruction": [{"timing": {"repeat": repeat}}]}


def supplied(value, code, repeats=0):
    supply = {"expectedSupplyDuration": {"value": value, "code": code}, "numberOfRepeatsAllowed": repeats}
    return {"status": "completed", "dispenseRequest": supply}


@pytest.mark.parametrize(
    ("ending", "active"),
    [
        ({"status": "active"}, True),
        ({"status": "stopped", "statusChanged": at("08:00")}, False),
        ({"status": "stopped", "statusChanged": at("10:00")}, True),
        ({"status": "completed", **timing(boundsPeriod={"end": "2025-03-08"})}, False),
        ({"status": "completed", **timing(boundsPeriod={"end": "2025-03-20"})}, True),
        ({"status": "completed", **timing(boundsDuration={"value": 3, "code": "d"})}, False),
        ({"status": "completed", **timing(boundsDuration={"value": 3, "unit": "weeks"})}, True),
        ({"status": "completed", "dispenseRequest": {"expectedSupplyDuration": {"value": 1, "code": "mo"}}}, True),
        (supplied(2, "d"), False),
        (supplied(2, "d", 4), True),
        (supplied(2, "d", "many"), False),
        (supplied(9000, "a"), True),
        ({"status": "completed", "dispenseRequest": {"validityPeriod": {"end": "2025-03-05"}}}, False),
        ({"status": "stopped", "encounter": {"reference": "Encounter/gone"}}, False),
        ({"status": "stopped", "encounter": {"reference": "Encounter/gone/_history/2"}}, False),
        ({"status": "stopped", "encounter": {"reference": "https://ehr.example/fhir/Encounter/now"}}, True),
        ({"status": "stopped"}, True),
        ({"status": "stopped", "authoredOn": "2025-01-01T00:00:00Z"}, False),
        ({"status": "on-hold"}, True),
        ({"status": "cancelled"}, True),
    ],
)
def test_an_order_that_is_over_today_was_active_until_the_end_it_tells(ending, active):
    stays = [stay("gone", "2025-03-01T00:00:00Z", "2025-03-04T00:00:00Z"), stay("now", at("01:00"), LATER)]
    request = seen_at_opening(order("o", OMEPRAZOLE, "2025-03-01T08:00:00Z") | ending, *stays)
    assert [r["status"] == "active" for r in prefetched(request, "medications")] == [active]


def test_an_order_ended_with_its_last_dose_when_it_says_nothing_else():
    done = order("o", "6585", at("07:00"), "completed", encounter={"reference": "Encounter/now"})
    dose = of_patient(
        "MedicationAdministration",
        "d",
        status="completed",
        effectiveDateTime=at("08:00"),
        request={"reference": "MedicationRequest/o"},
    )
    request = seen_at_opening(done, dose, stay("now", at("01:00"), LATER))
    assert ids(request, "medications") == ["o"]


def test_a_home_medicine_was_taken_until_the_end_it_tells():
    def stated(end):
        period = {"start": "2024-01-01", "end": end}
        told = {"medicationCodeableConcept": {"text": "omeprazole 20 mg"}, "effectivePeriod": period}
        return of_patient("MedicationStatement", "s", status="completed", **told)

    for end, status in ((LATER, "active"), ("2025-02-01T00:00:00Z", "completed")):
        [seen] = prefetched(seen_at_opening(stated(end)), "statements")
        assert seen["status"] == status


def test_a_dose_is_running_until_its_end_and_the_end_is_not_seen():
    running = of_patient(
        "MedicationAdministration", "d", status="completed", effectivePeriod={"start": at("08:30"), "end": at("12:00")}
    )
    [seen] = prefetched(seen_at_opening(running), "administrations")
    assert seen["status"] == "in-progress" and seen["effectivePeriod"] == {"start": at("08:30")}
    assert ids(seen_at_opening(running | {"effectivePeriod": {"start": at("10:00")}}), "administrations") == []


def status_of(condition):
    """The clinical status; a server sends problems that are over too, and says so."""
    return condition.get("clinicalStatus", {}).get("coding", [{}])[0].get("code")


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        (condition("c", "I50.9", "2025-03-01"), True),
        (condition("c", "I50.9", at("10:00")), False),
        (condition("c", "I50.9", "2025-03-10"), False),  # a bare day is known when it has passed
        (condition("c", "I50.9", "2025-03-01", "resolved", abatementDateTime="2025-03-20"), True),
        (condition("c", "I50.9", "2025-03-01", "resolved", abatementDateTime="2025-03-05"), False),
        (condition("c", "I50.9", "2025-03-01", "resolved"), False),
        (condition("c", "I50.9", "2025-03-01", "resolved", encounter={"reference": "Encounter/now"}), True),
        (condition("c", "I50.9", "") | {"onsetDateTime": "2024"}, True),
        (condition("c", "I50.9", ""), False),
    ],
)  # fmt: skip
def test_a_condition_is_known_from_its_record_until_it_abates(given, seen):
    request = seen_at_opening(given, stay("now", at("01:00"), LATER))
    current = [r for r in prefetched(request, "conditions") if status_of(r) != "resolved"]
    assert [r["id"] for r in current] == (["c"] if seen else [])
    assert not [name for r in prefetched(request, "conditions") for name in r if name.startswith("abatement") and seen]


def test_a_stay_runs_from_its_start_to_its_end_and_the_end_is_not_seen():
    stays = [
        stay("over", "2025-03-01T00:00:00Z", at("08:00")),
        stay("now", at("07:00"), LATER),
        stay("next", LATER, None),
        stay("odd", at("07:00"), None) | {"status": "finished"},
    ]
    [seen] = prefetched(seen_at_opening(*stays), "encounters")
    assert seen["id"] == "now" and seen["status"] == "in-progress" and seen["period"] == {"start": at("07:00")}


def test_the_call_names_the_stay_it_belongs_to_only_while_it_runs():
    own = {"encounter": {"reference": "Encounter/e1"}}
    for end, named in ((LATER, "e1"), (at("08:00"), None)):
        [(_, request)] = requests([patient(), result("mg", 1.2, at("09:00"), **own), stay("e1", at("01:00"), end)])
        assert request["context"].get("encounterId") == named


def test_only_the_newest_results_are_sent_with_a_link_to_the_rest():
    many = [result(f"m{n:02}", 2.0, None, effectiveDateTime=at("08:00", f"2025-02-{n:02}")) for n in range(1, 29)]
    more = [result(f"n{n:02}", 2.0, None, effectiveDateTime=at("08:00", f"2025-03-{n:02}")) for n in range(1, 6)]
    _, last = requests([patient(), *many, *more])[-1]
    assert ids(last, "magnesium")[:2] == ["n05", "n04"] and len(ids(last, "magnesium")) == 30
    assert last["prefetch"]["magnesium"]["link"][0]["relation"] == "next"


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("2025-03-10T08:00:00+02:00", "2025-03-10T06:00:00+00:00"),
        ("2025-03-10T08:00:00", "2025-03-10T08:00:00+00:00"),
        ("2025-03-10", "2025-03-10T23:59:59+00:00"),
        ("2025-12", "2025-12-31T23:59:59+00:00"),
        ("2024-02", "2024-02-29T23:59:59+00:00"),
        ("2025", "2025-12-31T23:59:59+00:00"),
    ],
)
def test_a_bare_day_month_or_year_counts_from_its_end(told, read):
    assert point(told) == utc(read)


@pytest.mark.parametrize("told", ["", "10 March 2025", "2025-13", "0001-01-01", "9999-12-31", 20250310, None, ["2025"]])
def test_what_is_no_sensible_date_is_no_point(told):
    assert point(told) is None
