"""Where a site keeps its signatures, and how many people must sign."""

from dataclasses import dataclass

from cards.loading.site_values import SiteValues

SIGNATURES = ("signatures", "signers")
_MOST_SIGNERS = 5


@dataclass(frozen=True, slots=True)
class Signatures:
    """The file of the signatures, beside the site file ("" for none), and how many different people sign each piece."""

    file: str = ""
    signers: int = 1


def read_signatures(told: SiteValues) -> Signatures:
    """The keys `approval.signatures` and `approval.signers`; KnowledgeError for another form."""
    file, signers = told.text("approval", "signatures"), told.at("approval", "signers")
    signers = 1 if signers is None else signers
    if isinstance(signers, bool) or not isinstance(signers, int) or not 1 <= signers <= _MOST_SIGNERS:
        reason = f"approval.signers is {signers!r}; allowed: 1 to {_MOST_SIGNERS}"
        raise told.places.error(reason, "approval", "signers")
    if file and told.at("approval", "approved_by"):
        raise told.places.error(
            "approved_by signs the file as a whole, signatures each piece: take one out", "approval"
        )
    return Signatures(file, signers)
