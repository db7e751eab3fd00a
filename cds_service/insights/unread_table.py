"""What was not understood as text for a terminal."""

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cds_service.insights.figures import Share
from cds_service.insights.period import Period
from cds_service.insights.unread import FEWEST, NotUnderstood
from cds_service.insights.words import long_day, percent


def show(found: NotUnderstood, shares: Mapping[str, Share], period: Period, console: Console) -> None:
    """Print how much was understood, and the codes, units and classes that were not."""
    console.print(Text(f"{long_day(period.since)} to {long_day(period.until)} (UTC)", style="bold"))
    if not shares:
        console.print("Nothing was recorded in these days.")
        return
    for what, share in shares.items():
        console.print(f"{percent(share)} understood: {what}, {share.whole:,} sent", highlight=False)
    console.print(_codes(found) if found.codes else Text(f"No code occurred {FEWEST} times or more."))
    for what, count in sorted(found.others.items(), key=lambda item: -item[1]):
        console.print(f"{what}: {count:,} others, too rare to be shown or not told by a code", highlight=False)
    console.print("The lines of a site file that map them: magnesium-cds unread --format yaml", highlight=False)


def _codes(found: NotUnderstood) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("What", "Not known is its", "System or analyte", "Code or unit"):
        table.add_column(name, overflow="fold")
    table.add_column("Times", justify="right", no_wrap=True)
    for told in found.codes:
        table.add_row(*map(Text, (told.what, told.why, told.system, told.code, f"{told.count:,}")))
    return table
