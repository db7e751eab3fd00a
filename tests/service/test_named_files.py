"""Files that a person names are read up to a bound."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from cds_service import named_files

ENDLESS = Path("/dev/zero")
MOST_MEMORY = 2 * 1024**3
COMMANDS = {
    "validate request": (("validate", "request", ENDLESS), "64 MB"),
    "validate response": (("validate", "response", ENDLESS), "64 MB"),
    "explain": (("explain", ENDLESS), "64 MB"),
    "protocol check": (("protocol", "check", ENDLESS), "16 MB"),
}
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such file")


@pytest.mark.parametrize("named", COMMANDS)
def test_a_file_without_end_is_told_and_not_read_on(named):
    words, bound = COMMANDS[named]
    done = subprocess.run(
        [sys.executable, "-m", "cds_service", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY)),
    )
    assert done.returncode == 1 and f"it is longer than {bound}; is it the right file?" in done.stderr


def test_every_reader_of_a_named_file_is_bounded():
    from cards import KnowledgeError
    from cds_service.curate.origin import origin_of
    from cds_service.dialects import read_dialect
    from cds_service.run.settings import SettingsError
    from cds_service.trust.clients import read_clients

    for read in (origin_of, read_dialect, read_clients):
        with pytest.raises((KnowledgeError, SettingsError), match="longer than 16 MB"):
            read(ENDLESS)


def test_what_is_as_long_as_the_bound_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(named_files, "MOST_TEXT", 6)
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa\r\n")
    assert named_files.text_of(path) == "a\n"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb")
    with pytest.raises(named_files.TooLong):
        named_files.text_of(path)
