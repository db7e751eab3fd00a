"""Where a drafted dose of magnesium stands in the dose tables: which row, at which kidney gate, and its neighbours."""

from collections.abc import Iterator, Mapping

from cards import Decision, Knowledge
from cds_service.fhir_json import JsonDict, as_dict, as_list

Row = dict[str, object]
_HOUR = 60  # minutes


def dose_rows(decision: Decision, knowledge: Knowledge) -> list[Row]:
    """For each suggestion that drafts magnesium: the rows of its dose at this gate, with what other gates get.

    More than one row may hold the same dose: then those of the patient's band. None is told where the amount was made
    smaller by what was given before.
    """
    chart = decision.trace.chart
    gate, band = chart.renal.gate.name, chart.magnesium.band.value if chart.magnesium else ""
    suggested = (as_dict(s) for card in decision.cards for s in as_list(card.body.get("suggestions")))
    found = [(str(s.get("label")), _rows(s, gate, knowledge)) for s in suggested]
    return [{"label": label, "gate": gate, "rows": _of_band(rows, band)} for label, rows in found if rows]


def _of_band(rows: list[Row], band: str) -> list[Row]:
    """The rows that are called as the band is ("severe" of "severely low"); all where none is."""
    return [row for row in rows if str(row["row"]).split()[0] in band] or rows


def _rows(suggestion: JsonDict, gate: str, knowledge: Knowledge) -> list[Row]:
    tables = {"IV": _intravenous(knowledge), "oral": _oral(knowledge)}
    for drafted in _drafted(suggestion):
        for name, table in tables.items():
            rows = [_row(name, row, by_gate) for row, by_gate in table.items() if by_gate.get(gate) == drafted]
            if rows:
                return rows
    return []


def _row(table: str, row: str, by_gate: Mapping[str, str]) -> Row:
    return {"table": table, "row": row.replace("_", " "), "by_gate": dict(by_gate)}


def _intravenous(knowledge: Knowledge) -> dict[str, dict[str, str]]:
    return {
        row: {gate.name: ", then ".join(_infused(s.grams, s.minutes) for s in steps) for gate, steps in at.items()}
        for row, at in knowledge.doses.iv.items()
    }


def _oral(knowledge: Knowledge) -> dict[str, dict[str, str]]:
    rows = knowledge.doses.oral.items()
    return {row: {gate.name: f"{mg:g} mg elemental a day" for gate, mg in at.items()} for row, at in rows}


def _drafted(suggestion: JsonDict) -> Iterator[str]:
    """What the drafts of a suggestion give, in the words of the tables."""
    for action in as_list(suggestion.get("actions")):
        resource = as_dict(as_dict(action).get("resource"))
        dosages = [as_dict(dosage) for dosage in as_list(resource.get("dosageInstruction"))]
        doses = [(_dose(dosage), as_dict(as_dict(dosage.get("timing")).get("repeat"))) for dosage in dosages]
        if doses and all(unit == "g" and "duration" in repeat for (_, unit), repeat in doses):
            yield ", then ".join(_infused(value, _minutes(repeat)) for (value, _), repeat in doses)
        elif len(doses) == 1 and doses[0][0][1] == "mg":
            (value, _), repeat = doses[0]
            yield f"{value * float(str(repeat.get('frequency') or 1)):g} mg elemental a day"


def _infused(grams: float, minutes: float) -> str:
    """Whole hours as hours, as the order says them."""
    hours, rest = divmod(minutes, _HOUR)
    return f"{grams:g} g over {hours:g} h" if hours and not rest else f"{grams:g} g over {minutes:g} min"


def _dose(dosage: JsonDict) -> tuple[float, str]:
    quantity = next((as_dict(as_dict(d).get("doseQuantity")) for d in as_list(dosage.get("doseAndRate"))), {})
    return float(str(quantity.get("value") or 0)), str(quantity.get("unit"))


def _minutes(repeat: JsonDict) -> float:
    return float(str(repeat["duration"])) * (60 if repeat.get("durationUnit") == "h" else 1)
