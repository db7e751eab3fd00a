"""`magnesium-cds client check`: whether a client is set up, and the page that configures its record system by hand."""

from collections.abc import Iterable, Iterator

from cards import SERVICES, Knowledge, did_you_mean, discovery
from cds_service.curate.orderables import unmapped
from cds_service.curate.site_knowledge import knowledge_of
from cds_service.dialects import Dialect
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict
from cds_service.run.doctor import fhir_server, keys_of
from cds_service.run.finding import Finding, Level
from cds_service.run.settings import PREFIX, Settings, SettingsError
from cds_service.trust.clients import Client, read_clients

_NO_BASE = "BASE_URL"


def named(name: str, settings: Settings) -> Client:
    """The client of this name; SettingsError when none is called so."""
    clients = {client.name: client for client in read_clients(settings.clients).by_issuer.values()}
    if name not in clients:
        if not settings.clients:
            raise SettingsError(f"{PREFIX}CLIENTS is not set: name the clients file that lists {name!r}")
        raise SettingsError(f"no client {name!r} in {settings.clients}{did_you_mean(name, clients)}")
    return clients[name]


def check(client: Client, settings: Settings) -> Iterator[Finding]:
    """What can be looked at from here: keys, servers, links, orderables, our own address."""
    if not settings.base_url:
        text = f"{PREFIX}BASE_URL is not set: tokens are made for it (aud)"
        yield Finding(Level.FAIL, "address", text)
    yield keys_of(client)
    yield from (fhir_server(server) for server in client.fhir_servers)
    if not client.fhir_servers:
        yield Finding(Level.WARN, "FHIR servers", "none listed: the record system has to prefetch everything")
    if client.dialect.links == "listed" and not client.links:
        yield Finding(Level.WARN, "links", "none listed under `links`: cards of this dialect go out without links")
    yield _orderables(client, knowledge_of(client.site or settings.site))


def _orderables(client: Client, knowledge: Knowledge) -> Finding:
    lacking = unmapped(knowledge) if client.dialect.own_codes else ()
    if lacking:
        what = f"without a code of its own in the site file: {', '.join(lacking)}"
        return Finding(Level.WARN, "orderables", f"{len(lacking)} orders {what}")
    return Finding(Level.OK, "orderables", "every order has a code that can be ordered")


def page(client: Client, findings: Iterable[Finding], settings: Settings) -> Iterator[str]:
    """The whole page, line by line."""
    dialect, base = client.dialect, settings.base_url.rstrip("/") or _NO_BASE
    yield f"CLIENT {client.name}"
    yield f"  issuer (iss): {client.iss}"
    yield f"  keys: {client.jku or client.jwks_file}, algorithms {', '.join(client.algorithms)}"
    yield f"  dialect: {dialect.key} ({dialect.name}), known on {dialect.known_on} from: {dialect.source}"
    servers = (f"{url}{' (open)' if url in client.open_servers else ''}" for url in client.fhir_servers)
    yield f"  FHIR servers: {', '.join(servers) or 'none'}"
    yield ""
    yield "CHECKS"
    yield from (f"  {finding}" for finding in findings)
    yield ""
    yield "ANSWERS"
    yield from (f"  {line}" for line in _answers(dialect))
    yield ""
    yield "TO BE CONFIGURED IN THE RECORD SYSTEM"
    yield f"  discovery: {base}/cds-services"
    yield from _services(dialect, base, knowledge_of(client.site or settings.site))


def _services(dialect: Dialect, base: str, knowledge: Knowledge) -> Iterator[str]:
    told = {str(entry["id"]): entry for entry in discovery(knowledge)}
    for service in (service for service in SERVICES if service.hook in dialect.hooks):
        address = f"{base}/cds-services/{service.id}"
        yield f"  {service.title} ({service.moment})"
        yield f"    hook: {service.hook}"
        yield f"    address, and aud of its token: {address}"
        yield f"    feedback, with a token of its own: {address}/feedback"
        yield from _described(told[service.id])


def _described(entry: JsonDict) -> Iterator[str]:
    yield f"    description: {entry['description']}"
    yield "    prefetch:"
    yield from (f"      {key}: {query}" for key, query in as_dict(entry["prefetch"]).items())


def _answers(dialect: Dialect) -> Iterator[str]:
    """What the record system gets, in words."""
    yield "one action a suggestion" if dialect.one_action else "suggestions with several actions"
    yield f"selectionBehavior: {', '.join(sorted(dialect.selection))}"
    yield f"drafts are taken back: {dialect.draft_removal}; active orders are stopped: {dialect.stop}"
    yield f"intent of orders: {dialect.intent}; category: {'inpatient or outpatient' if dialect.category else 'none'}"
    if dialect.details_ignored:
        yield "dose and rate stand in summary and label: this system may replace them in the order"
    yield f"topics: {'one a problem' if dialect.own_topics else 'the diagnosis'}; links: {dialect.links}"
    yield f"text: {'plain' if dialect.plain else 'Markdown'}; summary up to {dialect.summary}, label {dialect.label}"
    yield f"override reasons in feedback: {dialect.override_reasons}"
