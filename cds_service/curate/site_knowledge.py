"""The shipped knowledge, with what a site changes in it."""

from importlib import resources
from pathlib import Path

from cards import Knowledge, KnowledgeError, load_knowledge
from cds_service.run.settings import PREFIX, SettingsError


def knowledge_of(site: Path | None, home: str = "") -> Knowledge:
    """The shipped knowledge with a site's changes, named by its address; SettingsError naming file and line."""
    text = _site_text(site)
    try:
        return load_knowledge(resources.files("cards.knowledge"), site=text, site_name=str(site or ""), home=home)
    except KnowledgeError as problem:
        raise SettingsError(f"{problem}{_site_hint(site)}") from problem


def _site_text(site: Path | None) -> str | None:
    try:
        return site.read_text(encoding="utf-8-sig") if site else None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{site}: not readable as UTF-8 text: {problem}{_site_hint(site)}") from None


def _site_hint(site: Path | None) -> str:
    return f" (correct the site file, or unset {PREFIX}SITE or the client's `site`)" if site else ""
