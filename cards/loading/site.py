"""The site file: what one hospital changes without code. Wrong keys, units or values fail with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from cards.loading.candidate import Candidate, Forecast, read_candidate, read_forecast
from cards.loading.override_reasons import SiteReason, read_site_reasons
from cards.loading.reading import KnowledgeError, Places, parse_yaml, places_of
from cards.loading.site_links import SiteLink, read_links
from cards.loading.site_reader import INTENTS, STOPS, SiteReader
from cards.loading.site_signatures import Signatures, read_signatures
from cards.loading.site_units import SiteUnits, read_site_units
from cards.loading.switches import MOST_CARDS, Switch, read_switches
from cards.loading.trial import Trial, read_trial
from cards.voice import AS_WRITTEN


@dataclass(frozen=True, slots=True)
class Site:
    """One site's choices; the defaults are the shipped ones. `places` names the line of each in errors.

    `orderable_tests`, `orderable_products`: what it orders them by (system, code, display), by our id.
    """

    name: str = ""
    approved_by: str = ""
    approved_on: str = ""
    signatures: Signatures = field(default_factory=Signatures)
    thresholds: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    preferred_salts: tuple[str, ...] = ()
    products: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    salts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    units: SiteUnits = field(default_factory=SiteUnits)
    intent: str = "proposal"
    stop: str = "update"
    orderable_tests: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    orderable_products: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    rules_off: frozenset[str] = frozenset()
    maximum_cards: int = MOST_CARDS
    lab_codes: tuple[tuple[str, str, str], ...] = ()
    drug_codes: tuple[tuple[str, str, str], ...] = ()
    condition_codes: tuple[tuple[str, str, str], ...] = ()
    unit_codes: tuple[tuple[str, str, str], ...] = ()
    encounter_classes: tuple[tuple[str, str, str], ...] = ()
    zone: tzinfo = UTC
    override_reasons: tuple[SiteReason, ...] = ()
    links: tuple[SiteLink, ...] = ()
    protocols: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    language: str = "en"
    date_form: str = AS_WRITTEN
    trial: Trial = field(default_factory=Trial)
    candidate: Candidate = field(default_factory=Candidate)
    forecast: Forecast = field(default_factory=Forecast)
    switches: tuple[Switch, ...] = ()
    places: Places = field(default_factory=Places)

    @property
    def unit_first(self) -> str:
        """The unit in which magnesium is read first."""
        return self.units.first

    def error(self, reason: str, *path: str) -> KnowledgeError:
        """An error with the site file's name and the line of the path."""
        return self.places.error(reason, *path)


def read_site(text: str, name: str) -> Site:
    """A site file's text as a Site; KnowledgeError with file, line and reason."""
    reader = SiteReader(parse_yaml(text, name), places_of(text, name))
    return Site(
        **reader.maps(),
        name=reader.text("site", "name"),
        **reader.approval(),
        signatures=read_signatures(reader),
        thresholds=reader.thresholds(),
        preferred_salts=reader.texts("formulary", "preferred"),
        products={name: reader.product(name) for name in reader.names("products")},
        salts={name: reader.salt(name) for name in reader.names("salts")},
        units=read_site_units(reader.at("units") or {}, reader.places),
        intent=reader.choice("orders", "intent", INTENTS),
        stop=reader.choice("orders", "stop", STOPS),
        orderable_tests=reader.orderables("tests"),
        orderable_products=reader.orderables("products"),
        rules_off=frozenset(reader.texts("rules", "off")),
        maximum_cards=reader.maximum_cards(),
        zone=reader.zone(),
        override_reasons=read_site_reasons(reader.items("override_reasons"), reader.places),
        links=read_links(reader.items("links"), reader.places),
        protocols=reader.files("protocol"),
        words=reader.files("words"),
        language=reader.text("language", default="en"),
        date_form=reader.date_form(),
        trial=read_trial(reader.at("trial"), reader.places),
        candidate=read_candidate(reader),
        forecast=read_forecast(reader),
        switches=read_switches(reader.items("switches"), reader.places),
        places=reader.places,
    )


def site_files(text: str | None, name: str = "site file") -> tuple[str, ...]:
    """The files that a site file's text names, beside the site file; KnowledgeError when the text is wrong."""
    told = read_site(text, name) if text else Site()
    return (*told.protocols, *told.words)
