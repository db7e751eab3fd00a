"""Record systems played over HTTP, each by the facts that its documents tell: what it sends, takes and remembers.

Nothing here is read from the service's own dialect files, so that a wrong fact there is seen.
"""

import copy
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.cards.chart import NOW
from tests.trust.ehr import BASE, Ehr

Json = dict[str, Any]
_LOCAL_CLASSES = {"IMP": "Inpatient", "AMB": "Outpatient", "EMER": "Emergency"}
REGISTERED = ("https://www.ncbi.nlm.nih.gov/",)
# a stay that began so long ago, without any result since, may be forgotten (clinical rule s.0.6)
_LONG_AGO, _QUIET = NOW - timedelta(days=60), NOW - timedelta(days=7)
_NUMBERS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, eq=False)
class Vendor:
    """A record system: `hooks` that it calls, what its tokens look like, and how it treats requests and answers.

    `takes`: the types of actions it carries out; `one_action` and `selection`: what a suggestion may be; `own_doses`:
    it may replace dose and rate of an order, so that only words carry them; `remembers`: an override holds for every
    later card of the same topic; `shows_links`: how the links begin that it shows; `fetched`: it sends no data.
    """

    dialect: str
    hooks: tuple[str, ...]
    ehr: Ehr
    claims: Json = field(default_factory=dict)
    sends: Callable[[Json], Json] = copy.deepcopy
    takes: frozenset[str] = frozenset({"create", "update", "delete"})
    one_action: bool = False
    selection: frozenset[str] = frozenset({"at-most-one", "any"})
    own_doses: bool = False
    remembers: bool = False
    categories: bool = False
    shows_links: tuple[str, ...] = ("http",)
    fetched: bool = False

    def headers(self, path: str) -> dict[str, str]:
        """A token for the address of a service, as it was set by hand."""
        now = int(time.time())
        return self.ehr.bearer(aud=BASE + path, **{name: value(now) for name, value in self.claims.items()})


def in_epic(request: Json) -> Json:
    """Unsigned orders have ids of some 190 characters, searches carry remarks, classes of encounters are its own."""
    text, context = json.dumps(request), request["context"]
    selected = context.get("selections")
    for entry in context.get("draftOrders", {}).get("entry", ()):
        ident = entry["resource"]["id"]
        longer = (f"{ident}-tKp0Ab3.x-" * 20)[:190]
        text = text.replace(f'"id": "{ident}"', f'"id": "{longer}"').replace(f'/{ident}"', f'/{longer}"')
        # however a draft is named: by its id alone, an address, a urn
        selected = selected and [re.sub(rf"\b{ident}\b", longer, told) for told in selected]
    made: Json = json.loads(text)
    if selected:
        made["context"]["selections"] = selected
    for value in made["prefetch"].values():
        if value and value["resourceType"] == "Bundle":
            value["entry"].append(_remark("4119" if value["entry"] else "4101"))
    for entry in made["prefetch"].get("encounters", {}).get("entry", ()):
        told = entry["resource"].get("class")
        if isinstance(told, dict) and told.get("code") in _LOCAL_CLASSES:
            entry["resource"]["class"] = {
                "system": "urn:oid:2.999.7.10",
                "code": "13",
                "display": _LOCAL_CLASSES[told["code"]],
            }
    return made


def _remark(code: str) -> Json:
    coding = [{"system": "urn:oid:2.999.2", "code": code}]
    issue = [{"severity": "warning", "code": "informational", "details": {"coding": coding}}]
    outcome = {"resourceType": "OperationOutcome", "issue": issue}
    return {"resource": outcome, "search": {"mode": "outcome"}}


STANDARD = Vendor("standard", ("patient-view", "order-select", "order-sign"), Ehr("https://ehr.example/r4", kid="one"))
EPIC = Vendor(
    "epic",
    ("patient-view", "order-select", "order-sign"),
    Ehr("https://epic.example/interconnect/api/FHIR/R4", kid="MIIBIjANBgkqhkiG9w0=", algorithm="RS384"),
    claims={"exp": lambda now: now + 900, "nbf": lambda now: now - 300, "sub": lambda _: "magnesium"},
    sends=in_epic,
    takes=frozenset({"create", "delete"}),
    one_action=True,
    selection=frozenset({"any"}),
    own_doses=True,
    remembers=True,
    categories=True,
    shows_links=("https://",),
)
ORACLE = Vendor(
    "oracle",
    ("patient-view",),
    Ehr("https://cds-hooks.cerner.com", kid="two"),
    takes=frozenset({"create"}),
    shows_links=REGISTERED,
    fetched=True,
)
VENDORS = (STANDARD, EPIC, ORACLE)


