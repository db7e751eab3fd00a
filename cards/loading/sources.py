"""The numbered references of the knowledge (sources.yaml)."""

import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cards.loading.reading import read_yaml

_DOI = re.compile(r"doi:? ?(10\.[^\s;,)]+[^\s;,.)])")
_PMC = re.compile(r"PMC\d+")


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered reference and how it was read: READ, READ-2nd, MEM (from memory) or design."""

    id: str
    title: str
    status: str

    @property
    def url(self) -> str:
        """Where it can be read, as far as the title names a doi or PMC id; else ""."""
        if doi := _DOI.search(self.title):
            return f"https://doi.org/{doi.group(1)}"
        pmc = _PMC.search(self.title)
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{pmc.group()}/" if pmc else ""


def read_sources(path: Traversable) -> dict[str, Source]:
    """The references by their number."""
    return {str(row["id"]): Source(str(row["id"]), row["title"], row["status"]) for row in read_yaml(path)}
