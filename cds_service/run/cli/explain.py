"""`explain`: the cards for a saved request, and why."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from cds_service.run.cli.common import Problem, moment_of, saved, tell, tells_problems

if TYPE_CHECKING:
    from cards import Knowledge, Service
    from cds_service.answer_call import Answer


@click.command()
@click.argument("request_file", metavar="REQUEST.json", type=click.File("rb"))
@click.option("--service", "service_id", help="Service id [default: the one of the request's hook].")
@click.option("--client", "client_name", metavar="NAME", help="Answer as this client of the clients file is answered.")
@click.option("--site", type=click.Path(path_type=Path), help="Site file [default: MAGNESIUM_CDS_SITE].")
@click.option("--now", "moment", metavar="ISO", help="Decide as of this time, e.g. 2026-01-31T08:00Z [default: now].")
@click.option("--all", "everything", is_flag=True, help="Also say why each silent rule stayed silent.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: everything.")
@click.option("--strict", is_flag=True, help="Also check suggested orders against the FHIR models.")
@tells_problems
def explain(
    request_file: BinaryIO,
    service_id: str | None,
    client_name: str | None,
    site: Path | None,
    moment: str | None,
    everything: bool,
    as_json: bool,
    strict: bool,
) -> None:
    """Show the cards for a saved hook request, and why each rule spoke or stayed silent."""
    from cards import explain as explained_by
    from cds_service.run.explained import report

    answer, knowledge = _answer_to(saved(request_file), service_id, client_name, moment_of(moment), site)
    explained = explained_by(answer.decision, knowledge)
    if as_json:
        import orjson

        tell(orjson.dumps(explained, option=orjson.OPT_INDENT_2, default=str).decode())
    else:
        tell(report(answer, explained, everything), nl=False)
    if strict:
        _check_strictly(answer)


def _answer_to(
    raw: bytes, service_id: str | None, client_name: str | None, now: datetime, site: Path | None
) -> tuple["Answer", "Knowledge"]:
    from cds_service.answer_call import Means, answer_call
    from cds_service.call.envelope import read_body
    from cds_service.run.client_page import named
    from cds_service.run.settings import MissingData, load_settings
    from cds_service.run.start import runtime_of

    settings = load_settings()
    settings = settings.model_copy(update={"site": site}) if site else settings
    runtime = runtime_of(settings)
    client = named(client_name, settings) if client_name else None
    body = read_body(raw)
    service = _service(body, service_id)
    knowledge = runtime.knowledge_for(client)
    means = Means(knowledge, now, runtime.new_id, runtime.keys, MissingData.CARD)
    if client:
        means = replace(means, null_is_failed=client.null_means_failed, dialect=client.dialect, links=client.links)
    return answer_call(body, service, means), knowledge


def _service(body: object, service_id: str | None) -> "Service":
    """The service asked for, else the one of the request's hook."""
    from cards import SERVICES
    from cds_service.fhir_json import as_dict

    hook = as_dict(body).get("hook")
    for service in SERVICES:
        if service.id == service_id or (service_id is None and service.hook == hook):
            return service
    names = ", ".join(service.id for service in SERVICES)
    raise Problem(f"No service for this request. Choose one with --service: {names}.")


def _check_strictly(answer: "Answer") -> None:
    from cds_service.curate.strict import problems

    found = problems(answer)
    for problem in found:
        tell(f"Not FHIR R4: {problem}", err=True)
    if found:
        sys.exit(1)
