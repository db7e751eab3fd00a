"""Which knowledge a command is to try, and how a long run tells how far it is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cds_service.named_files import told_name
from cds_service.run.cli.common import Problem

if TYPE_CHECKING:
    from cds_service.backtest.job import KnowledgeSource
    from cds_service.backtest.progress import Progress

SHIPPED = "shipped"


def source_of(told: str, option: str | None = None) -> "KnowledgeSource":
    """The knowledge of a site file, a folder like cards/knowledge, or of 'shipped'."""
    from cds_service.backtest.job import KnowledgeSource

    path = Path(told)
    if told == SHIPPED:
        return KnowledgeSource("shipped, no site file")
    if not path.is_dir():
        return _site_source(path)
    if not (path / "thresholds.yaml").is_file():
        raise click.BadParameter(f"{path} is not a folder of knowledge like cards/knowledge.", param_hint=option)
    return KnowledgeSource(told_name(path), folder=str(path.resolve()))


def _site_source(path: Path) -> "KnowledgeSource":
    from cds_service.backtest.job import KnowledgeSource
    from cds_service.curate.origin import SHIPPED
    from cds_service.curate.site_knowledge import loaded_of, signatures_text

    origin, known = loaded_of(path)
    folder = None if origin.folder == SHIPPED else str(Path(str(origin.folder)).resolve())
    signed = signatures_text(known, origin.site)
    return KnowledgeSource(told_name(path), origin.text, folder, tuple(origin.files.items()), signed)


def progress() -> "Progress":
    """A bar where somebody looks at it, else lines."""
    from cds_service.backtest.progress import BarProgress, LineProgress

    return BarProgress(sys.stderr) if sys.stderr.isatty() else LineProgress(sys.stderr)


@contextmanager
def problems_told() -> Iterator[None]:
    """End with the message of what its user can mend."""
    from cards import KnowledgeError
    from cds_service.backtest.job import BacktestError

    try:
        yield
    except (BacktestError, KnowledgeError) as problem:
        raise Problem(str(problem)) from None
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        raise Problem(f"{place}{problem.strerror or problem}. Nothing done so far is lost.") from None
