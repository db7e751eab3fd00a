"""The shipped knowledge, with what a site changes in it."""

from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path

from cards import Knowledge, KnowledgeError
from cds_service import named_files
from cds_service.curate.candidate import beside, check_promoted, promoted
from cds_service.curate.origin import SHIPPED, Origin, origin_of
from cds_service.curate.signatures import read_signatures, signed_state
from cds_service.run.settings import PREFIX, SettingsError

Loaded = tuple[Origin, Knowledge]  # what decides, and where it comes from


def knowledge_of(site: Path | None, home: str = "") -> Knowledge:
    """What decides for a site; `home`: where its pages are. SettingsError with file and line."""
    return loaded_of(site, home)[1]


def loaded_of(site: Path | None, home: str = "", candidate: bool = False) -> Loaded:
    """What decides for a site, and where it comes from; with `candidate` as if that were live. SettingsError."""
    try:
        return in_force(site, home, candidate=candidate)
    except KnowledgeError as problem:
        raise SettingsError(f"{problem}{_site_hint(site)}") from problem


def in_force(site: Path | None, home: str = "", folder: Traversable = SHIPPED, *, candidate: bool = False) -> Loaded:
    """What decides for a site with the knowledge of a folder: its file, or the candidate that it lets decide.

    With `candidate`, the candidate as if it were live. KnowledgeError with file and line.
    """
    origin = origin_of(site, folder)
    known = origin.load(home)
    if candidate and not known.site.candidate.file:
        raise KnowledgeError(f"{site or 'no site file'}: names no candidate")
    if candidate or known.site.candidate.live:
        outer, old, origin = origin, known, promoted(known, origin)
        known = origin.load(home)
        check_promoted(known, old, outer)
    return origin, with_signatures(known, signatures_text(known, origin.site), origin.folder)


def candidate_of(loaded: Loaded, home: str = "") -> Knowledge | None:
    """The candidate that runs beside what decides, if any; SettingsError where it is wrong."""
    origin, known = loaded
    try:
        tried = beside(known, origin)
        return tried.load(home) if tried else None
    except KnowledgeError as problem:
        raise SettingsError(f"{problem} (correct the candidate, or take `candidate` out of {origin.site})") from problem


def signatures_text(knowledge: Knowledge, site: Path | None) -> str:
    """The text of the file of signatures that the site names, beside its file; "" where nobody signed yet."""
    path = (site or Path()).parent / knowledge.site.signatures.file
    try:
        return named_files.text_of(path) if knowledge.site.signatures.file and path.is_file() else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise KnowledgeError(f"{path}: not readable as UTF-8 text: {problem}") from None


def with_signatures(knowledge: Knowledge, text: str, folder: Traversable = SHIPPED) -> Knowledge:
    """The knowledge of a folder with what the signatures of a text cover; as it is where its site names no file."""
    if not knowledge.site.signatures.file:
        return knowledge
    signatures = read_signatures(text, knowledge.site.signatures.file)
    return replace(knowledge, signed=signed_state(knowledge, signatures, folder))


def _site_hint(site: Path | None) -> str:
    return f" (correct the site file, or unset {PREFIX}SITE or the client's `site`)" if site else ""
