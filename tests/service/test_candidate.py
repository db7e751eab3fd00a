"""A candidate on live calls: it answers what was answered, is recorded, and changes or delays nothing shown."""

import json
import threading
from dataclasses import replace

import pytest

from cds_service.metrics.events import Metrics
from cds_service.records.answered import AnsweredFile
from cds_service.records.memory import AdviceMemory
from cds_service.records.shown import ShownFile
from cds_service.run.settings import SettingsError
from cds_service.run.start import runtime_of
from cds_service.web.app import create_app
from tests.calls import cards, patient_view, post
from tests.conftest import Kept, settings_with
from tests.counted import counted
from tests.machine import LONG_S
from tests.service.test_trial import place

SEVERE = "magnesium_is_severely_low"
LOUD = "thresholds: {band.severe: {value: 0.32, unit: mmol/L}, band.critical_low: {value: 0.3, unit: mmol/L}}\n"


@pytest.fixture
def serve(tmp_path):
    """The runtime of a site file with some files beside it, and a client of it."""

    def make(site, more=None, **files):
        for name, text in {"site": site, **files}.items():
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        runtime = runtime_of(settings_with(site=tmp_path / "site.yaml"))
        runtime = replace(runtime, books=Kept(), metrics=Metrics(), **(more or {}))
        return runtime, create_app(runtime).test_client()

    return make


def tried(runtime):
    """The records of the candidate, when all that waits is done."""
    runtime.after.flush()
    return [record for record in runtime.books.kept if record["kind"] == "candidate"]


def test_what_is_shown_stays_and_the_candidate_is_recorded_beside_it(serve, client):
    runtime, beside = serve("candidate: new.yaml\n", new=f"rules: {{off: []}}\n{LOUD}")
    plain, answer = cards(post(client, patient_view())), post(beside, patient_view())
    assert [c["summary"] for c in cards(answer)] == [c["summary"] for c in plain]
    (record,) = tried(runtime)
    answered = next(one for one in runtime.books.kept if one["kind"] == "answer")
    assert record["id"] == answered["id"] and record["knowledge"] == runtime.candidates[""].version
    assert record["knowledge"] != answered["knowledge"] and (record["status"], record["live_status"]) == (200, 200)
    told = {rule: (trial, live) for rule, trial, _, live, _ in record["rules"]}
    assert told[SEVERE] == ("", "shown") and ("shown", "") in told.values()
    assert counted(runtime, "candidate_calls_total", outcome="evaluated") == 1
    page = beside.get("/").get_data(as_text=True)
    assert "On trial beside it, recorded and not shown: new.yaml." in page


@pytest.mark.parametrize(
    ("name", "asked"), [("Medical ICU 3", True), ("Oncology", True), ("Ward 4", False), ("", False)]
)
def test_a_candidate_of_some_units_answers_the_calls_from_there(serve, name, asked):
    runtime, client = serve("candidate: {file: new.yaml, units: [icu, oncology]}\n", new=LOUD)
    body = place(patient_view(), name) if name else patient_view()
    assert cards(post(client, body)) and bool(tried(runtime)) == asked
    assert counted(runtime, "candidate_calls_total", outcome="evaluated") == asked
    assert "not shown, in: icu, oncology: new.yaml." in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("status", [200, 412])
def test_a_trial_of_the_whole_service_can_have_a_candidate_beside_it(serve, status):
    runtime, silent = serve("trial: all\ncandidate: new.yaml\n", new="units: {first: mmol/L}\n")
    body = patient_view() if status == 200 else patient_view(magnesium="x")
    assert cards(post(silent, body)) == []
    (record,) = tried(runtime)
    assert (record["status"], record["live_status"]) == (status, status)
    assert bool(record["rules"]) or status == 412


def test_one_line_promotes_it_and_one_ends_it(serve, tmp_path):
    runtime, _ = serve("candidate: {file: new.yaml, live: true}\n", new=LOUD)
    assert runtime.knowledge.numbers["band.severe"] == 0.32 and not runtime.candidates
    ended, client = serve("{}\n", new=LOUD)
    post(client, patient_view())
    assert ended.knowledge.numbers["band.severe"] == 0.5 and tried(ended) == []


def test_a_protocol_and_a_folder_can_be_candidates(serve, tmp_path):
    from tests.knowledge.asking import change, copy_of_knowledge
    from tests.knowledge.test_signature import OURS

    runtime, _ = serve("units: {first: mmol/L}\ncandidate: ours.yaml\n", ours=OURS)
    assert [p.id for p in runtime.candidates[""].protocols] == ["ours"] and not runtime.knowledge.protocols
    assert runtime.candidates[""].site.unit_first == "mmol/L"
    change(copy_of_knowledge(tmp_path) / "thresholds.yaml", "band.severe: {value: 0.50,", "band.severe: {value: 0.49,")
    runtime, _ = serve("units: {first: mmol/L}\ncandidate: knowledge\n")
    found = runtime.candidates[""]
    assert (found.numbers["band.severe"], found.site.unit_first) == (0.49, "mmol/L")


