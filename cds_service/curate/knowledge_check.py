"""Whether the clinical knowledge is complete, sourced, dated and unaltered, as `knowledge check` reports it."""

from collections.abc import Iterator
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from cards import Knowledge, KnowledgeError
from cds_service.curate.candidate import beside
from cds_service.curate.code_lock import CHANGED, code_tables, wrong_codes
from cds_service.curate.number_checks import check_doses, check_numbers, check_protocol, check_thresholds
from cds_service.curate.remarks import Checked, Remark
from cds_service.curate.signature_report import signature_lines
from cds_service.curate.site_knowledge import in_force, signatures_text
from cds_service.curate.source_checks import Told, check_cited, check_drug_sources, check_sources
from cds_service.curate.text_checks import check_advice, check_override_reasons
from cds_service.fhir_json import as_dict, as_list

_SOURCED = ("units.yaml", "monitoring.yaml", "products.yaml")
_UNREADABLE = (AttributeError, LookupError, OSError, TypeError, ValueError)  # ValueError: KnowledgeError is one
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check(folder: Traversable, today: date, site: Path | None = None, *, candidate: bool = False) -> Checked:
    """Look at every knowledge file below a folder, at a site file that changes them, and at its candidate.

    With `candidate`, or where that is live, at what it decides by in their place.
    """
    try:
        origin, knowledge = in_force(site, folder=folder, candidate=candidate)
        folder, signed = origin.folder, signatures_text(knowledge, origin.site)
        unsigned = tuple(signature_lines(knowledge, signed, folder))
        if tried := beside(knowledge, origin):
            tried.load()
    except _UNREADABLE as problem:
        return _not_loaded(problem, folder, today)
    rows = sum(len(table.rows) for table in code_tables(folder / "codes"))
    found = (*_remarks(folder, today), *_of_language(knowledge), *_of_protocols(knowledge, today))
    return Checked(found, knowledge, rows, unsigned)


def _of_language(knowledge: Knowledge) -> Iterator[Remark]:
    """Texts that are still English, and a translation that nobody has signed."""
    told = knowledge.translation
    for name in told.missing:
        yield Remark(f"words/{told.language}", name, "is not told; the English text stands in its place", warning=True)
    if told.note:
        yield Remark(
            f"words/{told.language}", "status", "is a draft, and cards say so until somebody signs", warning=True
        )


def _of_protocols(knowledge: Knowledge, today: date) -> Iterator[Remark]:
    """Signed protocols of the site whose day of review has passed."""
    for protocol in knowledge.protocols:
        due = protocol.approved.get("review")
        if due and date.fromisoformat(due) < today:
            yield Remark(f"protocol {protocol.id}", "approved", f"review was due on {due}", warning=True)


def _not_loaded(problem: Exception, folder: Traversable, today: date) -> Checked:
    """What the files themselves show to be wrong, and why loading them failed if that says more."""
    try:
        found = tuple(_remarks(folder, today))
    except (yaml.YAMLError, *_UNREADABLE):
        found = ()
    named = isinstance(problem, KnowledgeError)
    file, _, reason = (
        str(problem).partition(": ")
        if named
        else ("knowledge", "", f"cannot be read: {type(problem).__name__}: {problem}")
    )
    told = any(remark.file.endswith(file) and not remark.warning and CHANGED not in remark.reason for remark in found)
    return Checked(found if told else (*found, Remark(file, "", reason)), None, 0)


def _remarks(folder: Traversable, today: date) -> Iterator[Remark]:
    sources = _read(folder / "sources.yaml")
    known = {str(as_dict(entry).get("id")) for entry in as_list(sources)}
    yield from check_sources(as_list(sources))
    thresholds = as_dict(_read(folder / "thresholds.yaml"))
    yield from check_thresholds(thresholds, known, today)
    yield from check_doses(
        as_dict(_read(folder / "doses.yaml")), as_dict(_read(folder / "products.yaml")), known, today
    )
    yield from check_protocol(as_dict(_read(folder / "protocol.yaml")), known, today)
    for name in _SOURCED:
        yield from check_cited(name, as_dict(_read(folder / name)), known)
    for path in sorted((folder / "codes" / "analytes").iterdir(), key=lambda p: p.name):
        yield from check_cited(f"codes/analytes/{path.name}", as_dict(_read(path)), known)
    yield from _of_advice(folder, thresholds, known, today)
    yield from (Remark(file, name, reason) for file, name, reason in wrong_codes(folder / "codes"))
    yield from check_drug_sources(folder / "codes", known)
    yield from check_override_reasons(as_dict(_read(folder / "override_reasons.yaml")))


def _of_advice(folder: Traversable, shared: Told, known: set[str], today: date) -> Iterator[Remark]:
    """The words of the rules, and the numbers beside them."""
    cards = sorted((folder / "advice").iterdir(), key=lambda p: p.name)
    paths = {f"advice/{card.name}/{p.name}": p for card in cards for p in sorted(card.iterdir(), key=lambda p: p.name)}
    advice = {name: as_dict(_read(path)) for name, path in paths.items()}
    numbers = {name: 0 for told in (shared, *advice.values()) for name in as_dict(told.get("thresholds"))}
    for name, told in advice.items():
        yield from check_advice(name, told, numbers, known, today)
        yield from check_numbers(name, told, {**as_dict(shared.get("defaults")), **told}, known, today)


def _read(path: Traversable) -> object:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - it is a safe one