def is_placed(request: Json) -> bool:
    """Whether the call tells where the patient is: not by a stay that somebody may have forgotten to end."""
    listed = [entry["resource"] for value in request["prefetch"].values() for entry in (value or {}).get("entry", ())]
    is_quiet = all(_began(r, "effectiveDateTime") < _QUIET for r in listed if r["resourceType"] == "Observation")
    stays = [entry["resource"] for entry in request["prefetch"].get("encounters", {}).get("entry", ())]
    told = [s.get("class") for s in stays if not (is_quiet and _began(s.get("period", {}), "start") < _LONG_AGO)]
    return any(isinstance(each, dict) and each.get("code") in _LOCAL_CLASSES for each in told)


def _began(told: Json, key: str) -> datetime:
    """A time as it is written, a day from its first second; now where none is."""
    found = datetime.fromisoformat(told.get(key) or NOW.isoformat())
    return found if found.tzinfo else found.replace(tzinfo=NOW.tzinfo)


def untakeable(card: Json, vendor: Vendor, placed: bool) -> list[str]:
    """What of a card its user would see and could not use, in words; `placed`: it is known where the patient is."""
    listed = card.get("suggestions", [])
    wrong = [f"{url} is not shown" for url in _links(card) if not url.startswith(vendor.shows_links)]
    if listed and card["selectionBehavior"] not in vendor.selection:
        wrong.append(f"selectionBehavior {card['selectionBehavior']}")
    if vendor.remembers and not re.fullmatch(r"[A-Za-z0-9]+", card["source"]["topic"]["code"]):
        wrong.append(f"topic {card['source']['topic']['code']}")
    for suggestion in listed:
        wrong += _untaken(suggestion, vendor, placed)
    return wrong


def _links(card: Json) -> list[str]:
    url = card["source"].get("url")
    return [link["url"] for link in card.get("links", ())] + ([url] if url else [])


def _untaken(suggestion: Json, vendor: Vendor, placed: bool) -> list[str]:
    actions = suggestion["actions"]
    wrong = [f"{len(actions)} actions"] if vendor.one_action and len(actions) > 1 else []
    wrong += [f"{a['type']} is not carried out" for a in actions if a["type"] not in vendor.takes]
    orders = [a["resource"] for a in actions if a["type"] == "create"]
    placed = placed and vendor.categories
    wrong += [f"no category: {suggestion['label']}" for o in orders if placed > ("category" in o)]
    if vendor.own_doses:
        said = _NUMBERS.findall(suggestion["label"].replace(",", ""))
        wrong += [f"{lost} is not on the button" for order in orders for lost in doses(order) if not lost & set(said)]
    return wrong


def doses(order: Json) -> list[set[str]]:
    """The numbers of an order that are lost where the record system fills in its own, each as it may be told.

    A dose, also to a tenth, but for pieces (what a piece holds is told); a rate, or the time that the infusion takes.
    """
    lost = []
    for step in order.get("dosageInstruction", ()):
        for entry in step["doseAndRate"]:
            if not entry["doseQuantity"]["code"].startswith("{"):
                dose = entry["doseQuantity"]["value"]
                lost.append({f"{dose:g}", f"{round(dose, 1):g}"})
            if "rateQuantity" in entry:
                minutes = step["timing"]["repeat"].get("duration", 0)
                lost.append({f"{told:g}" for told in (entry["rateQuantity"]["value"], minutes, minutes / 60) if told})
    return lost


def orders(cards: list[Json]) -> set[str]:
    """Every order that a click can place, without what tells the place of care."""
    made = [
        a["resource"] for c in cards for s in c.get("suggestions", ()) for a in s["actions"] if a["type"] == "create"
    ]
    return {json.dumps({k: v for k, v in o.items() if k not in ("category", "intent")}, sort_keys=True) for o in made}


def removals(cards: list[Json]) -> set[str]:
    """Every order that a click takes away."""
    gone = [action for action in _actions(cards) if action["type"] != "create"]
    return {a.get("resourceId") or f"{a['resource']['resourceType']}/{a['resource']['id']}" for a in gone}


def _actions(cards: list[Json]) -> list[Json]:
    return [action for card in cards for suggestion in card.get("suggestions", ()) for action in suggestion["actions"]]


def hidden_by_override(cards: list[Json]) -> list[str]:
    """Summaries of cards that overriding another card of the same answer hides, where topics are remembered."""
    topics = [card["source"]["topic"]["code"] for card in cards]
    return [card["summary"] for card, topic in zip(cards, topics, strict=True) if topics.count(topic) > 1]
