"""`magnesium-cds doctor`: is this deployment fit to serve? One line a check, with what to do."""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import resources
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from cds_service.call.fhir_access.outcome import NotFetched
from cds_service.call.fhir_access.wire import RefusedStatus, exchange
from cds_service.curate.knowledge_check import check as check_knowledge
from cds_service.curate.site_knowledge import candidate_of, loaded_of
from cds_service.errors import NoRecords
from cds_service.fhir_json import as_text
from cds_service.insights.source import magnesium_read
from cds_service.outgoing import new_session
from cds_service.records.engine import database_url, open_engine
from cds_service.records.migrate import known_revisions, revision
from cds_service.records.schema import HEAD
from cds_service.records.state import hash_key, read_status, state_folder, try_to_write
from cds_service.records.trouble import database_trouble
from cds_service.run.finding import Finding, Level
from cds_service.run.settings import PREFIX, Auth, Settings, SettingsError, load_settings, unknown_settings
from cds_service.run.start_checks import check_start
from cds_service.trust.clients import Client, Clients, read_clients
from cds_service.trust.jwks import KeyProblem, fetch, load_keys
from cds_service.trust.tokens import LEEWAY_S

_LOOPBACK = "127.0.0.1"
_TIMEOUT_S = 5
_DAYS_LOOKED_AT = 7
_NEEDS_TOKEN = (401, 403)
_R4 = re.compile(r"4(\.[0-9]{1,3}){1,2}")
_VERSION = re.compile(r"[0-9.]{1,12}(-[a-z0-9]{1,12})?")
_BUILT = Path(__file__).stat().st_mtime


def examine() -> Iterator[Finding]:
    """Every check of the deployment that this environment describes."""
    try:
        settings = load_settings()
    except SettingsError as problem:
        yield from (Finding(Level.FAIL, "settings", line) for line in str(problem).splitlines())
        return
    yield _settings(settings)
    yield from (Finding(Level.WARN, "settings", problem) for problem in unknown_settings(os.environ))
    clients = _clients(settings)
    if isinstance(clients, Finding):
        yield clients
        clients = Clients({})
    elif settings.clients:
        yield _listed(clients)
    yield from (keys_of(client) for client in clients.by_issuer.values())
    yield from (fhir_server(server) for server in sorted(clients.fhir_servers()))
    yield _database(settings)
    yield from _understood(settings)
    yield _state(settings)
    yield from _knowledge(settings, clients)
    yield _clock(clients)


def _settings(settings: Settings) -> Finding:
    try:
        check_start(settings, _LOOPBACK)
    except SettingsError as problem:
        return Finding(Level.FAIL, "settings", str(problem))
    if settings.auth is Auth.OFF:
        return Finding(Level.WARN, "settings", f"{PREFIX}AUTH=off: nobody is asked who calls. For trying out only.")
    return Finding(Level.OK, "settings", f"usable, public at {settings.base_url}")


def _clients(settings: Settings) -> Clients | Finding:
    try:
        return read_clients(settings.clients)
    except SettingsError as problem:
        return Finding(Level.FAIL, "clients", str(problem))


def _listed(clients: Clients) -> Finding:
    count = len(clients.by_issuer)
    return Finding(Level.OK if count else Level.WARN, "clients", f"{count or 'none'} listed")


def keys_of(client: Client) -> Finding:
    """Whether the keys of a client can be had."""
    check = f"keys of {client.name}"
    try:
        return Finding(Level.OK, check, f"{len(load_keys(client))} from {client.jku or client.jwks_file}")
    except KeyProblem as problem:
        where = client.jku or client.jwks_file
        return Finding(Level.FAIL, check, f"{problem}. Its calls are refused until {where} gives its key set (JWKS).")


def fhir_server(server: str) -> Finding:
    """Whether a FHIR server answers, and in which version."""
    check = f"FHIR server {server}"
    try:
        told = exchange(new_session(1), "GET", f"{server}/metadata", (), "", _TIMEOUT_S)
    except RefusedStatus as problem:
        if problem.status in _NEEDS_TOKEN:
            return Finding(Level.OK, check, "reachable; tells its version only to who has a token")
        return Finding(Level.WARN, check, f"answered {problem.status}: list the base URL of an R4 server")
    except NotFetched as problem:
        text = f"gives no version ({problem}): open the way to it, or have the client prefetch everything"
        return Finding(Level.WARN, check, text)
    version = as_text(told.get("fhirVersion")) or ""
    if _R4.fullmatch(version):
        return Finding(Level.OK, check, f"reachable, FHIR {version}")
    known = version if _VERSION.fullmatch(version) else "unknown"
    return Finding(Level.WARN, check, f"FHIR version {known}: list the base URL of an R4 server")


def _database(settings: Settings) -> Finding:
    url = database_url(settings)
    shown = url.render_as_string(hide_password=True)
    try:
        schema = _schema(open_engine(url))
    except (SQLAlchemyError, OSError, ImportError) as problem:
        what = f"{shown} cannot be used: {database_trouble(problem, url)}"
        way = f"Correct that or {PREFIX}DATABASE_URL; until then records wait and each worker trusts itself alone."
        return Finding(Level.FAIL, "database", f"{what}. {way}")
    return _told_of_schema(schema, shown)


