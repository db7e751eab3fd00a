import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta

import pytest
from click.testing import CliRunner

from cards import KnowledgeError
from cds_service.demo import demo_requests, welcome
from cds_service.errors import NotCdsHooks
from cds_service.run.cli import main
from cds_service.run.server import check_port
from cds_service.run.settings import SettingsError
from cds_service.run.start import runtime_of
from cds_service.web.runtime import utc_now
from tests import machine
from tests.calls import patient_view
from tests.conftest import settings_with


def invoke(*arguments, **env):
    return CliRunner().invoke(main, list(arguments), env={f"MAGNESIUM_CDS_{k}": v for k, v in env.items()})


@pytest.fixture
def request_file(tmp_path):
    path = tmp_path / "request.json"
    path.write_text(json.dumps(patient_view()), encoding="utf-8")
    return str(path)


@pytest.fixture
def free_port():
    return machine.free_port()


@pytest.fixture
def start(free_port, tmp_path):
    """Starts a command that serves, waits until it is ready; yields a function. Stops it afterwards."""
    started = []

    def run(command, **env):
        process = subprocess.Popen(
            [sys.executable, "-m", "cds_service", command, "--port", str(free_port)],
            env=machine.environment(**env) | {"XDG_DATA_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        machine.wait_for(lambda: is_ready(process, free_port), "it is ready")
        return process, f"http://127.0.0.1:{free_port}"

    yield run
    for process in started:
        process.terminate()
        process.communicate(timeout=machine.LONG_S)


def is_ready(process, port):
    assert process.poll() is None, process.communicate()[1]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=machine.LONG_S):
            return True
    except OSError:
        return False


def store_of(base):
    """What the service knows of its database."""
    with urllib.request.urlopen(f"{base}/readyz", timeout=machine.LONG_S) as answer:
        return json.load(answer)["store"]


def test_explain_shows_cards_rules_and_why(request_file):
    done = invoke("explain", request_file)
    assert done.exit_code == 0, done.output
    assert "1.2 mg/dL" in done.output
    assert all(part in done.output for part in ("CARDS", "RULES FIRED", "RULES SILENT", "FACTS", "SOURCES"))


def test_explain_by_a_site_file(request_file, tmp_path):
    site = tmp_path / "site.yaml"
    site.write_text("units: {first: mmol/L}\n", encoding="utf-8")
    assert "0.49 mmol/L (1.2 mg/dL)" in invoke("explain", request_file, "--site", str(site)).output
    refused = invoke("explain", request_file, "--site", str(tmp_path / "none.yaml"))
    assert refused.exit_code != 0 and "none.yaml" in refused.output and "Traceback" not in refused.output


def test_explain_as_json_and_strict(request_file):
    done = invoke("explain", request_file, "--json", "--strict")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["cards"]


def test_explain_at_another_time_says_that_the_result_is_old(request_file):
    years_on = str(utc_now() + timedelta(days=1500))
    now, later = (invoke("explain", request_file, *more).output for more in ((), ("--now", years_on)))
    assert now.splitlines()[:3] != later.splitlines()[:3]


def test_explain_another_service(tmp_path):
    path = tmp_path / "request.json"
    body = patient_view()
    body["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": []}
    path.write_text(json.dumps(body), encoding="utf-8")
    done = invoke("explain", str(path), "--service", "magnesium-order-sign")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        ("{", (), "not valid JSON"),
        ("{}", (), "No service for this request"),
        ('{"hook": "patient-view"}', (), "context"),
        ("{}", ("--service", "nonsense"), "--service: magnesium-patient-view"),
        ("{}", ("--now", "soon"), "write it like"),
    ],
)
def test_explain_says_what_is_wrong(tmp_path, content, arguments, said):
    path = tmp_path / "request.json"
    path.write_text(content, encoding="utf-8")
    done = invoke("explain", str(path), *arguments)
    assert done.exit_code != 0
    assert said in done.output and "Traceback" not in done.output


def test_serve_refuses_what_it_cannot_do_safely():
    assert "MAGNESIUM_CDS_CLIENTS" in invoke("serve", AUTH="required", CLIENTS="").output
    assert "ALLOW_INSECURE" in invoke("serve", "--host", "0.0.0.0", AUTH="off", ALLOW_INSECURE="0").output
    assert "MAGNESIUM_CDS_AUTH=maybe" in invoke("serve", AUTH="maybe").output


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no_such_part:\n  x: 1\n", r"site\.yaml:\d.*MAGNESIUM_CDS_SITE"), (b"\xff\xfe\x00", "not readable as UTF-8")],
)
def test_a_wrong_site_file_is_refused_at_start(tmp_path, content, said):
    site = tmp_path / "site.yaml"
    site.write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        runtime_of(settings_with(site=site))


def test_a_port_in_use_is_said_and_so_is_what_to_do(free_port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port))
        taken.listen()
        with pytest.raises(SettingsError, match=rf"Port {free_port} .* in use .*--port"):
            check_port("127.0.0.1", free_port)
        assert "in use" in invoke("demo", "--port", str(free_port)).output


def test_an_address_that_is_not_ours_is_said(free_port):
    with pytest.raises(SettingsError, match=r"Cannot listen on 192\.0\.2\.1"):
        check_port("192.0.2.1", free_port)


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run there")
def test_the_demo_prints_commands_that_return_cards(start):
    process, base = start("demo", AUTH="required", MISSING_DATA="412")
    lines = [process.stdout.readline() for _ in welcome(base).splitlines()]
    commands = [line.split() for line in lines if line.split()[:1] == ["curl"]]
    assert len(commands) == 3
    for words in commands:
        with urllib.request.urlopen(words[2]) as saved:
            question = urllib.request.Request(words[-1], saved.read(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(question) as answer:
            assert words[-1].startswith(base)
            assert json.load(answer)["cards"]


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run there")
def test_after_the_address_of_the_page_a_demo_says_nothing(start):
    process, base = start("demo")
    machine.wait_for(lambda: store_of(base) == "reachable", "what it starts beside it works")  # else it tells of that
    process.terminate()
    said, logged = process.communicate(timeout=machine.LONG_S)
    assert said.splitlines()[-1] == f"{base}/demo"
    assert logged == ""


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run there")
def test_serve_answers_and_a_body_that_is_too_large_gets_its_answer(start):
    _, base = start("serve", AUTH="off", WORKERS="1", MAX_BODY_MB="1")
    url = f"{base}/cds-services/magnesium-patient-view"
    question = urllib.request.Request(url, b" " * 5_000_000, {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(question)
    with refused.value as answer:
        assert answer.code == 413
        assert json.load(answer)["resourceType"] == "OperationOutcome"


def test_demo_requests_are_dated_from_now():
    requests = demo_requests(utc_now())
    assert len(requests) == 3
    assert "@now" not in json.dumps(requests) and "@date" not in json.dumps(requests)


def test_the_welcome_names_every_request_and_ends_with_the_page():
    text = welcome("http://127.0.0.1:1")
    assert all(f"http://127.0.0.1:1/demo/requests/{name} " in text for name in demo_requests(utc_now()))
    assert text.splitlines()[-1] == "http://127.0.0.1:1/demo"


def test_errors_have_readable_messages():
    assert str(NotCdsHooks("context is missing")) == "context is missing"
    assert issubclass(KnowledgeError, ValueError)
