"""All that the service knows, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.loading.advice import Advice
from cards.loading.allergies import Allergies
from cards.loading.care import CareTables
from cards.loading.ceilings import Ceilings
from cards.loading.condition_freshness import ConditionFreshness
from cards.loading.condition_names import ConditionNames
from cards.loading.dose_language import DoseLanguage
from cards.loading.dose_tables import Doses, OrderableTest, Product
from cards.loading.drug_classes import DrugTables
from cards.loading.encounter_tables import EncounterTables
from cards.loading.hard_stops import HardStop
from cards.loading.indications import Indications
from cards.loading.order_entry import OrderEntry
from cards.loading.override_reasons import OverrideReasons
from cards.loading.protocol import Vocabulary
from cards.loading.result_tables import ResultTables
from cards.loading.signed import DRAFT, Signed
from cards.loading.site import Site
from cards.loading.sources import Source
from cards.loading.thresholds import Threshold
from cards.loading.windows import Window
from cards.loading.words import RenalState, Words
from cards.model.protocol import Protocol
from cards.terms.terminology import Terminology
from cards.units import UnitTable
from cards.voice import ENGLISH, Voice

UNSIGNED = f"Status: {DRAFT}."


@dataclass(frozen=True, slots=True)
class Translation:
    """The language of the cards: who signed it, what cards say while nobody has, and which texts are still English."""

    language: str = "en"
    approved_by: str = ""
    note: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """Everything a decision may use besides the patient. Each is itself alone, so that it can be a key."""

    thresholds: Mapping[str, Threshold]
    numbers: Mapping[str, float]
    shipped_numbers: Mapping[str, float]
    told_numbers: Mapping[str, Mapping[str, str]]
    units: UnitTable
    results: ResultTables
    encounters: EncounterTables
    terminology: Terminology
    ceilings: Ceilings
    dose_language: DoseLanguage
    indications: Indications
    order_entry: OrderEntry
    doses: Doses
    products: Mapping[str, Product]
    tests: Mapping[str, OrderableTest]
    monitoring: Mapping[str, str]
    windows: Mapping[str, Window]
    drugs: DrugTables
    conditions: ConditionNames
    condition_freshness: Mapping[str, ConditionFreshness]
    hard_stops: Mapping[str, HardStop]
    care: CareTables
    allergies: Allergies
    protocol_words: Vocabulary
    protocols: tuple[Protocol, ...]
    shipped: Protocol
    words: Words
    renal_states: tuple[RenalState, ...]
    advice: Mapping[str, Advice]
    sources: Mapping[str, Source]
    override_reasons: OverrideReasons
    site: Site
    version: str
    home: str = ""
    signed: Signed | None = None
    voice: Voice = ENGLISH
    translation: Translation = Translation()

    @property
    def is_approved(self) -> bool:
        """Whether all that is in force is signed: piece by piece, or by the site file as a whole."""
        return self.signed.is_complete if self.signed else bool(self.site.approved_by)

    @property
    def approval(self) -> str:
        """Who signed the clinical content, in a sentence; says so when nobody did, and what is on trial."""
        site = self.site
        whole = f"Approved by {site.approved_by}, {site.approved_on}." if site.approved_by else UNSIGNED
        said = self.signed.sentence if self.signed else whole
        return f"{said}{site.trial.sentence}{site.candidate.sentence}"
