"""Reads all knowledge files into one value; each kind of file has its reader beside this one."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources.abc import Traversable
from typing import TypedDict

from cards.loading.advice import Advice, read_advice
from cards.loading.allergies import Allergies, read_allergies
from cards.loading.analytes import Analyte, check_fresh, read_analytes
from cards.loading.care import CareTables, read_care
from cards.loading.ceilings import read_ceilings, within_ceilings
from cards.loading.codes import read_terminology
from cards.loading.condition_freshness import ConditionFreshness, read_condition_freshness
from cards.loading.condition_names import ConditionNames, read_condition_names
from cards.loading.condition_words import read_condition_words
from cards.loading.dose_language import DoseLanguage, read_dose_language
from cards.loading.dose_tables import Doses, OrderableTest, read_doses, read_products, read_tests
from cards.loading.drug_classes import DrugTables, read_drug_tables
from cards.loading.encounter_tables import EncounterTables, read_encounter_tables
from cards.loading.hard_stops import HardStop, read_hard_stops
from cards.loading.indications import Indications, read_indications
from cards.loading.knowledge import Knowledge
from cards.loading.language import in_words
from cards.loading.order_entry import OrderEntry, read_order_entry
from cards.loading.override_reasons import read_override_reasons
from cards.loading.protocol import read_vocabulary
from cards.loading.protocol.of_site import read_protocols, with_site_units
from cards.loading.protocol.orderable import orderable_products
from cards.loading.protocol.rechecks import windows_of
from cards.loading.reading import read_yaml, traverse
from cards.loading.result_tables import ResultTables, read_result_tables
from cards.loading.shipped_protocol import read_shipped, with_rows
from cards.loading.site import Site, read_site
from cards.loading.site_links import check_links
from cards.loading.sources import Source, read_sources
from cards.loading.switches import check_scopes, check_switches
from cards.loading.thresholds import Threshold, read_thresholds, with_site_values
from cards.loading.told_numbers import told_numbers
from cards.loading.trial import check_trial
from cards.loading.windows import Window, read_windows
from cards.loading.words import RenalState, Words, read_renal_states, read_words
from cards.terms.terminology import Terminology
from cards.units import UnitTable

_NO_FILES: Mapping[str, str] = {}


class _Reading(TypedDict):
    units: UnitTable
    results: ResultTables
    encounters: EncounterTables


class _Medicines(TypedDict):
    monitoring: Mapping[str, str]
    windows: Mapping[str, Window]
    drugs: DrugTables
    conditions: ConditionNames
    condition_freshness: Mapping[str, ConditionFreshness]
    hard_stops: Mapping[str, HardStop]
    care: CareTables
    allergies: Allergies
    terminology: Terminology


class _Tables(TypedDict):
    dose_language: DoseLanguage
    indications: Indications
    order_entry: OrderEntry
    tests: Mapping[str, OrderableTest]
    words: Words
    renal_states: tuple[RenalState, ...]
    sources: Mapping[str, Source]


def load_knowledge(
    folder: Traversable,
    site: str | None = None,
    site_name: str = "site file",
    home: str = "",
    files: Mapping[str, str] = _NO_FILES,
) -> Knowledge:
    """Read all knowledge files below `folder`, changed by the text of a site file.

    `home` is the address below which browsers find the pages of the rules: cards name theirs as their source. `files`
    are the texts of the files that the site file names (`site_files`).

    Raises KnowledgeError with file, line and reason when a file is wrong.
    """
    told = read_site(site, site_name) if site else Site()
    known = _known(folder, told, _version(folder, "".join((site or "", *files.values()))), home)
    known = _with_protocols(known, files) if told.protocols else known
    return in_words(known, folder / "words", files)


def _known(folder: Traversable, told: Site, version: str, home: str) -> Knowledge:
    """The knowledge of a folder, changed by a site, without its protocols."""
    advice = _read_advice(folder, told)
    shipped = read_thresholds(folder / "thresholds.yaml", advice.values())
    thresholds = with_site_values(shipped, told)
    numbers, products = _numbers(thresholds), read_products(folder / "products.yaml", told)
    analytes = read_analytes(folder)
    check_fresh(analytes, shipped)
    ceilings, reading = read_ceilings(folder / "ceilings.yaml", shipped), _reading(folder, told, analytes)
    words = with_site_units(read_vocabulary(folder / "protocol_words.yaml", _numbers(shipped), reading), told)
    protocol = read_shipped(folder / "protocol.yaml", words, reading["units"], products)
    asked = with_rows(read_doses(folder / "doses.yaml", told), protocol, words)
    return Knowledge(
        **_tables(folder, shipped, told),
        **reading,
        **_medicines(folder, told, shipped, asked, numbers, analytes),
        protocols=(),
        protocol_words=words,
        shipped=protocol,
        thresholds=thresholds,
        numbers=numbers,
        shipped_numbers=_numbers(shipped),
        told_numbers=told_numbers(thresholds.values(), reading["units"], told.units),
        ceilings=ceilings,
        doses=within_ceilings(asked, products, numbers, _numbers(shipped), ceilings),
        products=products,
        advice=advice,
        override_reasons=read_override_reasons(folder / "override_reasons.yaml", told.override_reasons, told.places),
        site=told,
        version=version,
        home=home,
    )


def _with_protocols(known: Knowledge, files: Mapping[str, str]) -> Knowledge:
    """The knowledge with the site's protocols, the products they order and the times they measure at."""
    read = read_protocols(known.site, files, known.protocol_words, known.units, known.products)
    windows, monitoring = windows_of(read)
    return replace(
        known,
        protocols=read,
        products={**known.products, **orderable_products(read, known.protocol_words)},
        windows={**known.windows, **windows},
        monitoring={**known.monitoring, **monitoring},
    )


