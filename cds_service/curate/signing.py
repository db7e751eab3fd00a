"""Signs the content in force for a site."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from cards import Knowledge, KnowledgeError, did_you_mean
from cds_service.curate.code_state import code_state
from cds_service.curate.contents import Piece, contents
from cds_service.curate.origin import Origin
from cds_service.curate.signatures import Signature, read_signatures, sign, written
from cds_service.curate.site_knowledge import loaded_of, signatures_text
from cds_service.run.settings import SettingsError


def add_signature(
    site: Path | None, who: tuple[str, str], on: date, only: Iterable[str] = (), *, candidate: bool = False
) -> str:
    """Add the signature of a person (name, role) to the site's file; what to tell. SettingsError where it cannot be.

    With `candidate` under what the candidate of the site file would decide by.
    """
    name, role = (" ".join(part.split()) for part in who)
    if not (name and role):
        raise SettingsError("A signature needs a name and a role.")
    origin, known = loaded_of(site, candidate=candidate)
    path, signed = _file(origin, known), _before(known, origin.site)
    new = sign(_chosen(contents(known, origin.folder), tuple(only)), signed, (name, role), on, code_state())
    if not new.pieces:
        return f"{name} signed all of this before: nothing to add to {path}."
    path.write_text(written((*signed, new)), encoding="utf-8", newline="\n")
    _, after = loaded_of(site, candidate=candidate)
    return f"{path}: {new} signed {len(new.pieces)} pieces. {after.approval}"


def _file(origin: Origin, known: Knowledge) -> Path:
    """The file for signatures that the site file which decides names."""
    if not known.site.signatures.file:
        site = origin.site
        line = f"approval: {{signatures: {site.stem if site else 'my-hospital'}.signatures.yaml}}"
        raise SettingsError(f"{site or 'no site file'}: names no file for signatures. Add to the site file: {line}")
    return origin.beside(known.site.signatures.file)


def _before(known: Knowledge, site: Path | None) -> tuple[Signature, ...]:
    try:
        return read_signatures(signatures_text(known, site), known.site.signatures.file)
    except KnowledgeError as problem:
        raise SettingsError(str(problem)) from None


def _chosen(pieces: Mapping[str, Piece], only: tuple[str, ...]) -> list[Piece]:
    """The pieces of these kinds or names, all where none is named."""
    kinds = {piece.kind for piece in pieces.values()}
    for wanted in only:
        if wanted not in kinds and wanted not in pieces:
            known = {*kinds, *pieces}
            raise SettingsError(f"--only {wanted}: there is no such piece{did_you_mean(wanted, known)}")
    return [p for p in pieces.values() if not only or p.kind in only or p.id in only]
