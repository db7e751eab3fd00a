"""The candidate that a site file names, as knowledge: what would decide if it were live."""

from importlib import resources
from pathlib import Path

import yaml

from cards import Knowledge, KnowledgeError, load_knowledge, parse_yaml, site_files

_FOLDER_HOLDS = "thresholds.yaml"


def load_candidate(name: str, site: Path, home: str = "") -> Knowledge:
    """The knowledge of a candidate beside a site file: another site file, a protocol, or a folder of knowledge.

    A protocol, and a folder, are tried with all else that the site file says. KnowledgeError when it is wrong.
    """
    path, text = site.parent / name, _text(site)
    if (path / _FOLDER_HOLDS).is_file():
        return load_knowledge(path, _without_candidate(text), str(site), home, _beside(site, text))
    told = parse_yaml(_text(path), str(path))
    if isinstance(told, dict) and "rows" in told:
        text = _without_candidate(text, protocol=name)
        return load_knowledge(resources.files("cards.knowledge"), text, str(site), home, _beside(site, text))
    return load_knowledge(resources.files("cards.knowledge"), _text(path), str(path), home, _beside(path, _text(path)))


def _without_candidate(text: str, **changes: object) -> str:
    """A site file's text without what it tries, and with some keys changed."""
    told = parse_yaml(text, "site file") or {}
    kept = {key: value for key, value in told.items() if key not in ("candidate", "trial")}
    return yaml.safe_dump({**kept, **changes}, sort_keys=False, allow_unicode=True)


def _beside(site: Path, text: str) -> dict[str, str]:
    return {name: _text(site.parent / name) for name in site_files(text, str(site))}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise KnowledgeError(f"{path}: not readable as UTF-8 text: {problem}") from None
