"""The command `magnesium-cds`. Each command imports what it needs, so that help and messages come at once."""

import click

from cds_service import __version__
from cds_service.run.cli.backtest import backtest
from cds_service.run.cli.client import client
from cds_service.run.cli.common import Commands
from cds_service.run.cli.doctor import doctor
from cds_service.run.cli.explain import explain
from cds_service.run.cli.insights import insights
from cds_service.run.cli.knowledge import knowledge
from cds_service.run.cli.knowledge_diff import knowledge_diff
from cds_service.run.cli.protocol import protocol
from cds_service.run.cli.serve import demo, serve
from cds_service.run.cli.unread import unread
from cds_service.run.cli.validate import validate

knowledge.add_command(knowledge_diff)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="magnesium-cds")
def main() -> None:
    """A CDS Hooks service for low magnesium."""


for command in (demo, serve, explain, knowledge, protocol, backtest, insights, unread, client, validate, doctor):
    main.add_command(command)