def _reading(folder: Traversable, site: Site, analytes: Mapping[str, Analyte]) -> _Reading:
    """What results and encounters are read with."""
    return {
        "units": UnitTable({name: each.units for name, each in analytes.items() if each.units}),
        "results": read_result_tables(folder, analytes.values()),
        "encounters": read_encounter_tables(folder, site),
    }


def _medicines(
    folder: Traversable,
    site: Site,
    shipped: Mapping[str, Threshold],
    doses: Doses,
    numbers: Mapping[str, float],
    analytes: Mapping[str, Analyte],
) -> _Medicines:
    """What medicines and problems mean, and when to measure again."""
    monitoring = read_yaml(folder / "monitoring.yaml")
    drugs = read_drug_tables(folder / "drugs", monitoring, shipped, doses.alternatives)
    conditions = read_condition_names(folder, folder / "words" / "en")
    words = read_condition_words(folder, conditions)
    terminology = read_terminology(folder / "codes", words, site, (drugs, conditions), analytes.values())
    return {
        "monitoring": {name: entry["text"].format(n=numbers) for name, entry in monitoring.items()},
        "windows": read_windows(monitoring, numbers),
        "drugs": drugs,
        "conditions": conditions,
        "condition_freshness": read_condition_freshness(folder / "condition_freshness.yaml", conditions.names, numbers),
        "hard_stops": read_hard_stops(folder / "hard_stops.yaml", conditions, drugs, shipped),
        "care": read_care(folder / "care.yaml", conditions.names),
        "allergies": read_allergies(folder / "allergies.yaml", drugs.classes, terminology.roles, doses.alternatives),
        "terminology": terminology,
    }


def _tables(folder: Traversable, shipped: Mapping[str, Threshold], site: Site) -> _Tables:
    """What stands in one file each and needs nothing of the others."""
    return {
        "dose_language": read_dose_language(folder / "dose_words.yaml"),
        "indications": read_indications(folder / "indications.yaml", shipped),
        "order_entry": read_order_entry(folder / "order_entry.yaml", shipped),
        "tests": read_tests(folder / "tests.yaml", site),
        "words": read_words(folder / "words" / "en"),
        "renal_states": read_renal_states(folder / "renal_states.yaml"),
        "sources": read_sources(folder / "sources.yaml"),
    }


def _numbers(thresholds: Mapping[str, Threshold]) -> dict[str, float]:
    return {name: threshold.value for name, threshold in thresholds.items()}


def _read_advice(folder: Traversable, site: Site) -> dict[str, Advice]:
    """Rules and advice texts have the same names; a rule that is not there can't be switched off."""
    advice = read_advice(folder / "advice")
    check_trial(site.trial, advice, folder / "never_on_trial_alone.yaml", site.places)
    check_switches(advice, folder / "never_on_trial_alone.yaml", site.places)
    check_scopes(folder / "switch_scopes.yaml", site.places)
    check_links(advice, site.places)
    return advice


def _version(folder: Traversable, site: str) -> str:
    digest = hashlib.sha256(site.encode())
    for path in traverse(folder):
        if path.name.endswith((".yaml", ".csv")):
            digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
