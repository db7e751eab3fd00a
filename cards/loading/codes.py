"""The code tables (codes/*.csv) as one Terminology, a site's own codes merged in."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.resources.abc import Traversable

from cards.loading.analytes import Analyte
from cards.loading.condition_names import ConditionNames
from cards.loading.drug_classes import DrugTables, check_ingredients, check_known
from cards.loading.reading import did_you_mean, read_csv
from cards.loading.site import Site
from cards.loading.table_checks import check_tables
from cards.model import DrugRole, MagnesiumKind
from cards.terms.names import name_index, spelled_index, words_in
from cards.terms.systems import ICD9, ICD10, LOINC, icd_code, system_of
from cards.terms.terminology import (
    MAGNESIUM,
    MAGNESIUM_BESIDES,
    NOT_A,
    CodeKey,
    ConditionWords,
    MagnesiumProduct,
    Product,
    Terminology,
)

# what a site calls a code of something that has nothing to do with magnesium
OTHER = "other"
Roles = dict[str, tuple[DrugRole, ...]]
# the group of categories that a code of several problems may hide
_BEHIND_A_HEADING = "behind_a_heading"
_SHORTEST_ICD = 3
_KINDS = {
    "replacement": MagnesiumKind.REPLACEMENT,
    "laxative": MagnesiumKind.LAXATIVE,
    "obstetric": MagnesiumKind.OBSTETRIC,
    "bulk": MagnesiumKind.OBSTETRIC,
}


def read_terminology(
    folder: Traversable,
    words: Sequence[ConditionWords],
    site: Site,
    tables: tuple[DrugTables, ConditionNames],
    known: Collection[Analyte],
) -> Terminology:
    """All code tables below a folder; KnowledgeError for an unknown class, role, category, analyte or ingredient."""
    roles, analytes = _checked_roles(folder, *tables), _analytes(known, site)
    ingredients, codes = _ingredient_names(folder, roles), _site_conditions(site, _conditions(folder), tables[1])
    return Terminology(
        analytes=analytes,
        analyte_keys={(system_of(system), code): analyte for (system, code), analyte in analytes.items()},
        asked=_asked(each for each in known if each.units),
        told=_asked(each for each in known if not each.units),
        opening=tuple(each.name for each in known if each.opens),
        roles=roles,
        products=_products(folder / "rxnorm_products.csv"),
        magnesium_products=_magnesium_products(folder / "magnesium_products.csv"),
        names=name_index([*ingredients, *_other_names(folder)]),
        international_names=spelled_index(ingredients),
        kinds=_kinds(folder / "names.csv"),
        brands=_brands_of_magnesium(folder / "names.csv"),
        atc=_groups(folder / "atc.csv"),
        classes=frozenset(row["ingredient"] for row in read_csv(folder / "atc.csv") if row["kind"] == "class"),
        condition_codes=codes,
        condition_words=words,
        any_condition_word=re.compile("|".join(f"(?:{w.pattern.pattern})" for w in words)),
        site_drugs=_site_drugs(site, roles),
        others=_others(site),
        headings=_headings(codes, tables[1].categories(_BEHIND_A_HEADING)),
    )


def _checked_roles(folder: Traversable, drugs: DrugTables, conditions: ConditionNames) -> Roles:
    """The roles of the drugs, when every row of the tables names something that there is."""
    roles = _roles(folder / "drugs.csv", drugs)
    check_ingredients(drugs, {role.ingredient for listed in roles.values() for role in listed})
    check_tables(folder, roles)
    used = (row["category"].removeprefix(NOT_A) for row in read_csv(folder / "conditions.csv"))
    check_known("conditions.csv", "category", used, conditions.names)
    return roles


def _roles(path: Traversable, drugs: DrugTables) -> Roles:
    found: dict[str, list[DrugRole]] = {}
    for row in read_csv(path):
        check_known(f"{path.name}: {row['ingredient']}", "drug class", [row["drug_class"]], drugs.classes)
        check_known(f"{path.name}: {row['ingredient']}", "role", [row["role"]], drugs.roles)
        role = DrugRole(
            ingredient=row["ingredient"],
            rxcui=row["rxcui"],
            drug_class=row["drug_class"],
            role=row["role"],
            evidence=row["evidence"],
            onset=row["onset"],
            advice=row["advice"],
            source=row["source"],
            hours_before=row["hours_before"],
            hours_after=row["hours_after"],
            avoid=row["avoid"] == "yes",
            ph_only=row["ph_only"] == "yes",
            of_class=drugs.classes[row["drug_class"]],
        )
        found.setdefault(row["rxcui"] or row["ingredient"], []).append(role)
    return {code: tuple(listed) for code, listed in found.items()}


def _products(path: Traversable) -> dict[str, Product]:
    ingredients: dict[str, list[str]] = {}
    details: dict[str, tuple[str, bool]] = {}
    for row in read_csv(path):
        ingredients.setdefault(row["rxcui"], []).append(row["ingredient_rxcui"])
        details[row["rxcui"]] = (row["route"], row["combination"] == "yes")
    return {code: Product(tuple(found), *details[code]) for code, found in ingredients.items()}


def _magnesium_products(path: Traversable) -> dict[str, MagnesiumProduct]:
    return {
        row["rxcui"]: MagnesiumProduct(
            row["salt"],
            _KINDS[row["kind"]],
            row["route"],
            float(row["grams"]) if row["grams"] else None,
            float(row["elemental_mg_per_unit"]) if row["elemental_mg_per_unit"] else None,
            row["basis"] == "ambiguous",
            float(row["mg_per_ml"]) if row["mg_per_ml"] else None,
        )
        for row in read_csv(path)
    }


def _ingredient_names(folder: Traversable, roles: Roles) -> list[tuple[str, str]]:
    ingredients = [(listed[0].ingredient, code) for code, listed in roles.items() if code != MAGNESIUM]
    return ingredients + [(row["name"], row["ingredient_rxcui"]) for row in read_csv(folder / "synonyms.csv")]


def _other_names(folder: Traversable) -> list[tuple[str, str]]:
    """Brands and shorthand, which are spelled in one way; a kind of product goes before a brand of the same name."""
    named = [(row["name"], row["ingredient"]) for row in read_csv(folder / "names.csv")]
    known = {tuple(words_in(name)) for name, _ in named}
    brands = [(row["brand"], row["ingredient_rxcui"]) for row in read_csv(folder / "brands.csv")]
    return named + [(brand, code) for brand, code in brands if tuple(words_in(brand)) not in known]


def _kinds(path: Traversable) -> dict[tuple[str, ...], str]:
    return {tuple(words_in(row["name"])): row["kind"] for row in read_csv(path) if row["kind"] != "drug"}


def _brands_of_magnesium(path: Traversable) -> dict[tuple[str, ...], str]:
    """Brands of magnesium of a salt that is not told, whose name does not say what is in them."""
    named = (row["name"] for row in read_csv(path) if row["ingredient"] == MAGNESIUM)
    return {tuple(words_in(name)): name for name in named if name.isascii() and MAGNESIUM[:4] not in name.lower()}


def _groups(path: Traversable) -> dict[str, Product]:
    found: dict[str, Product] = {}
    for row in read_csv(path):
        before = found[row["atc"]].ingredients if row["atc"] in found else ()
        more = (row["ingredient"],) if row["ingredient"] and row["kind"] not in MAGNESIUM_BESIDES else ()
        kind = "" if row["kind"] in ("class", "drug") else row["kind"]
        found[row["atc"]] = Product((*before, *more), "", kind=kind)
    return found


def _conditions(folder: Traversable) -> dict[CodeKey, tuple[str, ...]]:
    """Categories by (system, code); ICD codes without their dot, as they are looked up."""
    found: dict[CodeKey, tuple[str, ...]] = {}
    for row in read_csv(folder / "conditions.csv"):
        code = icd_code(row["code"]) if row["system"] in (ICD9, ICD10) else row["code"]
        key = (row["system"], code)
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), row["category"])))
    return found


def _analytes(known: Collection[Analyte], site: Site) -> dict[CodeKey, str]:
    shipped = {(LOINC, code): each.name for each in known for code in each.codes}
    return {**shipped, **_site_labs(site, set(shipped.values()))}


def _asked(known: Iterable[Analyte]) -> dict[str, str]:
    return {each.name: each.asked for each in known if each.asked}


def _headings(codes: Mapping[CodeKey, tuple[str, ...]], matter: Collection[str]) -> frozenset[str]:
    """The beginnings of ICD-10 codes of problems that matter, which mean nothing of their own."""
    listed = [code for (system, code), found in codes.items() if system == ICD10 and not set(matter).isdisjoint(found)]
    beginnings = {code[:length] for code in listed for length in range(_SHORTEST_ICD, len(code))}
    return frozenset(told for told in beginnings if not _is_told(told, codes))


def _is_told(told: str, codes: Mapping[CodeKey, tuple[str, ...]]) -> bool:
    return any((ICD10, told[:length]) in codes for length in range(_SHORTEST_ICD, len(told) + 1))


def _site_labs(site: Site, analytes: set[str]) -> dict[CodeKey, str]:
    for number, (_, code, analyte) in enumerate(site.lab_codes):
        if analyte not in analytes | {OTHER}:
            reason = f"lab code {code}: unknown analyte {analyte!r}{did_you_mean(analyte, analytes)}"
            raise site.error(reason, "codes", "labs", str(number), "analyte")
    return {(system, code): analyte for system, code, analyte in site.lab_codes if analyte != OTHER}


def _site_drugs(site: Site, roles: Roles) -> dict[CodeKey, str]:
    by_name = {listed[0].ingredient: code for code, listed in roles.items()}
    for number, (_, code, ingredient) in enumerate(site.drug_codes):
        if ingredient not in by_name and ingredient != OTHER:
            reason = f"drug code {code}: unknown ingredient {ingredient!r}{did_you_mean(ingredient, by_name)}"
            raise site.error(reason, "codes", "drugs", str(number), "ingredient")
    named = (row for row in site.drug_codes if row[2] != OTHER)
    return {(system_of(system), code): by_name[ingredient] for system, code, ingredient in named}


def _site_conditions(
    site: Site, shipped: dict[CodeKey, tuple[str, ...]], names: ConditionNames
) -> dict[CodeKey, tuple[str, ...]]:
    """The shipped codes with the site's own beside them."""
    known, found = set(names.names), dict(shipped)
    for number, (system, code, category) in enumerate(site.condition_codes):
        if category not in known | {OTHER}:
            reason = f"condition code {code}: unknown category {category!r}{did_you_mean(category, known)}"
            raise site.error(reason, "codes", "conditions", str(number), "category")
        key = (system_of(system), code)
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *([category] if category != OTHER else []))))
    return found


def _others(site: Site) -> frozenset[CodeKey]:
    """The site's own codes of what has nothing to do with magnesium: understood, and not for us."""
    told = (*site.lab_codes, *site.drug_codes, *site.condition_codes)
    return frozenset((system_of(system), code) for system, code, meaning in told if meaning == OTHER)
