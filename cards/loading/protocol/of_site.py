"""The protocols that a site file names."""

from collections.abc import Mapping

from cards.loading.dose_tables import Product
from cards.loading.protocol import read_protocol
from cards.loading.protocol.vocabulary import Vocabulary
from cards.loading.site import Site
from cards.model.protocol import Protocol
from cards.units import UnitTable


def read_protocols(
    site: Site, files: Mapping[str, str], words: Vocabulary, units: UnitTable, products: Mapping[str, Product]
) -> tuple[Protocol, ...]:
    """Each file that the site names, read; KnowledgeError when one is missing or wrong."""
    if missing := next((name for name in site.protocols if name not in files), None):
        raise site.error(f"protocol: the file {missing} was not found beside the site file", "protocol")
    return tuple(read_protocol(files[name], name, words, units, products) for name in site.protocols)
