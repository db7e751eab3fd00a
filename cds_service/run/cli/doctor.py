"""`doctor`: check a deployment."""

import sys

import click

from cds_service.run.cli.common import tell


@click.command()
def doctor() -> None:
    """Check this deployment: settings, clients, keys, servers, database, knowledge, clock. Exit 1 when one fails."""
    from cds_service.run.doctor import examine
    from cds_service.run.finding import Level

    failed = False
    for finding in examine():
        tell(str(finding))
        failed = failed or finding.level is Level.FAIL
    if failed:
        sys.exit(1)
