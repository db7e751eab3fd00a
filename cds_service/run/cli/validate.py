"""`validate`: is a request or an answer of anybody what CDS Hooks asks for?"""

import sys
from collections import Counter
from collections.abc import Iterable
from json import JSONDecodeError
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cds_service.run.cli.common import Problem, saved, tell, tells_problems

if TYPE_CHECKING:
    from cds_service.conformance import Fault
    from cds_service.dialects import Dialect


@click.group()
def validate() -> None:
    """Check a CDS Hooks request or answer, of any client or service, by the id of each requirement."""


_file = click.argument("file", type=click.File("rb"))
_dialect = click.option(
    "--dialect", "named", metavar="NAME|FILE", default="standard", help="Also what this record system asks for."
)


@validate.command("request")
@_file
@_dialect
@tells_problems
def request(file: BinaryIO, named: str) -> None:
    """Check the body of a call to a service, or of feedback ("-" reads it from the input)."""
    from cds_service.conformance import hook_faults, request_faults

    told, dialect = _json(file), _dialect_of(named)
    _end((*request_faults(told), *(hook_faults(told, dialect) if dialect.key != "standard" else ())))


@validate.command("response")
@_file
@_dialect
@tells_problems
def response(file: BinaryIO, named: str) -> None:
    """Check the body of a service's answer of status 200 ("-" reads it from the input)."""
    from cds_service.conformance import answer_faults, dialect_faults

    told, dialect = _json(file), _dialect_of(named)
    _end((*answer_faults(told), *(dialect_faults(told, dialect) if dialect.key != "standard" else ())))


def _json(file: BinaryIO) -> object:
    from cds_service.fhir_json import parse_json

    try:
        return parse_json(saved(file))
    except JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise Problem(f"{file.name}: not valid JSON in UTF-8 at {place}: {problem.msg}") from None


def _dialect_of(named: str) -> "Dialect":
    from cards import did_you_mean
    from cds_service.dialects import read_dialect, shipped

    if named.endswith((".yaml", ".yml")):
        return read_dialect(Path(named))
    if named not in shipped():
        nearest = did_you_mean(named, shipped())
        raise click.BadParameter(f"unknown dialect {named!r}{nearest}", param_hint="--dialect")
    return shipped()[named]


def _end(faults: "Iterable[Fault]") -> None:
    """Print each fault and what it asks, then how many; status 1 unless only recommendations are not followed."""
    from cds_service.conformance import requirements

    counted = Counter[str]()
    for fault in faults:
        asked = requirements()[fault.requirement]
        tell(f"{fault.requirement} {asked.level}: {fault.where} {fault.what}\n    {asked.text}")
        counted[asked.level] += 1
    broken = counted["must"] + counted["dialect"]
    tell(f"{broken} broken, {counted['should']} recommendations not followed")
    sys.exit(1 if broken else 0)
