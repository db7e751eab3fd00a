"""The shipped knowledge, with what a site changes in it."""

from contextlib import suppress
from dataclasses import replace
from importlib import resources
from pathlib import Path

from cards import Knowledge, KnowledgeError, load_knowledge, site_files
from cds_service.curate.candidate import load_candidate
from cds_service.curate.signatures import read_signatures, signed_state
from cds_service.run.settings import PREFIX, SettingsError


def knowledge_of(site: Path | None, home: str = "") -> Knowledge:
    """The shipped knowledge with a site's changes; `home`: where its pages are. SettingsError with file and line."""
    text, name = _site_text(site), str(site or "")
    try:
        files = files_beside(site, text)
        known = load_knowledge(resources.files("cards.knowledge"), text, name, home, files)
        if site and known.site.candidate.live:
            known = load_candidate(known.site.candidate.file, site, home)
        return with_signatures(known, signatures_text(known, site))
    except KnowledgeError as problem:
        raise SettingsError(f"{problem}{_site_hint(site)}") from problem


def candidate_of(known: Knowledge, site: Path | None, home: str = "") -> Knowledge | None:
    """The candidate that runs beside the knowledge of a site file, if any; SettingsError where it is wrong."""
    told = known.site.candidate
    if site is None or not told.file or told.live:
        return None
    try:
        return load_candidate(told.file, site, home)
    except KnowledgeError as problem:
        raise SettingsError(f"{problem} (correct the candidate, or take `candidate` out of {site})") from problem


def files_beside(site: Path | None, text: str | None) -> dict[str, str]:
    """The texts of the files that a site file names, which lie beside it; one that cannot be read is left out."""
    found = {}
    for name in site_files(text, str(site or "")):
        with suppress(OSError, UnicodeDecodeError):
            found[name] = ((site or Path()).parent / name).read_text(encoding="utf-8-sig")
    return found


def signatures_text(knowledge: Knowledge, site: Path | None) -> str:
    """The text of the file of signatures that the site names, beside its file; "" where nobody signed yet."""
    path = (site or Path()).parent / knowledge.site.signatures.file
    try:
        return path.read_text(encoding="utf-8-sig") if knowledge.site.signatures.file and path.is_file() else ""
    except (OSError, UnicodeDecodeError) as problem:
        raise KnowledgeError(f"{path}: not readable as UTF-8 text: {problem}") from None


def with_signatures(knowledge: Knowledge, text: str) -> Knowledge:
    """The knowledge with what the signatures of a text cover; as it is where the site names no file of them."""
    if not knowledge.site.signatures.file:
        return knowledge
    return replace(knowledge, signed=signed_state(knowledge, read_signatures(text, knowledge.site.signatures.file)))


def _site_text(site: Path | None) -> str | None:
    try:
        return site.read_text(encoding="utf-8-sig") if site else None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{site}: not readable as UTF-8 text: {problem}{_site_hint(site)}") from None


def _site_hint(site: Path | None) -> str:
    return f" (correct the site file, or unset {PREFIX}SITE or the client's `site`)" if site else ""
