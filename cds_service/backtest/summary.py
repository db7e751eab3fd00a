"""`summary.json`: the numbers of a back-test, in a stable order. The report shows nothing else but examples."""

from collections import Counter
from dataclasses import asdict
from datetime import date
from statistics import median

from cards import Knowledge
from cds_service.backtest.burden import BURDENS, burden_of
from cds_service.backtest.compare import CHANGES
from cds_service.backtest.doubts import results_used, warnings_of
from cds_service.backtest.job import Job
from cds_service.backtest.moments import SELECT
from cds_service.backtest.outcome_figures import outcomes_of
from cds_service.backtest.quality import FAILED
from cds_service.backtest.read_export import ReadExport
from cds_service.backtest.scan import MOST_LISTED, PATIENT_TYPES
from cds_service.backtest.tally import Tally
from cds_service.errors import JsonDict
from cds_service.goals import goals

MOST_UNITS = 30
MOST_SUGGESTIONS = 40
FEWEST_PATIENTS = 5
OTHER_UNITS = "Other units"
INDICATORS = ("critical", "warning", "info")


def summary_of(job: Job, tally: Tally, read: ReadExport, knowledge: tuple[Knowledge, ...]) -> JsonDict:
    """The numbers of a back-test: the same for any engine and any number of workers."""
    totals = tally.of("totals")
    return {
        "patients": tally.patients,
        "calls": totals["calls"],
        "cards": totals["cards"],
        "skipped_lines": read.skipped_lines,
        "warnings": list(warnings_of(tally, read)),
        "understood": _understood(tally),
        "rates": _rates(tally),
        "burden": burden_of(tally, BURDENS[0], read.present).as_json(),
        "goals": _goals(tally, read),
        "patients_with_calls": totals["patients_with_calls"],
        "patients_with_cards": totals["patients_with_cards"],
        "calls_with_cards": totals["calls_with_cards"],
        "cards_repeated_within_24_h": totals["repeats"],
        "cannot_tell": totals["cannot_tell"],
        "by_rule": ranked(tally.of("by_rule")),
        "by_leading_rule": ranked(tally.of("by_leading_rule")),
        "by_indicator": {name: tally.of("by_indicator")[name] for name in INDICATORS},
        "by_hook": {name: _of_hook(tally, name) for name in job.hooks},
        "by_unit": _units(tally),
        "by_day": _days(tally),
        "culprits": ranked(tally.of("culprits")),
        "suggestions": ranked(tally.of("suggestions"), MOST_SUGGESTIONS),
        "period": _period(job, tally),
        "data_quality": _data_quality(tally, read),
        "knowledge": _named(job.candidate.name, knowledge[0]),
        "outcomes": outcomes_of(tally, read.present),
        "compare": _compared(job, tally, read, knowledge),
    }


def ranked(counts: Counter[str], most: int | None = None) -> dict[str, int]:
    """Counts, most first, then by name; those of zero left out."""
    ordered = sorted((key for key in counts if counts[key]), key=lambda key: (-counts[key], key))
    return {key: counts[key] for key in ordered[:most]}


def per(part: int, whole: int, base: int = 1) -> float | None:
    """How many per so many, to two digits; None when there is nothing to divide by."""
    return round(base * part / whole, 2) if whole else None


def _understood(tally: Tally) -> JsonDict:
    """Of what the calls brought, how much could be read: an entry counts at each call that brings it."""
    read = tally.of("entries_understood")
    return {what: {"entries": n, "understood": read[what]} for what, n in sorted(tally.of("entries").items())}


def _rates(tally: Tally) -> JsonDict:
    views = tally.of("calls_by_hook")["patient-view"], tally.of("cards_by_hook")["patient-view"]
    signs = tally.of("calls_by_hook")["order-sign"], tally.of("cards_by_hook")["order-sign"]
    return {
        "cards_per_100_patients": per(tally.total("cards"), tally.patients, 100),
        "cards_per_100_chart_openings": per(views[1], views[0], 100),
        "cards_per_100_signings": per(signs[1], signs[0], 100),
        "cards_per_day": per(tally.total("cards"), _length(tally)),
        "cards_on_a_day": _spread(tally),
    }


