"""Every threat of docs/security.md names a test, and the tests exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| **")]


def test_every_threat_names_a_test_that_exists():
    assert len(ROWS) >= 12
    for row in ROWS:
        named = re.findall(r"`(tests/[^`:]+)(?:::(\w+))?`", row.split("|")[3])
        assert named, row
        for path, name in named:
            assert re.search(rf"(def|class) {name}\b", (ROOT / path).read_text(encoding="utf-8")), f"{path}::{name}"


def test_every_log_event_that_it_tells_to_watch_exists():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "cds_service").rglob("*.py"))
    (watched,) = re.findall(r"watch for (.*)\.", TEXT)
    assert all(f'"{event}' in source for event in re.findall(r"`([^`]+)`", watched))
