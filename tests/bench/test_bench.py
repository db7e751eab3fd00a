"""The benchmarks run; how fast anything is, they say themselves."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import bodies, insights, measure, peers, server_choice, servers, soak, variants
from bench.chart import svg
from bench.report import tables
from cds_service.web.app import create_app
from tests.calls import cards, post
from tests.trust.ehr import Ehr

NOW = datetime.now(UTC)
SHORT = measure.Plan(1, 0.2, 0.2, 1, 1, shapes=("small", "irrelevant_draft"))
serves = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")


@pytest.mark.parametrize(
    ("size", "observations", "medicines"), [("small", 1, 5), ("usual", 20, 10), ("large", 500, 100)]
)
@pytest.mark.parametrize("hook", bodies.HOOKS)
def test_the_bodies_hold_what_they_say_and_are_answered_with_cards(client, size, observations, medicines, hook):
    body = bodies.request(size, hook, NOW)
    assert bodies.count(body, {"Observation"}) == observations
    assert bodies.count(body, {"MedicationRequest"}) == medicines
    assert bodies.count(body, {"Encounter"}) == 1
    assert cards(post(client, body, f"magnesium-{hook}"))


def test_the_usual_body_has_the_size_of_a_real_one_and_is_the_same_each_time():
    raw = bodies.encoded("usual", "patient-view", NOW)
    assert 20_000 < len(raw) < 62_000
    assert raw == bodies.encoded("usual", "patient-view", NOW)


@pytest.mark.parametrize("more", [(), ("--counted",)])
def test_insights_are_timed_by_each_scope(monkeypatch, capsys, tmp_path: Path, more):
    url = f"sqlite:///{tmp_path / 'bench.sqlite'}"
    monkeypatch.setattr(sys, "argv", ["insights", "--days", "3", "--calls", "4", "--url", url, *more])
    insights.main()
    told = capsys.readouterr().out
    assert told.count("answers, sqlite") == (1 if more else 2) and "days counted in" in told
    assert told.count(" 90 days ") == (1 if more else 2) * (1 + len(insights.SCOPES))


@serves
def test_the_variants_are_measured_each_call_with_a_token_of_its_own(tmp_path: Path):
    ehr, requests = Ehr(), list(measure.requests_in(tmp_path, ["irrelevant_draft"]))
    with variants.variants(tmp_path, ehr, [variants.TOKENS]) as found:
        figures = variants.compared(found, requests, ehr, 1, 0.2)
    assert figures["irrelevant_draft"][variants.TOKENS] > 0
    told = variants.table({"quiet": {variants.AS_USUAL: 2000, variants.TOKENS: 3000}})
    assert told.endswith(f"{variants.AS_USUAL} 2000 us (1.00), {variants.TOKENS} 3000 us (1.50)")


@serves
def test_the_benchmark_measures_prints_and_draws():
    found = json.loads(json.dumps(measure.results(SHORT, lambda step: None)))
    assert found["bodies"].keys() == {"small", "irrelevant_draft"}
    for body in found["bodies"].values():
        figures = {"cpu_ratio", "wsgi_cpu_ratio", "throughput_ratio", "p50_ms", "p99_ms", "decide_us", "orjson_us"}
        assert all(body[figure] > 0 for figure in figures)
        assert all(body[name]["failed"] == 0 for name in ("service", "wsgi", "flask", "half_rate"))
    assert (
        found["cold_start_s"]["median"] > found["cold_start_s"]["cpu"] / 4 > 0 and found["memory_mb"]["after_load"] > 0
    )
    assert found["jwt_us"].keys() == {"ES384", "RS384"}
    assert "cold_start_s" in tables(found)
    assert svg(found).endswith("</svg>\n")


@serves
def test_a_server_is_measured_beside_stalled_connections(tmp_path: Path):
    request, name = next(measure.requests_in(tmp_path, (server_choice.SHAPE,))), "gunicorn, as shipped"
    with servers.bare(tmp_path, 2, {request.bare_path: server_choice.ANSWER}, "flask") as server:
        told = server_choice.line(name, server, request, seconds=0.2, rate=50, stalled=20)
    assert told.startswith(name) and told.endswith(f"{server_choice.CALLS} of {server_choice.CALLS}")


@serves
def test_a_peer_is_measured_in_turn_with_the_service(tmp_path: Path):
    requests = list(measure.requests_in(tmp_path, ("quiet",)))
    with servers.service(tmp_path, 1) as own, servers.bare(tmp_path, 1, {"/quiet/patient-view": "{}"}, "wsgi") as peer:
        against = {"service": (own, peers.OWN), "peer": (peer, "/quiet/{hook}")}
        found = peers.compared(against, requests, rounds=1, s=0.2)
    assert found["quiet"]["service"] > found["quiet"]["peer"] > 0


def test_a_peer_that_is_not_there_is_told_and_never_left_out():
    quiet = {"peer_us": 1000, "service_us": 2500, "cpu_ratio": 2.5}
    told = peers.lines({peers.HEALTHCHAIN: {"quiet": quiet}, peers.NODE: {"not_measured": "no copy of it is named"}})
    assert told[0].endswith("of HealthChain, in multiples of it: quiet 2500 us (2.50)")
    assert told[1] == "node-cds-hooks: not measured, no copy of it is named"


@serves
def test_the_soak_tells_each_interval(tmp_path: Path):
    request = next(measure.requests_in(tmp_path, ("small",)))
    seen = list(soak.run(request, 2, 0.2, tmp_path))
    assert len(seen) == 2
    assert all(one.failed == 0 and one.workers_mb > 0 and one.others_mb > 0 for one in seen)


def test_the_soak_finds_what_grows():
    def interval(minute, workers_mb=100.0, p99_ms=2.0):
        return soak.Interval(minute, 100, 1.0, p99_ms, 500, 0, workers_mb, 50.0)

    steady = [interval(minute) for minute in range(9)]
    assert soak.verdict(steady) == []
    growing = [interval(minute, workers_mb=100 + 10 * minute) for minute in range(9)]
    assert soak.verdict(growing) == ["memory of the workers grew by more than 10%"]
    assert soak.slope_per_hour(growing, lambda one: one.workers_mb) == pytest.approx(600)
    assert soak.verdict([interval(minute, p99_ms=2 + minute) for minute in range(9)]) == ["p99 grew by more than 10%"]


def test_the_service_and_the_bare_applications_are_asked_the_same(runtime, tmp_path: Path):
    request = next(measure.requests_in(tmp_path, ("usual",)))
    assert request.path in {f"/cds-services/magnesium-{hook}" for hook in bodies.HOOKS}
    answer = (
        create_app(runtime)
        .test_client()
        .post(request.path, data=request.file.read_bytes(), content_type="application/json")
    )
    assert answer.status_code == 200 and answer.get_json()["cards"]
