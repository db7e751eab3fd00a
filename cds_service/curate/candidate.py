"""The candidate that a site file names: what it is made of, beside what decides and in its place."""

from collections.abc import Collection

import yaml

from cards import Knowledge, KnowledgeError, parse_yaml
from cds_service.curate.origin import Origin, text_of

_FOLDER_HOLDS = "thresholds.yaml"
_BESIDE = ("candidate", "trial")  # what of the site file does not concern a candidate beside it
_IN_ITS_PLACE = ("candidate",)


def beside(known: Knowledge, site: Origin) -> Origin | None:
    """The candidate that runs beside the knowledge of a site file; None without one. KnowledgeError: not readable."""
    told = known.site.candidate
    return _origin(told.file, site, _BESIDE) if told.file and not told.live else None


def promoted(known: Knowledge, site: Origin) -> Origin:
    """The candidate of a site file in the place of what decides; KnowledgeError where it is not readable."""
    return _origin(known.site.candidate.file, site, _IN_ITS_PLACE)


def check_promoted(new: Knowledge, old: Knowledge, site: Origin) -> None:
    """KnowledgeError where a candidate that decides leaves open what does, or ends a trial that the site file names."""
    file = old.site.candidate.file
    if new.site.candidate.live:
        reason = f"{file} itself lets a candidate decide ({new.site.candidate.file}): name that one"
        raise KnowledgeError(f"{site.site}: candidate: {reason}")
    if old.site.trial.sentence and new.site.trial != old.site.trial:
        when = "is to decide (live: true, or --candidate)"
        reason = f"{file} {when}, and its trial is another than here: write the same `trial` into both"
        raise KnowledgeError(f"{site.site}: trial: {reason}")


def _origin(name: str, site: Origin, without: Collection[str]) -> Origin:
    """Another site file, or a protocol or a folder of knowledge, which come with all else that the site file says."""
    path = site.beside(name)
    if (path / _FOLDER_HOLDS).is_file():
        return Origin(path, _changed(site, without), site.site)
    text = text_of(path)
    told = parse_yaml(text, str(path))
    if isinstance(told, dict) and "rows" in told:
        return Origin(site.folder, _changed(site, without, protocol=name), site.site)
    return Origin(site.folder, text, path)


def _changed(site: Origin, without: Collection[str], **changes: object) -> str:
    """A site file's text without some keys, and with some changed."""
    told = parse_yaml(site.text or "", "site file") or {}
    kept = {key: value for key, value in told.items() if key not in without}
    return yaml.safe_dump({**kept, **changes}, sort_keys=False, allow_unicode=True)
