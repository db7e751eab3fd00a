"""The protocols that a site file names."""

from collections.abc import Mapping
from dataclasses import replace

from cards.loading.dose_tables import Product
from cards.loading.protocol import read_protocol
from cards.loading.protocol.vocabulary import Vocabulary, plain
from cards.loading.reading import did_you_mean
from cards.loading.site import Site
from cards.model.protocol import Protocol
from cards.units import UnitTable


def with_site_units(words: Vocabulary, site: Site) -> Vocabulary:
    """The words with the codes by which a site tells its units; KnowledgeError for a unit that is not known.

    The units that a site has on trial, and in which it tries a candidate, must be known as well.
    """
    named = {"trial": site.trial.units, "candidate": site.candidate.units}
    for key, name in ((key, name) for key, units in named.items() for name in sorted(units)):
        if name not in words.units.values():
            near = did_you_mean(plain(name), frozenset(words.units.values()))
            raise site.error(f"{key}.units: unknown unit {name!r}{near}", key, "units")
    told = dict(words.unit_codes)
    for number, (system, code, name) in enumerate(site.unit_codes):
        unit = words.units.get(plain(name))
        if unit is None:
            near = did_you_mean(plain(name), words.units)
            reason = f"unit code {code}: unknown unit {name!r}{near}"
            raise site.error(reason, "codes", "units", str(number), "unit")
        told[(system, code)] = unit
    return replace(words, unit_codes=told)


def read_protocols(
    site: Site, files: Mapping[str, str], words: Vocabulary, units: UnitTable, products: Mapping[str, Product]
) -> tuple[Protocol, ...]:
    """Each file that the site names, read; KnowledgeError when one is missing or wrong."""
    if missing := next((name for name in site.protocols if name not in files), None):
        raise site.error(f"protocol: the file {missing} was not found beside the site file", "protocol")
    return tuple(read_protocol(files[name], name, words, units, products) for name in site.protocols)
