"""What an answer says and offers, read from the cards alone, as a client would read them."""

from collections.abc import Iterable, Iterator
from typing import Any

from cards.model import Card
from tests.cards.chart import Json, knowledge

# Elemental magnesium of one unit of the oral products (mg), by RxCUI; a dose in mg is elemental already.
_ELEMENTAL = {"198741": 241.3, "829373": 64.0, "198936": 84.0, "": 243.0}
_SULFATE = frozenset({"829757", "1658259", "1658262", "1658244"})
_GLYCINATE = "849497"
_DRUGS = {"310273": "famotidine", "313096": "spironolactone"}


def text_of(card: Card) -> str:
    """Summary, detail and labels of a card."""
    labels = [str(s["label"]) for s in suggestions(card)]
    return "\n".join([str(card.body["summary"]), str(card.body["detail"]), *labels])


def suggestions(card: Card) -> list[Json]:
    """The suggestions of a card."""
    found: Any = card.body.get("suggestions", [])
    return list(found)


def actions(cards: Iterable[Card]) -> Iterator[Json]:
    """Every action of every suggestion."""
    return (a for card in cards for s in suggestions(card) for a in s["actions"])


def offers(cards: Iterable[Card]) -> set[str]:
    """What is offered: iv, oral, drug:<name>, test:<id>, remove."""
    return {_kind(action) for action in actions(cards)}


def _kind(action: Json) -> str:
    if removed(action):
        return "remove"
    resource = action["resource"]
    if resource["resourceType"] == "ServiceRequest":
        return f"test:{_tests()[resource['code']['coding'][0]['code']]}"
    code = code_of(resource)
    if code in _DRUGS:
        return f"drug:{_DRUGS[code]}"
    return "iv" if is_intravenous(resource) else "oral"


def removed(action: Json) -> str:
    """`Type/id` of the order that an action removes or stops; "" when it does neither."""
    if action["type"] == "delete":
        return str(action["resourceId"])
    resource = action["resource"]
    stops = action["type"] == "update" and resource["status"] == "stopped"
    return f"{resource['resourceType']}/{resource['id']}" if stops else ""


def rechecks(cards: Iterable[Card]) -> list[str]:
    """When magnesium is to be measured by the drafted orders."""
    told = (str(a["description"]) for a in actions(cards) if _kind(a) == "test:magnesium")
    return sorted({words.partition(": ")[2] for words in told})


def due(cards: Iterable[Card]) -> dict[str, str]:
    """When the drafted tests are due: a time, or `start/end`, by test; "" for one without a time."""
    found = (a["resource"] for a in actions(cards) if _kind(a).startswith("test:"))
    return {_tests()[r["code"]["coding"][0]["code"]]: _occurrence(r) for r in found}


def _occurrence(order: Json) -> str:
    period = order.get("occurrencePeriod", {})
    return str(order.get("occurrenceDateTime", "/".join(period[side] for side in ("start", "end") if side in period)))


def _tests() -> dict[str, str]:
    return {test.code: name for name, test in knowledge().tests.items()}


def code_of(resource: Json) -> str:
    """The RxCUI of an order, "" when it has none."""
    return str(resource["medicationCodeableConcept"].get("coding", [{"code": ""}])[0]["code"])


def is_intravenous(resource: Json) -> bool:
    """Whether an order is given into a vein."""
    return bool(resource["dosageInstruction"][0]["route"]["coding"][0]["code"] == "47625008")


def magnesium_orders(cards: Iterable[Card], iv: bool) -> list[Json]:
    """The magnesium orders of a route."""
    made = [a["resource"] for a in actions(cards) if a["type"] == "create"]
    orders = [r for r in made if r["resourceType"] == "MedicationRequest" and code_of(r) not in _DRUGS]
    return [r for r in orders if is_intravenous(r) is iv]


def iv_grams(order: Json) -> float:
    """Grams of sulfate of all steps."""
    assert code_of(order) in _SULFATE, code_of(order)
    doses = [d["doseAndRate"][0]["doseQuantity"] for d in order["dosageInstruction"]]
    assert {d["code"] for d in doses} == {"g"}
    return float(sum(d["value"] for d in doses))


def iv_rate(order: Json) -> float:
    """The fastest step in g/h, from dose and duration; the stated rate must agree."""
    rates = []
    for step in order["dosageInstruction"]:
        entry, repeat = step["doseAndRate"][0], step["timing"]["repeat"]
        rate = entry["doseQuantity"]["value"] * 60 / repeat["duration"]
        assert repeat["durationUnit"] == "min"
        assert abs(entry["rateQuantity"]["value"] - rate) < 0.01
        rates.append(rate)
    return float(max(rates))


def oral_mg(order: Json) -> float:
    """Elemental magnesium a day."""
    code, total = code_of(order), 0.0
    for step in order["dosageInstruction"]:
        dose, repeat = step["doseAndRate"][0]["doseQuantity"], step["timing"]["repeat"]
        each_day = {"d": 1, "h": 24}[repeat["periodUnit"]] / repeat["period"]
        each = 1.0 if code == _GLYCINATE and dose["code"] == "mg" else _ELEMENTAL[code]
        total += dose["value"] * repeat["frequency"] * each_day * each
    return total


def told(order: Json) -> str:
    """Product and steps of an order as it is coded: "sulfate 2 g in 50 mL: 2 g in 120 min x2 1/8h"."""
    product = str(order["medicationCodeableConcept"]["text"]).removeprefix("Magnesium ").partition(",")[0]
    return f"{product.partition(' (')[0]}: {'; '.join(map(_step, order['dosageInstruction']))}"


def _step(dosage: Json) -> str:
    repeat, dose = dosage["timing"]["repeat"], dosage["doseAndRate"][0]["doseQuantity"]
    said = [f"{dose['value']:g} {dose['unit']}"]
    said += [f"in {repeat['duration']:g} min"] if "duration" in repeat else []
    said += [f"x{repeat['count']}"] if "count" in repeat else []
    said += [f"{repeat['frequency']}/{repeat['period']:g}{repeat['periodUnit']}"] if "frequency" in repeat else []
    said += [f"for {repeat['boundsDuration']['value']} d"] if "boundsDuration" in repeat else []
    said += [f"from {repeat['boundsPeriod']['start']}"] if "boundsPeriod" in repeat else []
    said += ["as needed"] if dosage.get("asNeededBoolean") else []
    most = dosage.get("maxDosePerPeriod")
    return " ".join([*said, f"at most {most['numerator']['value']:g} a day"] if most else said)


def recommended(cards: Iterable[Card]) -> list[str]:
    """The labels of the suggestions that are recommended."""
    return [str(s["label"]) for card in cards for s in suggestions(card) if s.get("isRecommended")]
