"""Looks at the thresholds and doses of the clinical knowledge."""

from collections.abc import Iterator, Mapping
from datetime import date

from cards.model import ORAL_GATES
from cds_service.curate.remarks import Remark
from cds_service.curate.source_checks import DATES, Told, check_cited, check_dates
from cds_service.fhir_json import as_dict, as_list

_NOT_A_DOSE = frozenset({"oral.days"})


def check_thresholds(told: Told, known: set[str], today: date) -> Iterator[Remark]:
    """Every threshold has value, unit, source and dates."""
    defaults = as_dict(told.get("defaults"))
    yield from check_numbers("thresholds.yaml", told, defaults, known, today)
    yield from check_dates("thresholds.yaml", "defaults", defaults, today)


def check_numbers(file: str, told: Told, defaults: Told, known: set[str], today: date) -> Iterator[Remark]:
    """Every threshold of a file has value, unit and source, and dates in order where it has its own."""
    entries = as_dict(told.get("thresholds"))
    for name, entry in ((name, as_dict(entry)) for name, entry in entries.items()):
        for key in ("value", "unit", "source"):
            if entry.get(key) in (None, ""):
                yield Remark(file, name, f"lacks {key}")
        own = {key: entry[key] for key in DATES if key in entry}
        yield from check_dates(file, name, {**defaults, **own}, today) if own else ()
    yield from check_cited(file, entries, known)


def check_protocol(told: Told, known: set[str], today: date) -> Iterator[Remark]:
    """Every row of the shipped protocol has a source, and the whole its dates."""
    file = "protocol.yaml"
    yield from check_dates(file, "source", as_dict(told.get("source")), today)
    for row in map(as_dict, as_list(told.get("rows"))):
        name = str(row.get("row"))
        if not row.get("source"):
            yield Remark(file, name, "lacks source")
        yield from check_cited(file, {name: row}, known)


def check_doses(told: Told, products: Told, known: set[str], today: date) -> Iterator[Remark]:
    """Every dose has a source and every product that an order may name is in the product list."""
    file, salts = "doses.yaml", as_dict(told.get("salts"))
    yield from check_dates(file, "defaults", as_dict(told.get("defaults")), today)
    yield from check_cited(file, told, known)
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
        if as_dict(salt).get("max_gate") not in ORAL_GATES:
            yield Remark(file, f"salts.{name}", f"max_gate is one of {', '.join(ORAL_GATES)}")


def _ordered(groups: Mapping[str, Told], salts: Told) -> set[str]:
    """Every product that an order may name: a bag of the smallest step, a salt, an alternative."""
    by_gate = [steps for entry in groups["iv"].values() for steps in as_dict(entry).values() if isinstance(steps, list)]
    bags = {f"iv_{min(float(str(as_dict(step)['grams'])) for step in steps):g}g" for steps in by_gate}
    return bags | salts.keys() | {str(as_dict(entry).get("product")) for entry in groups["alternatives"].values()}
