"""Every command of the integrator's page is run against the service, and its answer is the one that the page shows."""

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from cds_service.run.settings import Auth
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.conftest import settings_with
from tests.machine import LONG_S

PAGE = (Path(__file__).parents[2] / "docs" / "integrator.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```sh\n(?P<command>.*?)```\n(?P<told>```text\n(?P<answer>.*?)```)?", re.DOTALL)
EXAMPLES = [found.groupdict() for found in EXAMPLE.finditer(PAGE)]
HOME = "http://127.0.0.1:8000"
END = "---- end of an example"


@contextmanager
def listening(runtime, **settings):
    """The address of a service with these settings."""
    app = create_app(Runtime(settings_with(**settings), runtime.knowledge, runtime.keys))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def answers(runtime, tmp_path_factory):
    """What each example of the page printed, one after the other in one shell."""
    if missing := [name for name in ("bash", "curl", "gzip") if not shutil.which(name)]:
        reason = f"no {', '.join(missing)} on this machine"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with listening(runtime) as here, listening(runtime, auth=Auth.REQUIRED, base_url=HOME) as guarded:
        # the moment of the service, which the tests may be run as if at
        now = f'date() {{ command date -d @{int(time.time())} "$@"; }}\n'
        commands = f"\necho '{END}'\n".join(example["command"] for example in EXAMPLES)
        script = f"{now}protected={guarded}/cds-services\n{commands}"
        done = subprocess.run(
            ["bash", "-u", "-c", script.replace(HOME, here)],
            cwd=tmp_path_factory.mktemp("by_hand"),
            # the Python of the tests: another one knows nothing of the moment that they are run as if at
            env={**os.environ, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))},
            capture_output=True,
            text=True,
            timeout=LONG_S,
        )
    assert not done.stderr, done.stderr
    return done.stdout.split(f"{END}\n")


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_is_answered_as_the_page_says(answers, number):
    assert len(answers) == len(EXAMPLES)
    shown = EXAMPLES[number]["answer"]
    assert shown, "an example without its answer"
    pattern = re.escape(shown.strip()).replace(re.escape("..."), ".*")
    assert re.fullmatch(pattern, answers[number].strip(), re.DOTALL), answers[number]


def test_every_status_that_a_caller_can_meet_is_on_the_page():
    shown = set(re.findall(r"\*\*(\d{3}),|^(\d{3})$", PAGE, re.MULTILINE))
    told = {code for pair in shown for code in pair if code} | set(re.findall(r"\b([345]\d\d)\b(?= \(| with)", PAGE))
    assert told >= {"200", "400", "401", "403", "404", "405", "412", "413", "415", "429", "500", "503"}
