"""GET /demo and below: a small chart in the browser, which calls the services as a record system would."""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from flask import Response, abort, render_template, request

from cards import Knowledge, KnowledgeError, explain
from cds_service import __version__
from cds_service.answer_call import Means, answer_call
from cds_service.call.envelope import read_body
from cds_service.call.time_limit import within
from cds_service.demo import orderables, stories
from cds_service.demo.changeable import changeable
from cds_service.fhir_json import as_dict, as_list, as_text
from cds_service.run.settings import MissingData
from cds_service.web.answers import json_response, outcome_response, raw_body
from cds_service.web.demo_patients import listing
from cds_service.web.dose_rows import dose_rows
from cds_service.web.hooks import known_service
from cds_service.web.markdown import rendered
from cds_service.web.own_answer import own_knowledge, read_files
from cds_service.web.runtime import Access, Route, Runtime
from cds_service.web.this_request import this_request

_TYPES = {".js": "text/javascript", ".css": "text/css"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(runtime: Runtime) -> list[Route]:
    """The page, its files, and what only a demo offers: the catalogue of orders, the reasons, Markdown as HTML."""
    return [
        Route("/demo", "GET", Access.PUBLIC, _page(runtime)),
        Route("/demo/files/<name>", "GET", Access.PUBLIC, _file()),
        Route("/demo/setup", "GET", Access.PUBLIC, _setup(runtime)),
        Route("/demo/restart", "POST", Access.PUBLIC, _restart(runtime)),
        Route("/demo/explain/<service_id>", "POST", Access.PUBLIC, _limited(_explain(runtime), runtime)),
        Route("/demo/own/<service_id>", "POST", Access.PUBLIC, _limited(_own(runtime), runtime)),
        Route("/demo/markdown", "POST", Access.PUBLIC, _limited(_markdown, runtime)),
    ]


def _limited(view: Callable[..., Response], runtime: Runtime) -> Callable[..., Response]:
    """The view within the time that a call may take: of few kilobytes Markdown makes many, and so do files."""
    return lambda **named: within(runtime.settings.evaluation_ms, lambda: view(**named))


def _page(runtime: Runtime) -> Callable[[], Response]:
    def show() -> Response:
        page = render_template(
            "demo.html", knowledge=runtime.knowledge, version=__version__, root=runtime.settings.pages_path
        )
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})

    return show


def _file() -> Callable[[str], Response]:
    folder = resources.files("cds_service.web") / "static" / "demo"
    kept = {item.name: item.read_bytes() for item in folder.iterdir() if Path(item.name).suffix in _TYPES}

    def send(name: str) -> Response:
        if name not in kept:
            abort(404)
        return Response(kept[name], mimetype=_TYPES[Path(name).suffix])

    return send


def _setup(runtime: Runtime) -> Callable[[], Response]:
    """What the page needs besides FHIR and discovery: who the patients are, what can be ordered, units."""

    @cache
    def catalogue() -> list[dict[str, object]]:
        every = orderables(runtime.knowledge)
        return [{"name": o.name, "kind": o.kind, "also": list(o.also), "order": o.order} for o in every]

    patients = listing(runtime)

    def show() -> Response:
        changes = changeable(stories(runtime.now()), runtime.knowledge)
        told = {"stories": patients(), "catalogue": catalogue(), "units": _units(runtime), "changeable": changes}
        return json_response(told)

    return show


def _units(runtime: Runtime) -> Mapping[str, object]:
    """The unit shown first, and mmol/L in one of each unit that can be shown."""
    magnesium = {unit.shown: unit.factor for unit in runtime.knowledge.units.by_analyte["magnesium"].values()}
    first = runtime.knowledge.site.unit_first
    return {"first": first, "mmol_per_l": {name: magnesium[name] for name in ("mg/dL", "mmol/L")}}


def _restart(runtime: Runtime) -> Callable[[], Response]:
    """Forget what was answered: a page that was opened anew has none of the orders that were accepted."""

    def forget() -> Response:
        if not _of_own_page():
            return outcome_response(403, "forbidden", "Only the demo's own page may ask for this. Open /demo.")
        if runtime.memory:
            runtime.memory.forget_before(runtime.now())
        return json_response({})

    return forget


def _of_own_page() -> bool:
    """Whether no page of another site asks: what is forgotten is forgotten for all who look at the demo."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    return site == "same-origin" if site else origin in (None, request.host_url.rstrip("/"))


def _explain(runtime: Runtime) -> Callable[[str], Response]:
    def show(service_id: str) -> Response:
        service = known_service(service_id)
        body, knowledge, now = read_body(raw_body()), runtime.knowledge, runtime.now()
        memory = runtime.memory_for(this_request().caller)
        means = Means(knowledge, now, runtime.new_id, runtime.keys, MissingData.CARD, memory=memory)
        decision = answer_call(body, service, means).decision
        told = {name: value for name, value in explain(decision, knowledge).items() if name != "cards"}
        return json_response({**told, "doses": dose_rows(decision, knowledge)})

    return show


def _own(runtime: Runtime) -> Callable[[str], Response]:
    """The cards to a request as shipped, and with the site and protocol files that come with it."""

    def show(service_id: str) -> Response:
        service, told = known_service(service_id), as_dict(read_body(raw_body()))
        try:
            own = own_knowledge(read_files(told.get("files")), runtime.knowledge.home)
        except KnowledgeError as problem:
            return outcome_response(400, "invalid", str(problem))

        def cards(knowledge: Knowledge) -> list[object]:
            means = Means(knowledge, runtime.now(), runtime.new_id, runtime.keys, MissingData.CARD)
            return [card.body for card in answer_call(told.get("request"), service, means).decision.cards]

        return json_response({"shipped": cards(runtime.knowledge), "own": cards(own)})

    return show


def _markdown() -> Response:
    """The Markdown of cards as HTML; HTML in it comes out as text."""
    texts = as_list(as_dict(read_body(raw_body())).get("texts"))
    return json_response({"html": [rendered(as_text(text) or "") for text in texts]})
