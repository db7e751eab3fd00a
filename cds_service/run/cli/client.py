"""`client`: one client of the clients file."""

import sys

import click

from cds_service.run.cli.common import tell, tells_problems


@click.group()
def client() -> None:
    """Look at one client of the clients file."""


@client.command("check")
@click.argument("name")
@tells_problems
def client_check(name: str) -> None:
    """Check the client NAME, and print what its record system needs to be configured by hand; exit 1 when one fails."""
    from cds_service.run.client_page import check, named, page
    from cds_service.run.finding import Level
    from cds_service.run.settings import load_settings

    settings = load_settings()
    found = named(name, settings)
    findings = list(check(found, settings))
    tell("\n".join(page(found, findings, settings)))
    if any(finding.level is Level.FAIL for finding in findings):
        sys.exit(1)
