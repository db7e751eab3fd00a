"""`insights`: what became of the advice; and the end of old records."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

import click

from cds_service.run.cli.common import tell, tells_problems


@click.group(invoke_without_command=True)
@click.option("--days", metavar="N", help="So many days [default: 30].")
@click.option("--since", metavar="DATE", help="First day, e.g. 2026-01-31 (days are in UTC).")
@click.option("--until", metavar="DATE", help="Last day [default: today].")
@click.option("--service", default="", help="One service id [default: all].")
@click.option("--client", default="", help="One client [default: all].")
@click.option("--unit", default="", help="One unit, such as icu [default: all].")
@click.option("--version", default="", help="One version of the knowledge [default: all].")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@click.option(
    "--csv", "csv_file", metavar="FILE", type=click.File("wb", lazy=True), help="Write a line a day and rule."
)
@click.pass_context
@tells_problems
def insights(
    context: click.Context,
    /,
    as_json: bool,
    csv_file: BinaryIO | None,
    **asked: str | None,
) -> None:
    """Show per rule how often it fires, is accepted and overridden, and why."""
    if not context.invoked_subcommand:
        _tell(asked, as_json, csv_file)


def _tell(asked: Mapping[str, str | None], as_json: bool, csv_file: BinaryIO | None) -> None:
    from cds_service.curate.site_knowledge import knowledge_of
    from cds_service.insights.export import to_csv, to_json
    from cds_service.insights.period import period_of
    from cds_service.insights.scope import scope_of
    from cds_service.insights.source import insights_of
    from cds_service.insights.words import Words
    from cds_service.run.settings import load_settings

    settings, told = load_settings(), {name: text for name, text in asked.items() if text}
    period = period_of(told.get("since"), told.get("until"), told.get("days"), datetime.now(UTC).date())
    found, words = insights_of(settings, period, scope_of(told)), Words(knowledge_of(settings.site))
    if csv_file:
        csv_file.write(to_csv(found, words).encode())
    if as_json:
        tell(to_json(found).decode())
    elif not csv_file:
        from rich.console import Console

        from cds_service.insights.table import show

        show(found, words, Console())


@insights.command("purge")
@click.option("--before", metavar="DATE", help="Remove the records of the days before this one.")
@click.option("--older-than", metavar="DAYS", type=click.IntRange(0), help="Remove records older than so many days.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@tells_problems
def purge(before: str | None, older_than: int | None, yes: bool) -> None:
    """Remove old records for ever: answers, cards, feedback. The service does so by MAGNESIUM_CDS_RETENTION_DAYS."""
    from cds_service.insights.source import purge_records
    from cds_service.run.settings import load_settings

    first_kept = _first_kept(before, older_than, datetime.now(UTC).date())
    settings = load_settings()
    if not yes:
        click.confirm(f"Remove all records of the days before {first_kept} for ever?", abort=True)
    tell(f"Removed {purge_records(settings, first_kept):,} rows of the days before {first_kept}.")


def _first_kept(before: str | None, older_than: int | None, today: date) -> date:
    if (before is None) == (older_than is None):
        raise click.UsageError("Say which records: --before DATE or --older-than DAYS.")
    if older_than is not None:
        return today - timedelta(days=min(older_than, (today - date.min).days))
    try:
        return date.fromisoformat(before or "")
    except ValueError:
        raise click.BadParameter("write it like 2026-01-31", param_hint="--before") from None
