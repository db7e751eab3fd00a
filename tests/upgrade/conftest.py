"""The first edition's files, copied so that a test may let the present code change them."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

FROZEN = Path(__file__).parents[2] / "fixtures" / "first_edition"
WRITTEN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # when its records were made, by its own clock


@pytest.fixture
def first_edition(tmp_path: Path) -> Path:
    """The folder of a copy."""
    return Path(shutil.copytree(FROZEN, tmp_path / "first_edition"))
