"""Nothing from the future is seen: whatever comes later, earlier decisions stay as they were."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.backtest.exports import calls, condition, of_patient, order, patient, requests, result, stay

START = datetime(2025, 3, 1, tzinfo=UTC)
CUT_HOURS = 200
DRUGS = ("7646", "4603", "703", "3407", "6585", "161", "8591")
ICD = ("I50.9", "N18.4", "G70.00", "I44.2", "K91.2", "I47.21")
LABS = (("19123-9", "mg/dL", 0.8, 3.0), ("2601-3", "mmol/L", 0.3, 1.2), ("2823-3", "mmol/L", 2.5, 6.0),
        ("2160-0", "mg/dL", 0.5, 6.0))  # fmt: skip


def when(hours):
    return (START + timedelta(hours=hours)).isoformat()


@st.composite
def resources(draw, low, high):
    """Resources that were known between two hours, whatever became of them afterwards."""
    hour, ident = draw(st.floats(low, high)), f"r{draw(st.integers(0, 10**9))}"
    kind = draw(st.sampled_from(["result", "order", "condition", "dose", "stay"]))
    lasted = draw(st.one_of(st.none(), st.floats(0, 400)))
    end = None if lasted is None else when(hour + lasted)
    if kind == "result":
        code, unit, least, most = draw(st.sampled_from(LABS))
        status = draw(st.sampled_from(["final", "corrected", "preliminary"]))
        value, drawn = round(draw(st.floats(least, most)), 2), when(hour - draw(st.floats(0, 10)))
        return result(ident, value, when(hour), code, unit, effectiveDateTime=drawn, status=status)
    if kind == "order":
        over = {"status": "stopped", "dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"end": end}}}}]}
        return order(ident, draw(st.sampled_from(DRUGS)), when(hour)) | (over if end else {})
    if kind == "condition":
        over = {"clinicalStatus": {"coding": [{"code": "resolved"}]}, "abatementDateTime": end}
        return condition(ident, draw(st.sampled_from(ICD)), when(hour)) | (over if end else {})
    if kind == "stay":
        return stay(ident, when(hour), end)
    period = {"start": when(hour), **({"end": end} if end else {})}
    concept = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "6585"}]}
    return of_patient("MedicationAdministration", ident, status="completed", medicationCodeableConcept=concept,
                      effectivePeriod=period)  # fmt: skip


def decisions(record, until):
    """Everything that was said until a time, in full."""
    told = [call for call in calls([patient(), *record]) if call.moment.when <= until]
    return [(call.moment.when, call.moment.hook, call.unit, [card.body for card in call.decision.cards],
             known(call.decision.trace)) for call in told]  # fmt: skip


FACTS = (
    "now", "hook", "patient_id", "age_days", "sex", "setting", "encounter_start", "magnesium", "preliminary", "ionised",
    "results", "renal", "medications", "drafts", "conditions", "unreadable_magnesium", "not_known", "set_aside", "cut",
    "strays", "unread_orders", "unread_current", "unread_problems", "not_understood", "died",
)  # fmt: skip


def known(trace):
    """All that was known of the patient, and what every rule made of it."""
    facts = {name: getattr(trace.chart, name) for name in FACTS}
    return facts, dict(trace.answers), trace.suppressed, trace.quiet, trace.knowledge_version


@settings(max_examples=12, deadline=None)
@given(
    st.lists(resources(0, CUT_HOURS), max_size=8),
    st.lists(resources(CUT_HOURS + 1, 2 * CUT_HOURS), min_size=1, max_size=8),
)
def test_later_resources_never_change_earlier_decisions(earlier, later):
    until = START + timedelta(hours=CUT_HOURS)
    assert decisions([*earlier, *later], until) == decisions(earlier, until)


def ends_of(resource):
    """The resource as if it had not ended yet."""
    open_order = {**resource, "status": "active", "dosageInstruction": []}
    kept = {name: value for name, value in resource.items() if not name.startswith("abatement")}
    if resource["resourceType"] == "Condition":
        return {**kept, "clinicalStatus": {"coding": [{"code": "active"}]}}
    if resource["resourceType"] == "MedicationRequest":
        return open_order
    period = "period" if resource["resourceType"] == "Encounter" else "effectivePeriod"
    return {**resource, "status": "in-progress", period: {"start": resource[period]["start"]}}


@settings(max_examples=12, deadline=None)
@given(
    st.lists(resources(0, CUT_HOURS), max_size=6),
    st.lists(resources(0, CUT_HOURS).filter(lambda r: r["resourceType"] != "Observation"), min_size=1, max_size=3),
)
def test_an_end_that_came_later_is_not_seen_before(others, ending):
    until = START + timedelta(hours=CUT_HOURS)
    late = when(CUT_HOURS + 5)
    now = [with_end(resource, late) for resource in ending]
    then = [ends_of(resource) for resource in ending]
    assert shown_by([*others, *now], until) == shown_by([*others, *then], until)


def with_end(resource, late):
    """The resource as an export shows it after it ended."""
    kind = resource["resourceType"]
    if kind == "Condition":
        return {**resource, "clinicalStatus": {"coding": [{"code": "resolved"}]}, "abatementDateTime": late}
    if kind == "MedicationRequest":
        return {**resource, "status": "stopped", "statusChanged": late, "dosageInstruction": []}
    period = "period" if kind == "Encounter" else "effectivePeriod"
    status = "finished" if kind == "Encounter" else "completed"
    return {**resource, "status": status, period: {"start": resource[period]["start"], "end": late}}


def shown_by(record, until):
    """What each call until a time sends: ids and statuses by key."""
    told = [(moment.when, request) for moment, request in requests([patient(), *record]) if moment.when <= until]
    return [(when_, {key: shape(value) for key, value in request["prefetch"].items()}) for when_, request in told]


def shape(value):
    entries = [entry["resource"] for entry in value.get("entry", ())]
    return [(r["id"], r.get("status"), r.get("clinicalStatus", {}).get("coding", [{}])[0].get("code")) for r in entries]
