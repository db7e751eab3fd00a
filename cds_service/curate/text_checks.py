"""Looks at the texts of the clinical knowledge: advice, and the reasons to override it."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from string import Formatter

from cards import DRAFT
from cds_service.curate.remarks import Remark
from cds_service.curate.source_checks import Told, check_dates, unknown_sources
from cds_service.fhir_json import as_dict, as_list

APPROVED = "approved"
_ADVICE = ("question", "status", "author", "approved_by", "reviewed", "next_review", "sources", "lines")
_ADVICE_MORE = frozenset({"summary", "summaries", "suggestions", "thresholds"})
_MINOR = "minor"
_NUMBER = re.compile(r"(n|span|mg_min|mg|(?:magnesium|potassium|creatinine)_of)\[")


def check_advice(file: str, told: Told, numbers: Told, known: set[str], today: date) -> Iterator[Remark]:
    """An advice file has its keys, sources, dates and signature, and texts that can be filled in."""
    for key in _ADVICE:
        if key not in told:
            yield Remark(file, key, "is missing")
    for key in sorted(told.keys() - {*_ADVICE, *_ADVICE_MORE}):
        yield Remark(file, key, "is not a key of an advice file")
    yield from _signed(file, told)
    yield from check_dates(file, "", told, today, ("reviewed", "next_review"))
    sources = [str(source) for source in as_list(told.get("sources"))]
    if unknown := [source for source in sources if unknown_sources(source, known)]:
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
        unknown = [field for field, spec in fields if _NUMBER.match(field) and not _is_number(field, spec, numbers)]
    except ValueError as problem:
        return f"cannot be filled in: {problem}"
    if unknown:
        return f"names {', '.join(unknown)}, which is no threshold"
    return "has a placeholder without a name" if "" in dict(fields) else ""


def _is_number(field: str, spec: str | None, numbers: Iterable[str]) -> bool:
    """Whether `n[id]` names a threshold; ValueError when it cannot be written as the format says."""
    format(1.0, spec or "")
    return _NUMBER.sub("", field).removesuffix("]") in numbers


def check_override_reasons(told: Told) -> Iterator[Remark]:
    """Every override reason has a code of its own and a name."""
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
