"""`knowledge diff`: two versions of the clinical content side by side, as a page for the committee."""

import json
import os
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from cds_service.run.cli.common import moment_of, tell, tells_problems
from cds_service.run.cli.sources import problems_told, progress, source_of

if TYPE_CHECKING:
    from cds_service.backtest.job import KnowledgeSource
    from cds_service.curate.diff_page import Rates, Side

_WELL = "300 invented well patients, each opened once and given one ordinary order: cards here are alerts nobody needs."


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also write a page to print.")
@click.option("--export", type=click.Path(path_type=Path), help="Count the cards on this FHIR Bulk Data export too.")
@click.option("--now", "day", metavar="DATE", help="The day on the page [default: today].")
@tells_problems
def knowledge_diff(old: str, new: str, out: Path | None, export: Path | None, day: str | None) -> None:
    """Tell what two versions say differently, and what that does to the number of cards.

    OLD and NEW are site files, folders like cards/knowledge, or 'shipped'. The cases of both are those of this release.
    """
    from cds_service.backtest.job import knowledge_from
    from cds_service.curate.contents import contents
    from cds_service.curate.diff_page import Side, lines, render
    from cds_service.curate.differences import differences

    with problems_told():
        sources = source_of(old), source_of(new)
        names = Path(old).name, Path(new).name
        sides = [Side(name, knowledge_from(source)) for name, source in zip(names, sources, strict=True)]
        folders = [Path(source.folder) if source.folder else None for source in sources]
        before, after = (contents(side.knowledge, at) for side, at in zip(sides, folders, strict=True))
        found = list(differences(before, after))
        cohorts = [_quiet(sides), *([_of_export(export, *sources)] if export else [])]
    if out:
        out.write_text(render(sides[0], sides[1], found, cohorts, moment_of(day).date()), encoding="utf-8")
    tell("\n".join(lines(found, cohorts)))


def _quiet(sides: "list[Side]") -> "Rates":
    from cds_service.curate.diff_page import rates
    from cds_service.curate.quiet_cohort import cards_by_rule, size

    old, new = (cards_by_rule(side.knowledge) for side in sides)
    return rates("Well patients", _WELL, old, new, (size(), size()))


def _of_export(export: Path, old: "KnowledgeSource", new: "KnowledgeSource") -> "Rates":
    """The cards of a back-test of both; what it writes is thrown away."""
    from cds_service.backtest.engines import LocalEngine
    from cds_service.backtest.run import Period, plan, run
    from cds_service.backtest.state import prepare
    from cds_service.curate.diff_page import rates

    with TemporaryDirectory() as folder, closing(LocalEngine(os.cpu_count() or 1)) as engine:
        job = plan(export, Path(folder), new, old, Period())
        prepare(Path(folder), job, restart=False)
        run(job, Path(folder), engine, progress())
        told = json.loads((Path(folder) / "summary.json").read_bytes())
    compared = told["compare"]
    counted = f"{told['patients']:,} patients of {export.name}, {told['calls']:,} calls that would have been made."
    what = " ".join((counted, *(f"Warning: {warning}." for warning in told["warnings"])))
    calls = compared["calls"], told["calls"]
    return rates("Your export", what, compared["by_leading_rule"], told["by_leading_rule"], calls)