def _told_of_schema(schema: str | None, shown: str) -> Finding:
    """What the schema of a database that can be used means for this version."""
    if schema is None:
        return Finding(Level.OK, "database", f"{shown} can be used, no tables yet, `serve` makes them")
    if schema == HEAD:
        return Finding(Level.OK, "database", f"{shown} can be used, schema {schema}")
    if schema in known_revisions():
        return Finding(Level.OK, "database", f"{shown} can be used, schema {schema}, `serve` brings it to {HEAD}")
    what = f"{shown} has schema {schema}; this version knows {HEAD} as the newest, so records would wait for ever"
    way = f"Run the version of magnesium-cds that made it, or name another database in {PREFIX}DATABASE_URL."
    return Finding(Level.FAIL, "database", f"{what}. {way}")


def _understood(settings: Settings) -> Iterator[Finding]:
    """Whether the calls of late brought magnesium results that could be read; the database tells its own troubles."""
    with suppress(NoRecords):
        read, calls = magnesium_read(settings, _DAYS_LOOKED_AT, datetime.now(UTC).date())
        when = f"in the {calls:,} calls of the last {_DAYS_LOOKED_AT} days"
        if read:
            yield Finding(Level.OK, "magnesium", f"{read:,} results could be read {when}")
        elif calls:
            what = "see what is sent in its place with `magnesium-cds unread`, and map it in the site file"
            yield Finding(Level.WARN, "magnesium", f"not one result could be read {when}: {what}")


def _schema(engine: Engine) -> str | None:
    with ExitStack() as kept:
        kept.callback(engine.dispose)
        connection = kept.enter_context(engine.connect())
        if engine.dialect.name == "sqlite":
            connection.execute(text("BEGIN IMMEDIATE"))  # only who may write may do so
        elif connection.execute(text("SHOW transaction_read_only")).scalar() == "on":
            raise OSError("read-only, as after a fail-over")
        return revision(connection)


def _state(settings: Settings) -> Finding:
    """The folder for what waits; and that machines which share a database know each other's hashes."""
    folder = state_folder(settings)
    try:
        hash_key(settings.model_copy(update={"secret": ""}), folder)
        try_to_write(folder)
    except OSError as problem:
        what = f"{folder} is not writable ({problem}). Set {PREFIX}STATE_DIR to a folder on a local disk"
        return Finding(Level.FAIL, "state folder", f"{what}; without it no record is kept.")
    if settings.database_url.startswith("postgresql") and not settings.secret:
        what = f"several machines know each other's answered cards only with the same {PREFIX}SECRET"
        return Finding(Level.WARN, "state folder", f"{folder} is writable; {what}")
    return Finding(Level.OK, "state folder", f"{folder} is writable, {_waiting(folder)}")


def _waiting(folder: Path) -> str:
    status = read_status(folder)
    if status is None:
        return "nothing was shipped from it yet"
    when = datetime.fromtimestamp(status.at, UTC).isoformat(timespec="minutes")
    return f"{status.waiting} bytes waited for the database at {when}"


def _knowledge(settings: Settings, clients: Clients) -> Iterable[Finding]:
    checked = check_knowledge(resources.files("cards.knowledge"), datetime.now(UTC).date(), settings.site)
    for remark in checked.remarks:
        if not remark.warning:
            yield Finding(Level.FAIL, "knowledge", str(remark))
    due = sum(remark.warning for remark in checked.remarks)
    if due:
        yield Finding(
            Level.WARN, "knowledge", f"{due} to look at, such as reviews due: run magnesium-cds knowledge check"
        )
    elif not checked.failed and checked.knowledge:
        yield Finding(Level.OK, "knowledge", f"valid, no review is due, version {checked.knowledge.version}")
    yield from (_site(client) for client in clients.by_issuer.values() if client.site)


def _site(client: Client) -> Finding:
    try:
        candidate_of(loaded_of(client.site))
    except SettingsError as problem:
        return Finding(Level.FAIL, f"site of {client.name}", str(problem))
    return Finding(Level.OK, f"site of {client.name}", "valid")


def _clock(clients: Clients, now: Callable[[], float] = time.time) -> Finding:
    """This clock against that of a key server: tokens live for minutes."""
    for client in clients.by_issuer.values():
        if (skew := _skew(client, now)) is not None:
            return _skewed(abs(skew), client.name)
    if now() < _BUILT - 24 * 3600:
        return Finding(Level.FAIL, "clock", "earlier than the day this version was installed: set it, and run NTP")
    return Finding(Level.OK, "clock", "plausible; no key server to compare it with, so see that NTP runs")


def _skew(client: Client, now: Callable[[], float]) -> float | None:
    try:
        return now() - parsedate_to_datetime(fetch(client.jku).date).timestamp() if client.jku else None
    except (KeyProblem, ValueError, OverflowError):  # a day or a zone of many digits
        return None


def _skewed(seconds: float, name: str) -> Finding:
    text = f"{seconds:.0f} s from that of the key server of {name}"
    if seconds > LEEWAY_S:
        return Finding(Level.FAIL, "clock", f"{text}: good tokens are refused. Run NTP on both.")
    return Finding(Level.WARN if seconds > LEEWAY_S / 2 else Level.OK, "clock", text)
