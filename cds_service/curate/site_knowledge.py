"""The shipped knowledge, with what a site changes in it."""

from contextlib import suppress
from importlib import resources
from pathlib import Path

from cards import Knowledge, KnowledgeError, load_knowledge, site_files
from cds_service.run.settings import PREFIX, SettingsError


def knowledge_of(site: Path | None, home: str = "") -> Knowledge:
    """The shipped knowledge with a site's changes; `home`: where its pages are. SettingsError with file and line."""
    text, name = _site_text(site), str(site or "")
    try:
        files = files_beside(site, text)
        return load_knowledge(resources.files("cards.knowledge"), text, name, home, files)
    except KnowledgeError as problem:
        raise SettingsError(f"{problem}{_site_hint(site)}") from problem


def files_beside(site: Path | None, text: str | None) -> dict[str, str]:
    """The texts of the files that a site file names, which lie beside it; one that cannot be read is left out."""
    found = {}
    for name in site_files(text, str(site or "")):
        with suppress(OSError, UnicodeDecodeError):
            found[name] = ((site or Path()).parent / name).read_text(encoding="utf-8-sig")
    return found


def _site_text(site: Path | None) -> str | None:
    try:
        return site.read_text(encoding="utf-8-sig") if site else None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{site}: not readable as UTF-8 text: {problem}{_site_hint(site)}") from None


def _site_hint(site: Path | None) -> str:
    return f" (correct the site file, or unset {PREFIX}SITE or the client's `site`)" if site else ""