@pytest.mark.parametrize(
    ("site", "new", "reason"),
    [
        ("candidate: none.yaml\n", "", "none.yaml: not readable"),
        ("candidate: new.yaml\n", "unknown: 1\n", "new.yaml:1: unknown key"),
        ("candidate: [new.yaml]\n", "", "site.yaml:1: candidate is a file"),
        ("candidate: {file: new.yaml, live: 1}\n", "", "site.yaml:1: candidate is a file"),
        (
            "candidate:\n  file: new.yaml\n  unit: [icu]\n",
            "",
            "site.yaml:3: candidate: unknown key 'unit'; did you mean units",
        ),
        ("candidate:\n  units: [icu]\n", "", "site.yaml:1: candidate is a file"),
        ("candidate:\n  file: new.yaml\n  units: icu\n", "", "site.yaml:1: candidate is a file"),
        ("candidate:\n  file: new.yaml\n  units:\n    - 7\n", "", "site.yaml:4: candidate.units: 7 is not a text"),
        ("candidate:\n  file: new.yaml\n  units: []\n", "", "site.yaml:3: candidate.units names none"),
        (
            "candidate:\n  file: new.yaml\n  units: [oncolgy]\n",
            "",
            "site.yaml:3: candidate.units: unknown unit 'oncolgy'; did you mean oncology",
        ),
        (
            "candidate:\n  file: new.yaml\n  live: true\n  units: [icu]\n",
            "",
            "site.yaml:4: a live candidate decides in all units",
        ),
        ("forecast: {within_percent: 20}\n", "", "site.yaml:1: forecast.cards_per_1000_calls"),
        ("forecast: {cards_per_1000_calls: -1}\n", "", "needs a number above 0"),
    ],
)
def test_a_wrong_candidate_stops_the_start(serve, site, new, reason):
    with pytest.raises(SettingsError) as told:
        serve(site, new=new)
    assert reason in str(told.value)


def test_no_answer_waits_for_the_candidate_and_what_is_too_much_is_left_out(serve, monkeypatch):
    from cds_service.web import candidate
    from cds_service.web.afterwards import Afterwards

    go_on = threading.Event()
    runtime, client = serve("candidate: new.yaml\n", {"after": Afterwards(most=2)}, new=LOUD)
    decide = candidate.decide
    monkeypatch.setattr(candidate, "decide", lambda *told: (go_on.wait(LONG_S), decide(*told))[1])
    assert all(cards(post(client, patient_view())) for _ in range(6))  # while the first of them still waits
    assert not [one for one in runtime.books.kept if one["kind"] == "candidate"]
    go_on.set()
    done = len(tried(runtime))
    assert counted(runtime, "candidate_calls_total", outcome="left out") == 6 - done and 2 <= done <= 3


def test_what_waits_for_the_candidate_is_bounded_by_its_size_too(serve, monkeypatch):
    """32 requests of 5 MB could wait, each read into 180 MB."""
    from cds_service.web import afterwards, candidate

    go_on = threading.Event()
    size = len(json.dumps(patient_view()).encode())
    monkeypatch.setattr(afterwards, "MOST_BYTES", 3 * size)
    runtime, client = serve("candidate: new.yaml\n", new=LOUD)
    decide = candidate.decide
    monkeypatch.setattr(candidate, "decide", lambda *told: (go_on.wait(LONG_S), decide(*told))[1])
    large = patient_view() | {"extension": "x" * 4 * size}
    sent = (large, patient_view()), (patient_view(),) * 4
    for bodies, left_out in zip(sent, (1, 1), strict=True):
        before = counted(runtime, "candidate_calls_total", outcome="left out")
        go_on.clear()
        assert all(cards(post(client, body)) for body in bodies)
        assert counted(runtime, "candidate_calls_total", outcome="left out") == before + left_out
        go_on.set()
        runtime.after.flush()


def test_a_fault_of_the_candidate_concerns_no_answer(serve, monkeypatch):
    from cds_service.web import candidate

    runtime, client = serve("candidate: new.yaml\n", new=LOUD)
    monkeypatch.setattr(candidate, "candidate_entry", lambda *_: 1 / 0)
    assert cards(post(client, patient_view())) and tried(runtime) == []
    assert counted(runtime, "candidate_calls_total", outcome="failed") == 1


def test_it_sees_what_was_shown_before_the_call_and_not_what_this_call_showed(serve, tmp_path):
    shown = ShownFile(tmp_path / "shown.sqlite")
    memory = AdviceMemory(b"k" * 32, AnsweredFile(tmp_path / "answered.sqlite"), shown=shown)
    runtime, client = serve("candidate: new.yaml\n", {"memory": memory}, new="site: {name: Same}\n")
    outcomes = []
    for _ in range(2):
        post(client, patient_view())
        shown.flush()
        record = tried(runtime)[-1]
        outcomes.append([(trial, live) for _, trial, _, live, _ in record["rules"]])
    assert outcomes and all(trial == live for told in outcomes for trial, live in told)


def test_the_forecast_is_a_metric(serve):
    _, client = serve("forecast: {cards_per_1000_calls: 64.2}\n")
    page = client.get("/metrics").get_data(as_text=True)
    assert "magnesium_cds_trial_forecast_cards_per_1000_calls 64.2" in page
    assert "magnesium_cds_trial_forecast_within_ratio 0.25" in page
