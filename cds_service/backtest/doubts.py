"""What makes a forecast doubtful as a whole: told at the top of the report, on the console and in the summary."""

from collections.abc import Iterator, Sequence

from cds_service.backtest.ndjson import SUFFIXES
from cds_service.backtest.quality import FAILED
from cds_service.backtest.read_export import ReadExport
from cds_service.backtest.tally import Tally

_MAGNESIUM = ("magnesium", "magnesium_ionised")
# Counted even where there are none: without them the forecast is poor.
_ALWAYS_TOLD = ("magnesium", "potassium", "creatinine", "egfr", "calcium")
_MOST_FILES = 5
_MANY = 0.1


def warnings_of(tally: Tally, read: ReadExport) -> Iterator[str]:
    """The doubts, gravest first."""
    yield from _no_magnesium(read)
    yield from _damaged(read)
    yield from _not_read(read)
    yield from _ageless(tally)
    yield from _nameless(tally)
    yield from _not_understood(tally)
    yield from _failed(tally)


def results_used(read: ReadExport) -> dict[str, int]:
    """How many results the service could use, by what they measure."""
    return {analyte: read.results[analyte] for analyte in (*_ALWAYS_TOLD, *sorted(read.results))}


def _no_magnesium(read: ReadExport) -> Iterator[str]:
    if not any(read.results[analyte] for analyte in _MAGNESIUM):
        yield (
            "No result in this export is known as magnesium: that there are few cards, or none, tells nothing. "
            "Does the export hold Observation? If the laboratory has codes of its own, list them in the site file "
            "(codes.labs)."
        )


def _damaged(read: ReadExport) -> Iterator[str]:
    if read.ended_early:
        yield (
            f"{_some(read.ended_early)} ended early: what follows is missing from this forecast. "
            "Export or copy it again, then run anew."
        )


def _not_read(read: ReadExport) -> Iterator[str]:
    if read.not_read:
        yield (
            f"{_some(read.not_read)} hold resources and were not read: only names that end in "
            f"{', '.join(SUFFIXES)} are. If they belong to the export, one resource a line, rename them and run anew."
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_FILES} more files" if len(names) > _MOST_FILES else ""
    return f"{', '.join(names[:_MOST_FILES])}{more}"


def _ageless(tally: Tally) -> Iterator[str]:
    ageless = tally.total("without_birth_date")
    if ageless > _MANY * tally.patients:
        yield (
            f"{_share(ageless, tally.patients, 'patients')} have no birth date: no dose is drafted for them, so that "
            "orders of magnesium are missing from this forecast. Let the export tell Patient.birthDate, the year at "
            "least."
        )


def _not_understood(tally: Tally) -> Iterator[str]:
    """Of what the calls brought: medicines, problems, stays, and the results that are asked for."""
    read = tally.of("entries_understood")
    for what, listed in sorted(tally.of("entries").items()):
        unread = listed - read[what]
        if unread > _MANY * listed:
            yield (
                f"{_share(unread, listed, what + 's')} could not be read, so that advice on them is missing. "
                "List their codes in the site file (codes)."
            )


def _share(part: int, whole: int, what: str) -> str:
    return f"{part:,} of {whole:,} {what} ({100 * part / whole:.0f} %)"


def _nameless(tally: Tally) -> Iterator[str]:
    orders, nameless = tally.total("orders"), tally.total("orders_without_medicine")
    if nameless > _MANY * orders:
        yield (
            f"{_share(nameless, orders, 'orders and doses')} do not say which medicine they are of, so that advice on "
            "drugs is missing. Ask for Medication too in the _type of the export."
        )


def _failed(tally: Tally) -> Iterator[str]:
    failed = tally.of(FAILED)
    if failed:
        numbers = ", ".join(str(place + 1) for place in tally.changed[FAILED])
        yield (
            f"{failed.total():,} patients were left out, because this program could not cope with their records "
            f"({', '.join(sorted(failed))}; patient number {numbers}). Please report it."
        )
