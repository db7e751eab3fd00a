"""An export that many tests read, and its back-test by one process."""

from pathlib import Path

import pytest

from fixtures.synthetic.generate import Written, write_export
from tests.backtest.exports import Json, backtest, job_of

PATIENTS = 60


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    """An export of invented patients with three broken lines, and what it holds."""
    folder = tmp_path_factory.mktemp("synthetic")
    return folder, write_export(folder, PATIENTS, seed=3, low_share=0.4, broken=3)


@pytest.fixture(scope="session")
def reported(synthetic: tuple[Path, Written], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Json]:
    """The folder of its report and the summary."""
    out = tmp_path_factory.mktemp("reported") / "report"
    return out, backtest(job_of(synthetic[0], out), out)
