"""Looks at the code tables for words that name nothing: such a row could never be met, and nobody would see it."""

from collections.abc import Collection, Iterator
from importlib.resources.abc import Traversable

from cards.loading.drug_classes import check_known
from cards.loading.reading import KnowledgeError, read_csv
from cards.terms.terminology import MAGNESIUM

# the column of each table that names a drug: by its RxCUI, or in words where it has none
_DRUG_COLUMNS = {
    "brands.csv": "ingredient_rxcui",
    "synonyms.csv": "ingredient_rxcui",
    "rxnorm_products.csv": "ingredient_rxcui",
    "names.csv": "ingredient",
    "atc.csv": "ingredient",
}
_ORDERED = frozenset({"replacement", "laxative", "antacid", "bowel_prep"})
_BESIDES = frozenset({"fluid", "cardioplegia", "dialysate", "vitamin", "minerals", "nutrition", "source", "none"})
_NAMED = frozenset({"drug"}) | _ORDERED | _BESIDES
_KINDS = {"names.csv": _NAMED, "atc.csv": _NAMED | {"class"}}
# how sure it is, best first: only these are compared
_RANKED = ("strong", "moderate", "weak")
_EVIDENCE = {
    "qt_risk": ("known_risk_seen", "known_risk_from_memory"),
    "qt_possible": ("weaker_signal_from_memory",),
    "qt_conditional": ("lowers_mg_or_k_from_memory",),
    "disputed_cause": ("contradicted",),
    "magnesium_product": ("",),
}


def check_tables(folder: Traversable, drugs: Collection[str]) -> None:
    """KnowledgeError for a drug, kind or strength of evidence that is not known; `drugs` by RxCUI, or name."""
    of_code: dict[str, str] = {}
    for row in read_csv(folder / "drugs.csv"):
        where = f"drugs.csv: {row['ingredient']}"
        check_known(where, "evidence", [row["evidence"]], _EVIDENCE.get(row["role"], _RANKED))
        if (code := row["rxcui"]) and of_code.setdefault(code, row["ingredient"]) != row["ingredient"]:
            raise KnowledgeError(f"{where}: rxcui {code} is that of {of_code[code]}")
    for name, column in _DRUG_COLUMNS.items():
        check_known(name, "ingredient", _told(folder / name, column), {*drugs, MAGNESIUM})
    for name, kinds in _KINDS.items():
        check_known(name, "kind", _told(folder / name, "kind"), kinds)


def _told(path: Traversable, column: str) -> Iterator[str]:
    return (row[column] for row in read_csv(path) if row[column])
