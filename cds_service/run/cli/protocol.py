"""`protocol`: check, show and try a hospital's own protocol before it is used."""

import sys
from pathlib import Path

import click

from cds_service.run.cli.common import tell, tells_problems

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group()
def protocol() -> None:
    """Check, show and try a hospital's own protocol."""


@protocol.command("check")
@click.argument("file", type=_FILE)
@tells_problems
def protocol_check(file: Path) -> None:
    """Tell gaps, overlaps, rows never reached, doses that meet a stop, unknown content; exit 1 when FILE is wrong."""
    from cds_service.curate.protocols import checked

    lines = checked(file)
    for line in lines:
        tell(line)
    tell(f"{file} is read; {len(lines)} remarks")


@protocol.command("show")
@click.argument("file", type=_FILE)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also write a page to print.")
@tells_problems
def protocol_show(file: Path, out: Path | None) -> None:
    """Show the table of the protocol in FILE in Markdown, side by side with the shipped doses."""
    from cards import protocol_text
    from cds_service.curate.protocol_page import render
    from cds_service.curate.protocols import shown

    page = shown(file)
    if out:
        out.write_text(render(page), encoding="utf-8")
    tell(protocol_text(page), nl=False)


@protocol.command("try")
@click.argument("file", type=_FILE)
@click.argument("cases", type=_FILE)
@click.option("--stops", is_flag=True, help="Judge what the service would draft; overruled cases are stopped.")
@tells_problems
def protocol_try(file: Path, cases: Path, stops: bool) -> None:
    """Ask the protocol in FILE about the patients in CASES; one line a failing case, exit 1 when one fails."""
    from cds_service.curate.protocols import tried

    result = tried(file, cases, stops)
    for line in (*result.stopped, *result.failed):
        tell(line)
    if stops:
        tell(f"{len(result.stopped)} stopped")
    tell(f"{result.passed} passed, {len(result.failed)} failed")
    if result.failed:
        sys.exit(1)