def _spread(tally: Tally) -> JsonDict | None:
    """How many cards a day brings, days without calls included."""
    cards = sorted(tally.of("cards_by_day").values())
    if not cards:
        return None
    every = [0] * (_length(tally) - len(cards)) + cards
    return {"median": median(every), "nine_days_in_ten": every[(9 * len(every) - 1) // 10], "most": every[-1]}


def _calls_and_cards(tally: Tally, by: str, name: str) -> JsonDict:
    return {"calls": tally.of(f"calls_by_{by}")[name], "cards": tally.of(f"cards_by_{by}")[name]}


def _goals(tally: Tally, read: ReadExport) -> list[JsonDict]:
    """The figures of which there are goals, as far as they are known."""
    chosen, cards = tally.of("calls_by_hook")[SELECT], tally.of("cards_by_hook")[SELECT]
    burden = burden_of(tally, BURDENS[0], read.present)
    found = goals(per(cards, chosen, 1000), burden.actionable_per_100)
    return [asdict(one) | {"met": one.met, "told": one.told} for one in found]


def _of_hook(tally: Tally, hook: str) -> JsonDict:
    calls, cards = tally.of("calls_by_hook")[hook], tally.of("cards_by_hook")[hook]
    return {"calls": calls, "cards": cards, "cards_per_1000_calls": per(cards, calls, 1000)}


def _units(tally: Tally) -> JsonDict:
    """The units with most calls; those of few patients, which could point at a person, together."""
    calls, patients = tally.of("calls_by_unit"), tally.of("patients_by_unit")
    named = [unit for unit in ranked(calls) if patients[unit] >= FEWEST_PATIENTS][:MOST_UNITS]
    shown: JsonDict = {unit: _calls_and_cards(tally, "unit", unit) for unit in named}
    others = [unit for unit in calls if unit not in shown]
    if others:
        sums = {what: sum(tally.of(f"{what}_by_unit")[unit] for unit in others) for what in ("calls", "cards")}
        shown[OTHER_UNITS] = sums
    return shown


def first_day(tally: Tally) -> int:
    """The day of the first call, as an ordinal: day 0 of everything that is told."""
    return min(map(int, tally.of("calls_by_day")), default=0)


def _length(tally: Tally) -> int:
    """Days from the first call to the last, both counted."""
    days = [int(day) for day in tally.of("calls_by_day")]
    return max(days) - min(days) + 1 if days else 0


def _days(tally: Tally) -> JsonDict:
    """Calls and cards by days since the first call."""
    start = first_day(tally)
    days = sorted(tally.of("calls_by_day"), key=int)
    return {str(int(day) - start): _calls_and_cards(tally, "day", day) for day in days}


def _period(job: Job, tally: Tally) -> JsonDict:
    """Years only: with a date, day numbers of single patients would be dates."""
    years = {date.fromordinal(int(day)).year for day in tally.of("calls_by_day")}
    bounded = job.since is not None or job.until is not None
    return {"days": _length(tally), "years": sorted(years), "bounded": bounded}


def _data_quality(tally: Tally, read: ReadExport) -> JsonDict:
    totals = tally.of("totals")
    return {
        "lines": read.lines,
        "skipped": [{"file": name, "line": line, "reason": why} for name, line, why in read.skipped[:MOST_LISTED]],
        "files_ended_early": read.ended_early,
        "resources": ranked(read.types),
        "results_used": results_used(read),
        "not_in_export": [kind for kind in PATIENT_TYPES if kind not in read.present],
        "without_patient": ranked(read.without_patient),
        "undated": ranked(tally.of("undated")),
        "impossible_dates": ranked(tally.of("impossible")),
        "end_not_told": ranked(tally.of("guessed_end")),
        "older_versions": totals["replaced"],
        "deleted": read.deleted,
        "patients_without_patient_resource": totals["without_patient_resource"],
        "patients_left_out": totals["patients_left_out"],
        "patients_failed": ranked(tally.of(FAILED)),
        "orders": totals["orders"],
        "orders_without_medicine": totals["orders_without_medicine"],
        "status_unknown": ranked(tally.of("status_unknown")),
        "patients_with_unusable_results": ranked(tally.of("set_aside")),
    }


def _named(name: str, knowledge: Knowledge) -> JsonDict:
    return {"version": knowledge.version, "site_file": name, "approval": knowledge.approval}


def _compared(job: Job, tally: Tally, read: ReadExport, knowledge: tuple[Knowledge, ...]) -> JsonDict | None:
    if job.baseline is None:
        return None
    totals = tally.of("totals")
    told: JsonDict = {
        "with": _named(job.baseline.name, knowledge[1]),
        "calls": totals["compared_calls"],
        "cards": totals["compared_cards"],
        "burden": burden_of(tally, BURDENS[1], read.present).as_json(),
        "calls_that_begin_to_speak": totals["calls_that_begin_to_speak"],
        "calls_that_fall_silent": totals["calls_that_fall_silent"],
        "by_leading_rule": ranked(tally.of("compared_by_leading_rule")),
    }
    for kind in CHANGES:
        counts = ranked(tally.of(kind))
        told[kind] = {rule: {"cards": n, "patients": _numbers(tally, f"{kind} {rule}")} for rule, n in counts.items()}
    return told


def _numbers(tally: Tally, change: str) -> list[int]:
    return [patient + 1 for patient in tally.changed.get(change, ())]
