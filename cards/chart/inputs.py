"""The one table of inputs: what is asked about a patient, under which key, and what it is called.

Prefetch templates, what is named when it is missing, the back-test, the demo and the figures all derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cards.chart import kinds
from cards.chart.fhir import text
from cards.chart.kinds import Kind
from cards.loading import Knowledge, Words
from cards.model import About, JsonObject

PATIENT = "{{context.patientId}}"
# The keys, as everything else names them.
MAGNESIUM = "magnesium"
MEDICATIONS = "medications"
ADMINISTRATIONS = "administrations"
STATEMENTS = "statements"
CONDITIONS = "conditions"
PATIENT_KEY = "patient"
RESULTS = "results"
ENCOUNTERS = "encounters"
ORDERED_TESTS = "ordered_tests"
ALLERGIES = "allergies"
VITAL_SIGNS = "vital_signs"
PROCEDURES = "procedures"
NUTRITION_ORDERS = "nutrition_orders"
DEVICES = "devices"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that is asked about a patient, by its prefetch key.

    `where`: how its search is narrowed, beside the patient and, of Observations, the codes of the analytes that
    name it (knowledge/codes/analytes); `count`: the newest so many. `back`: how many hours back they have to reach,
    where older ones do not matter; None: all are wanted. A card that misses it names it where it is `missed`, with why
    it matters where it has a `note`, or names the one `fact` of it that is missed (phrases `inputs.` of
    knowledge/words). Without a `required` input a call cannot be answered; without an `indispensable` one silence is
    no all-clear. An `offered_only` input is missed when it failed or came in part, and not where a record system does
    not offer it. What was declared `formerly` under several keys may still come under these, and what was `apart` (by
    key, so many) beside its own. What is `over`, by status, does not tell that a key of the client's own brought the
    list. `leaving` stands for `where` when a patient goes home: the stay may have been closed. What waits for a
    `second_look`, as all of IF_SENT does, is asked with the client's token only where the first look found reason to;
    `beside` a category of conditions only where that is on the list.
    """

    key: str
    kind: Kind
    where: str = ""
    count: int = 0
    missed: bool = False
    note: bool = False
    fact: str = ""
    required: bool = False
    indispensable: bool = False
    offered_only: bool = False
    back: float | None = None
    formerly: tuple[str, ...] = ()
    apart: Mapping[str, int] = field(default_factory=dict)
    over: frozenset[str] = frozenset()
    leaving: str = ""
    second_look: bool = False
    beside: str = ""

    def named(self, words: Words) -> str:
        """What readers of figures call it: where the language has no name for it, its key as words."""
        key = f"inputs.named.{self.key}"
        return words.say(key) if key in words.phrases else self.key.replace("_", " ")

    def missed_as(self, words: Words) -> str:
        """What a card calls it that misses it."""
        return words.say(f"inputs.missed.{self.fact or self.key}") if self.missed else self.named(words)

    @property
    def types(self) -> tuple[str, ...]:
        """The types of which an answer may be: its own, and what tells the same in its place."""
        return (self.kind.name, *self.kind.also)

    @property
    def statuses(self) -> frozenset[str]:
        """The statuses that are asked for; empty when any is."""
        told = dict(part.split("=") for part in self.where.split("&") if part)
        return frozenset(told["status"].split(",")) if "status" in told else frozenset()

    def has_status(self, resource: JsonObject) -> bool:
        """Whether a resource has one of the statuses that are asked for."""
        return not self.statuses or text(resource, "status") in self.statuses

    def query(self, knowledge: Knowledge, about: About = About.PATIENT) -> str:
        """Its FHIR query as a prefetch template, for what a service is about; the codes include a site's own."""
        if not self.count:
            return f"{self.kind.name}/{PATIENT}"
        where = self.leaving if self.leaving and about is About.DISCHARGE else self.where
        parts = [f"patient={PATIENT}", where, self._code(knowledge), self._sort, f"_count={self.count}"]
        return f"{self.kind.name}?{'&'.join(filter(None, (*parts, self._include)))}"

    def _code(self, knowledge: Knowledge) -> str:
        codes = knowledge.terminology.codes_of(knowledge.terminology.asked_by(self.key))
        return f"code={','.join(f'{system}|{code}' for system, code in codes)}" if codes else ""

    @property
    def _sort(self) -> str:
        return f"_sort=-{self.kind.date}" if self.kind.date else ""

    @property
    def _include(self) -> str:
        return f"_include={self.kind.name}:{self.kind.include}" if self.kind.include else ""


