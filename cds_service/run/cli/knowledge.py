"""`knowledge`: check or read the clinical knowledge."""

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cds_service.run.cli.common import Problem, moment_of, tell, tells_problems

if TYPE_CHECKING:
    from cards import Knowledge


_OF_CANDIDATE = click.option(
    "--candidate", is_flag=True, help="The candidate of the site file in place of what decides."
)


@click.group()
def knowledge() -> None:
    """Check or read the clinical knowledge."""


@knowledge.command("check")
@click.option("--site", type=click.Path(path_type=Path), help="Site file [default: MAGNESIUM_CDS_SITE].")
@click.option("--now", "day", metavar="DATE", help="Reviews due as of this day, e.g. 2026-11-23 [default: today].")
@click.option(
    "--dialect", metavar="NAME", help="Also list the orders that have no code of the site's own in this dialect."
)
@_OF_CANDIDATE
@click.option("--write-lock", "lock", is_flag=True, help="For maintainers: lock the code tables as they are now.")
@tells_problems
def knowledge_check(site: Path | None, day: str | None, dialect: str | None, candidate: bool, lock: bool) -> None:
    """Check numbers, doses, texts, sources, review dates, code tables and the site file; exit 1 when one is wrong."""
    from cds_service.curate.code_lock import write_lock
    from cds_service.curate.knowledge_check import check
    from cds_service.curate.remarks import report
    from cds_service.run.settings import load_settings

    today = moment_of(day).date()
    folder = resources.files("cards.knowledge")
    if lock:
        tell(f"Locked anew: {', '.join(write_lock(Path(str(folder / 'codes')), str(today))) or 'nothing'}")
    checked = check(folder, today, site or load_settings().site, candidate=candidate)
    tell(report(checked), nl=False)
    if dialect and checked.knowledge:
        tell(_unmapped(dialect, checked.knowledge))
    if checked.failed:
        sys.exit(1)


def _unmapped(name: str, known: "Knowledge") -> str:
    from cards import did_you_mean
    from cds_service.curate.orderables import unmapped
    from cds_service.dialects import shipped

    if name not in shipped():
        raise click.BadParameter(f"no dialect {name!r}{did_you_mean(name, shipped())}", param_hint="--dialect")
    found = unmapped(known) if shipped()[name].own_codes else ()
    head = f"{len(found)} orders without an orderable code of the dialect {name}"
    return "\n".join([f"{head}{':' if found else ''}", *(f"  {key}" for key in found)])


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
        tell(page(rule, known) if rule else index(known), nl=False)
    except NoSuchRuleError as problem:
        raise Problem(str(problem)) from None


@knowledge.command("sign")
@click.option("--name", required=True, help="Who signs, e.g. 'Jane Example'.")
@click.option("--role", required=True, help="In which role, e.g. 'PharmD, for the P&T committee'.")
@click.option("--site", type=click.Path(path_type=Path), help="Site file [default: MAGNESIUM_CDS_SITE].")
@_OF_CANDIDATE
@click.option("--only", multiple=True, metavar="KIND[:NAME]", help="Only these, e.g. rule or number:band.severe.")
@click.option("--now", "day", metavar="DATE", help="The day of signing [default: today].")
@tells_problems
def knowledge_sign(
    name: str, role: str, site: Path | None, candidate: bool, only: tuple[str, ...], day: str | None
) -> None:
    """Sign the clinical content in force for a site, as it is now, in the file that `approval.signatures` names."""
    from cds_service.curate.signing import add_signature
    from cds_service.run.settings import load_settings

    where, today = site or load_settings().site, moment_of(day).date()
    tell(add_signature(where, (name, role), today, only, candidate=candidate))
