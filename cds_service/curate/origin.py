"""Where knowledge comes from: a folder of it, and a site file that changes it."""

from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from cards import Knowledge, KnowledgeError, load_knowledge, site_files
from cds_service import named_files

SHIPPED: Traversable = resources.files("cards.knowledge")


@dataclass(frozen=True, slots=True)
class Origin:
    """A folder of knowledge, the text of a site file, and where that lies, with the files that it names beside it."""

    folder: Traversable = SHIPPED
    text: str | None = None
    site: Path | None = None

    @property
    def files(self) -> dict[str, str]:
        """The texts of the files that the site file names; one that cannot be read is left out."""
        found = {}
        for name in site_files(self.text, str(self.site or "")):
            with suppress(OSError, UnicodeDecodeError):
                found[name] = named_files.text_of(self.beside(name))
        return found

    def beside(self, name: str) -> Path:
        """A file that the site file names."""
        return (self.site or Path()).parent / name

    def load(self, home: str = "") -> Knowledge:
        """The knowledge, without signatures; `home`: where its pages are. KnowledgeError with file and line."""
        return load_knowledge(self.folder, self.text, str(self.site or ""), home, self.files)


def origin_of(site: Path | None, folder: Traversable = SHIPPED) -> Origin:
    """A folder of knowledge with what a site file says; KnowledgeError where that is not readable."""
    return Origin(folder, text_of(site) if site else None, site)


def text_of(path: Path) -> str:
    """The text of a file; KnowledgeError where it is none."""
    try:
        return named_files.text_of(path)
    except (OSError, UnicodeDecodeError) as problem:
        raise KnowledgeError(f"{path}: not readable as UTF-8 text: {problem}") from None