# as long as magnesium of the labour ward counts as given (clinical rule s.10: 24 h, obstetric 72 h)
_HOURS_OF_DOSES = 72
# as far back as orders of tests are looked at (clinical rule s.10: 7 days)
_HOURS_OF_ORDERS = 168
# In the order in which cards name what is missing.
INPUTS: tuple[Input, ...] = (
    Input(
        MAGNESIUM,
        kinds.OBSERVATION,
        count=30,
        back=0,
        required=True,
        indispensable=True,
    ),
    Input(
        MEDICATIONS,
        kinds.REQUEST,
        "status=active,completed,stopped",
        500,
        missed=True,
        indispensable=True,
        apart={"recent_medications": 50},
        over=frozenset({"completed", "stopped"}),
    ),
    Input(
        ADMINISTRATIONS,
        kinds.ADMINISTRATION,
        "status=in-progress,completed",
        50,
        missed=True,
        offered_only=True,
        back=_HOURS_OF_DOSES,
    ),
    Input(
        STATEMENTS,
        kinds.STATEMENT,
        "status=active,completed",
        100,
        missed=True,
        offered_only=True,
    ),
    Input(
        CONDITIONS,
        kinds.CONDITION,
        count=200,
        missed=True,
        note=True,
        indispensable=True,
    ),
    Input(PATIENT_KEY, kinds.PATIENT, missed=True, fact="age"),
    Input(
        RESULTS,
        kinds.OBSERVATION,
        count=200,
        missed=True,
        back=0,
        formerly=("renal", "electrolytes"),
    ),
    Input(
        ENCOUNTERS,
        kinds.ENCOUNTER,
        "status=arrived,triaged,in-progress,onleave",
        10,
        missed=True,
        leaving="status=arrived,triaged,in-progress,onleave,finished",
        back=0,
    ),
    Input(ORDERED_TESTS, kinds.SERVICE_REQUEST, "status=active", 50, back=_HOURS_OF_ORDERS),
    Input(
        ALLERGIES,
        kinds.ALLERGY,
        count=100,
        missed=True,
        offered_only=True,
        second_look=True,
    ),
)
# Declared by no service, read whenever they are sent, under these keys or any other, and asked for in a second look: at
# once, with those above that wait for it at most six (clinical rule s.10).
IF_SENT: tuple[Input, ...] = (
    Input(VITAL_SIGNS, kinds.OBSERVATION, count=50, back=0),
    Input(PROCEDURES, kinds.PROCEDURE, count=100),
    Input(NUTRITION_ORDERS, kinds.NUTRITION_ORDER, "status=active", 20),
    Input(DEVICES, kinds.DEVICE, count=20, beside="av_block"),
)
KEYS = tuple(asked.key for asked in INPUTS)
BY_KEY: Mapping[str, Input] = {asked.key: asked for asked in INPUTS}
KINDS: Mapping[str, Kind] = {asked.kind.name: asked.kind for asked in INPUTS}
REQUIRED = tuple(asked.key for asked in INPUTS if asked.required)


def prefetch_templates(knowledge: Knowledge, about: About = About.PATIENT) -> dict[str, str]:
    """Prefetch key to FHIR query, for what a service is about."""
    return {asked.key: asked.query(knowledge, about) for asked in INPUTS}
