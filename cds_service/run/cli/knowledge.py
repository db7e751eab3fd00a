"""`knowledge`: check or read the clinical knowledge."""

import sys
from importlib import resources
from pathlib import Path

import click

from cds_service.run.cli.common import moment_of, tells_problems


@click.group()
def knowledge() -> None:
    """Check or read the clinical knowledge."""


@knowledge.command("check")
@click.option("--site", type=click.Path(path_type=Path), help="Site file [default: MAGNESIUM_CDS_SITE].")
@click.option("--now", "day", metavar="DATE", help="Reviews due as of this day, e.g. 2026-11-23 [default: today].")
@click.option("--write-lock", "lock", is_flag=True, help="For maintainers: lock the code tables as they are now.")
@tells_problems
def knowledge_check(site: Path | None, day: str | None, lock: bool) -> None:
    """Check numbers, doses, texts, sources, review dates, code tables and the site file; exit 1 when one is wrong."""
    from cds_service.curate.code_lock import write_lock
    from cds_service.curate.knowledge_check import check
    from cds_service.curate.remarks import report
    from cds_service.run.settings import load_settings

    today = moment_of(day).date()
    folder = resources.files("cards.knowledge")
    if lock:
        click.echo(f"Locked anew: {', '.join(write_lock(Path(str(folder / 'codes')), str(today))) or 'nothing'}")
    checked = check(folder, today, site or load_settings().site)
    click.echo(report(checked), nl=False)
    if checked.failed:
        sys.exit(1)


@knowledge.command("show")
@click.argument("rule", required=False)
@tells_problems
def knowledge_show(rule: str | None) -> None:
    """Show the page of one rule; all rules by topic when none is named."""
    from cds_service.curate.rule_pages import NoSuchRuleError, index, page
    from cds_service.curate.site_knowledge import knowledge_of
    from cds_service.run.settings import load_settings

    known = knowledge_of(load_settings().site)
    try:
        click.echo(page(rule, known) if rule else index(known), nl=False)
    except NoSuchRuleError as problem:
        raise click.ClickException(str(problem)) from None
