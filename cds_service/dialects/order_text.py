"""What a button and a summary call an order where the record system may fill in a dose of its own."""

import re
from collections.abc import Iterator

from cards import shortened
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text

_ASIDE = re.compile(r" \([^()]*\)")
_PACK = re.compile(r", [^,]*\Z")
_THEN = "; then "


def product_of(order: JsonDict) -> str:
    """The product as it is ordered."""
    return as_text(as_dict(order.get("medicationCodeableConcept")).get("text")) or ""


def dose_of(order: JsonDict) -> str:
    """The dose in words, step by step."""
    steps = (as_text(as_dict(step).get("text")) or "" for step in as_list(order.get("dosageInstruction")))
    return _THEN.join(filter(None, steps))


def short_dose(order: JsonDict) -> str:
    """The dose without asides; a rate is none."""
    dose = dose_of(order)
    return dose if _has_rate(order) else _ASIDE.sub("", dose)


def order_label(order: JsonDict, limit: int) -> str:
    """Product and dose in at most so many characters: the product is shortened before the dose."""
    for label in _labels(order):
        if len(label) <= limit:
            return label
    room = limit - len(short_dose(order)) - 2
    product = shortened(_ASIDE.sub("", product_of(order)), room) if room > 0 else ""
    return f"{product}: {short_dose(order)}" if product else shortened(short_dose(order), limit)


def with_dose(summary: str, order: JsonDict, said: str, limit: int) -> str:
    """A summary that ends with the dose, as it is `said`, in at most so many characters; its own advice goes first."""
    ends = [said.format(dose=dose) for dose in (dose_of(order), short_dose(order))]
    found = summary.rpartition(": ")[0] or summary
    for start, end in ((summary, ends[0]), (summary, ends[1]), (found, ends[1])):
        if len(start) + len(end) <= limit:
            return f"{start}{end}"
    return f"{shortened(summary, limit - len(ends[-1]))}{ends[-1]}"


def _labels(order: JsonDict) -> Iterator[str]:
    product, dose = product_of(order), dose_of(order)
    plain = _ASIDE.sub("", product)
    for named in (product, plain, _PACK.sub("", plain)):
        yield f"{named}: {dose}"
    yield f"{plain}: {short_dose(order)}"
    yield f"{_PACK.sub('', plain)}: {short_dose(order)}"


def _has_rate(order: JsonDict) -> bool:
    steps = (as_dict(step) for step in as_list(order.get("dosageInstruction")))
    return any("rateQuantity" in as_dict(entry) for step in steps for entry in as_list(step.get("doseAndRate")))
