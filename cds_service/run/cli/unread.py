"""`unread`: what was not understood, ready to be mapped."""

from datetime import UTC, datetime

import click

from cds_service.run.cli.common import tell, tells_problems


@click.command()
@click.option("--since", metavar="DATE", help="First day, e.g. 2026-01-31 (days are in UTC) [default: 30 days ago].")
@click.option(
    "--format",
    "form",
    type=click.Choice(["yaml", "table"]),
    default="table",
    show_default=True,
    help="yaml: the lines for a site file.",
)
@tells_problems
def unread(since: str | None, form: str) -> None:
    """Show the commonest codes, units and classes that were not understood, and the site-file lines to map them."""
    from cds_service.insights.period import period_of
    from cds_service.insights.source import not_understood_of
    from cds_service.insights.unread import site_lines
    from cds_service.run.settings import load_settings

    period = period_of(since, None, None, datetime.now(UTC).date())
    found, shares = not_understood_of(load_settings(), period)
    if form == "yaml":
        tell(f"# Not understood from {period.since} to {period.until}; name what each is in place of '?'.")
        tell("\n".join(site_lines(found)))
        return
    from rich.console import Console

    from cds_service.insights.unread_table import show

    show(found, shares, period, Console())
