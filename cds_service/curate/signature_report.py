"""What `knowledge check` tells of a site's signatures: what is unsigned, what changed since, what is gone."""

from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable
from itertools import groupby

from cards import Knowledge
from cds_service.curate.code_state import SHARED, rewritten
from cds_service.curate.contents import contents
from cds_service.curate.origin import SHIPPED
from cds_service.curate.signatures import Signature, State, gone, read_signatures, states

_EACH = 5
_WHOLE = "signed as a whole, whatever its content becomes; `magnesium-cds knowledge sign` binds to the content"


def signature_lines(knowledge: Knowledge, text: str, folder: Traversable = SHIPPED) -> Iterator[str]:
    """A line for each piece that is not signed as it is, by the text of the file of signatures.

    `folder` has the tables.
    """
    asked = knowledge.site.signatures
    if not asked.file:
        yield from [f"note: approval: {_WHOLE}"] if knowledge.site.approved_by else ()
        return
    signatures, pieces = read_signatures(text, asked.file), contents(knowledge, folder)
    found = list(states(pieces.values(), signatures, asked.signers))
    unsigned = frozenset(state.piece for state in found if state.why)
    yield from _told(found)
    yield from (f"note: {_plain(piece)}: signed, and in force no more" for piece in gone(pieces, signatures))
    yield from _code(signatures, unsigned)
    yield f"signed: {len(found) - len(unsigned)} of {len(found)} pieces of the content in force"


def _told(found: Iterable[State]) -> Iterator[str]:
    """A line for each piece; of a kind of which many were never signed, one line for these."""
    listed = sorted((s for s in found if s.why), key=lambda s: (_kind(s), s.why))
    for (kind, why), group in groupby(listed, key=lambda s: (_kind(s), s.why)):
        each = list(group)
        if len(each) > _EACH and not each[0].changed:
            yield f"draft: {kind}: {len(each)} {why}"
        else:
            yield from (f"draft: {_plain(state.piece)}: {why}" for state in each)


def _kind(state: State) -> str:
    return state.piece.partition(":")[0]


def _plain(piece: str) -> str:
    return piece.replace(":", " ", 1)


def _code(signatures: Iterable[Signature], unsigned: frozenset[str]) -> Iterator[str]:
    """What was only written anew since the last signature."""
    last = next(reversed(list(signatures)), None)
    for name in rewritten(last.code, unsigned) if last else ():
        what = "the code that all rules share" if name == SHARED else f"rule {name}"
        yield f"note: {what}: written anew; what it says, its numbers and its cases are the same, so it stays signed"
