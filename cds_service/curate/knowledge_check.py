"""Whether the clinical knowledge is complete, sourced, dated and unaltered, as `knowledge check` reports it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter

import yaml

from cards import Knowledge, KnowledgeError, load_knowledge
from cds_service.curate.code_lock import code_tables, wrong_codes
from cds_service.fhir_json import as_dict, as_list

DRAFT, APPROVED = "draft, not clinically approved", "approved"
_READ_AS = frozenset({"READ", "READ-2nd", "MEM", "design"})
_SOURCED = ("units.yaml", "monitoring.yaml", "products.yaml")
_ADVICE = ("question", "status", "author", "approved_by", "reviewed", "next_review", "sources", "lines")
_ADVICE_MORE = frozenset({"summary", "summaries", "suggestions"})
_MINOR = "minor"
_DATES = ("valid_from", "reviewed", "next_review")
_ORAL_GATES = frozenset({"R0", "R1", "R2", "R3"})
_NOT_A_DOSE = frozenset({"oral.days"})

_UNREADABLE = (AttributeError, LookupError, OSError, TypeError, ValueError)  # ValueError: KnowledgeError is one
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Told = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something wrong with a knowledge file; a warning when it only waits for someone to look again."""

    file: str
    id: str
    reason: str
    warning: bool = False

    def __str__(self) -> str:
        return (
            f"{'warning' if self.warning else 'error'}: {self.file}: {self.id + ': ' if self.id else ''}{self.reason}"
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """All remarks, and what was looked at; the knowledge when it could be loaded."""

    remarks: tuple[Remark, ...]
    knowledge: Knowledge | None
    codes: int

    @property
    def failed(self) -> bool:
        """Whether any remark is an error."""
        return any(not remark.warning for remark in self.remarks)


def check(folder: Traversable, today: date, site: Path | None = None) -> Checked:
    """Look at every knowledge file below a folder, and at a site file that changes them."""
    try:
        knowledge = load_knowledge(folder, _text(site), str(site or ""))
    except _UNREADABLE as problem:
        return _not_loaded(problem, folder, today)
    rows = sum(len(table.rows) for table in code_tables(folder / "codes"))
    return Checked(tuple(_remarks(folder, today)), knowledge, rows)


def _text(site: Path | None) -> str | None:
    try:
        return site.read_text(encoding="utf-8-sig") if site else None
    except (OSError, UnicodeDecodeError) as problem:
        raise KnowledgeError(f"{site}: not readable as UTF-8 text: {problem}") from None


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
    told = any(remark.file.endswith(file) and not remark.warning for remark in found)
    return Checked(found if told else (*found, Remark(file, "", reason)), None, 0)


def report(checked: Checked) -> str:
    """The remarks and, as the last line, what was counted."""
    errors = sum(not remark.warning for remark in checked.remarks)
    found = f"{_many(errors, 'error')}, {_many(len(checked.remarks) - errors, 'warning')}"
    return "\n".join([*_head(checked.knowledge), *map(str, checked.remarks), f"{_counts(checked)}{found}"]) + "\n"


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _head(knowledge: Knowledge | None) -> Iterator[str]:
    if knowledge:
        where = f" for {knowledge.site.name}" if knowledge.site.name else ""
        yield f"Knowledge {knowledge.version}{where}. {knowledge.approval}"


def _counts(checked: Checked) -> str:
    k = checked.knowledge
    if k is None:
        return ""
    told = f"{len(k.thresholds)} thresholds, {len(k.advice)} advice texts, {len(k.products)} products"
    return f"{told}, {checked.codes} codes, {len(k.sources)} sources: "


def _remarks(folder: Traversable, today: date) -> Iterator[Remark]:
    sources = _read(folder / "sources.yaml")
    known = {str(as_dict(entry).get("id")) for entry in as_list(sources)}
    yield from _sources(as_list(sources))
    thresholds = as_dict(_read(folder / "thresholds.yaml"))
    yield from _numbers(thresholds, known, today)
    yield from _doses(as_dict(_read(folder / "doses.yaml")), as_dict(_read(folder / "products.yaml")), known, today)
    for name in _SOURCED:
        yield from _cited(name, as_dict(_read(folder / name)), known)
    for path in sorted((folder / "advice").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".yaml"):
            yield from _advice(
                f"advice/{path.name}", as_dict(_read(path)), as_dict(thresholds.get("thresholds")), known, today
            )
    yield from (Remark(file, name, reason) for file, name, reason in wrong_codes(folder / "codes"))
    yield from _drug_sources(folder / "codes", known)
    yield from _override_reasons(as_dict(_read(folder / "override_reasons.yaml")))


def _read(path: Traversable) -> object:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - it is a safe one


# -- sources ----------------------------------------------------------------------------------------------------------
def _sources(entries: Iterable[object]) -> Iterator[Remark]:
    seen: set[str] = set()
    for entry in map(as_dict, entries):
        name = str(entry.get("id"))
        if name in seen:
            yield Remark("sources.yaml", name, "is there twice")
        seen.add(name)
        if not entry.get("title"):
            yield Remark("sources.yaml", name, "lacks a title")
        if entry.get("status") not in _READ_AS:
            yield Remark("sources.yaml", name, f"status is one of {', '.join(sorted(_READ_AS))}")


def _unknown(told: object, known: set[str]) -> list[str]:
    """The ids of "1;51m;MEM" that are no source; `m` marks the part that is from memory."""
    ids = [part.strip() for part in str(told).split(";")]
    return [part for part in ids if part not in known and part.removesuffix("m") not in known]


def _cited(file: str, told: Told, known: set[str], prefix: str = "") -> Iterator[Remark]:
    """Every `source` of a file, however deep, exists."""
    for key, value in told.items():
        name = f"{prefix}{key}"
        if key == "source" and (unknown := _unknown(value, known)):
            yield Remark(file, prefix.rstrip("."), f"unknown source {', '.join(unknown)}; add it to sources.yaml")
        elif isinstance(value, dict):
            yield from _cited(file, value, known, f"{name}.")


def _drug_sources(folder: Traversable, known: set[str]) -> Iterator[Remark]:
    rows = next((table.rows for table in code_tables(folder) if table.id == "drugs"), [])
    for number, row in enumerate(rows, start=2):
        if unknown := _unknown(row.get("source"), known):
            yield Remark("drugs.csv", f"line {number}", f"unknown source {', '.join(unknown)}")


# -- numbers and doses ------------------------------------------------------------------------------------------------
def _numbers(told: Told, known: set[str], today: date) -> Iterator[Remark]:
    file, entries, defaults = "thresholds.yaml", as_dict(told.get("thresholds")), as_dict(told.get("defaults"))
    for name, entry in ((name, as_dict(entry)) for name, entry in entries.items()):
        for key in ("value", "unit", "source"):
            if entry.get(key) in (None, ""):
                yield Remark(file, name, f"lacks {key}")
        own = {key: entry[key] for key in _DATES if key in entry}
        yield from _dated(file, name, {**defaults, **own}, today) if own else ()
    yield from _cited(file, entries, known)
    yield from _dated(file, "defaults", defaults, today)


def _dated(file: str, name: str, told: Told, today: date, keys: tuple[str, ...] = _DATES) -> Iterator[Remark]:
    dates = {key: told.get(key) for key in keys}
    days = {key: day for key, day in dates.items() if isinstance(day, date)}
    if len(days) < len(dates):
        yield Remark(file, name, f"needs dates: {', '.join(sorted(dates.keys() - days.keys()))}")
        return
    due = days["next_review"]
    for key in keys[:-1]:
        if not days[key] < due:
            yield Remark(file, name, f"{key} {days[key]} is not before next_review {due}")
    if due < today:
        yield Remark(file, name, f"review was due on {due}", warning=True)


def _doses(told: Told, products: Told, known: set[str], today: date) -> Iterator[Remark]:
    file, salts = "doses.yaml", as_dict(told.get("salts"))
    yield from _dated(file, "defaults", as_dict(told.get("defaults")), today)
    yield from _cited(file, told, known)
    groups = {key: as_dict(told.get(key)) for key in ("iv", "oral", "alternatives")}
    doses = {f"{group}.{key}": value for group, entries in groups.items() for key, value in entries.items()}
    for name in sorted(doses.keys() - _NOT_A_DOSE):
        if not as_dict(doses[name]).get("source"):
            yield Remark(file, name, "lacks source")
    for product in sorted(_ordered(groups, salts) - products.keys()):
        yield Remark(file, product, "is not in products.yaml")
    for salt in as_list(as_dict(told.get("formulary")).get("preferred")):
        if salt not in salts:
            yield Remark(file, f"formulary.preferred {salt}", "has no doses under salts")
    for name, salt in salts.items():
        if as_dict(salt).get("max_gate") not in _ORAL_GATES:
            yield Remark(file, f"salts.{name}", f"max_gate is one of {', '.join(sorted(_ORAL_GATES))}")


def _ordered(groups: Mapping[str, Told], salts: Told) -> set[str]:
    """Every product that an order may name: a bag of the smallest step, a salt, an alternative."""
    by_gate = [steps for entry in groups["iv"].values() for steps in as_dict(entry).values() if isinstance(steps, list)]
    bags = {f"iv_{min(float(str(as_dict(step)['grams'])) for step in steps):g}g" for steps in by_gate}
    return bags | salts.keys() | {str(as_dict(entry).get("product")) for entry in groups["alternatives"].values()}


# -- texts ------------------------------------------------------------------------------------------------------------
def _advice(file: str, told: Told, numbers: Told, known: set[str], today: date) -> Iterator[Remark]:
    for key in _ADVICE:
        if key not in told:
            yield Remark(file, key, "is missing")
    for key in sorted(told.keys() - {*_ADVICE, *_ADVICE_MORE}):
        yield Remark(file, key, "is not a key of an advice file")
    yield from _signed(file, told)
    yield from _dated(file, "", told, today, ("reviewed", "next_review"))
    sources = [str(source) for source in as_list(told.get("sources"))]
    if unknown := [source for source in sources if _unknown(source, known)]:
        yield Remark(file, "sources", f"unknown source {', '.join(unknown)}; add it to sources.yaml")
    if not sources:
        yield Remark(file, "sources", "is empty")
    for name, text in _texts(told):
        if reason := _unusable(text, numbers):
            yield Remark(file, name, reason)


def _signed(file: str, told: Told) -> Iterator[Remark]:
    status, by = told.get("status"), told.get("approved_by")
    if status not in (DRAFT, APPROVED):
        yield Remark(file, "status", f"is {status!r}; allowed: {DRAFT!r}, {APPROVED!r}")
    elif (status == APPROVED) != bool(by):
        yield Remark(
            file, "approved_by", "needs a name" if status == APPROVED else "names someone, but status is draft"
        )


def _texts(told: Told) -> Iterator[tuple[str, object]]:
    if "summary" in told:
        yield "summary", told["summary"]
    for key in ("summaries", "suggestions"):
        yield from ((f"{key}.{name}", text) for name, text in as_dict(told.get(key)).items())
    for name, line in as_dict(told.get("lines")).items():
        yield from ((f"lines.{name}", text) for section, text in as_dict(line).items() if section != _MINOR)


def _unusable(text: object, numbers: Iterable[str]) -> str:
    if not isinstance(text, str) or not text.strip():
        return "is not a text"
    try:
        fields = [(field, spec) for _, field, spec, _ in Formatter().parse(text) if field is not None]
        unknown = [field for field, spec in fields if field.startswith("n[") and not _is_number(field, spec, numbers)]
    except ValueError as problem:
        return f"cannot be filled in: {problem}"
    if unknown:
        return f"names {', '.join(unknown)}, which is not in thresholds.yaml"
    return "has a placeholder without a name" if "" in dict(fields) else ""


def _is_number(field: str, spec: str | None, numbers: Iterable[str]) -> bool:
    """Whether `n[id]` names a threshold; ValueError when it cannot be written as the format says."""
    format(1.0, spec or "")
    return field.removeprefix("n[").removesuffix("]") in numbers


def _override_reasons(told: Told) -> Iterator[Remark]:
    file, reasons = "override_reasons.yaml", [as_dict(reason) for reason in as_list(told.get("reasons"))]
    codes = [str(reason.get("code")) for reason in reasons]
    if not told.get("system") or not reasons:
        yield Remark(file, "", "needs system and reasons")
    if any(reason.get("own") for reason in reasons) and not told.get("own_system"):
        yield Remark(file, "", "needs own_system for its own reasons")
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Remark(file, code, "is there twice")
    for reason in reasons:
        if not reason.get("code") or not reason.get("display"):
            yield Remark(file, str(reason.get("code")), "needs code and display")
