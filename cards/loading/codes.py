"""The code tables (codes/*.csv) as one Terminology, a site's own codes merged in."""

import re
from importlib.resources.abc import Traversable

from cards.loading.condition_names import ConditionNames
from cards.loading.drug_classes import DrugTables, check_ingredients, check_known
from cards.loading.reading import did_you_mean, read_csv
from cards.loading.site import Site
from cards.model import DrugRole, MagnesiumKind
from cards.terminology import CodeKey, ConditionWords, MagnesiumProduct, Product, Terminology, name_index

_KINDS = {
    "replacement": MagnesiumKind.REPLACEMENT,
    "laxative": MagnesiumKind.LAXATIVE,
    "obstetric": MagnesiumKind.OBSTETRIC,
    "bulk": MagnesiumKind.OBSTETRIC,
}


def read_terminology(folder: Traversable, site: Site, drugs: DrugTables, conditions: ConditionNames) -> Terminology:
    """All code tables below a folder; KnowledgeError for an unknown class, role, category, analyte or ingredient."""
    roles = _roles(folder / "drugs.csv", drugs)
    check_ingredients(drugs, {role.ingredient for listed in roles.values() for role in listed})
    for name in ("conditions.csv", "condition_words.csv"):
        check_known(name, "category", (row["category"] for row in read_csv(folder / name)), conditions.names)
    analytes = {(row["system"], row["code"]): row["analyte"] for row in read_csv(folder / "labs.csv")}
    words = _condition_words(folder / "condition_words.csv")
    prefixes = {code: found for (_, code), found in _conditions(folder / "conditions.csv", "prefix").items()}
    return Terminology(
        analytes={**analytes, **_site_labs(site, set(analytes.values()))},
        roles=roles,
        products=_products(folder / "rxnorm_products.csv"),
        magnesium_products=_magnesium_products(folder / "magnesium_products.csv"),
        names=name_index(_names(folder, roles)),
        condition_codes=_conditions(folder / "conditions.csv", "exact"),
        condition_prefixes=prefixes,
        prefix_lengths=sorted({len(prefix) for prefix in prefixes}),
        condition_words=words,
        words_beside_codes=[w for w in words if w.category in conditions.groups["beside_codes"]],
        any_condition_word=re.compile("|".join(f"(?:{w.pattern.pattern})" for w in words)),
        site_drugs=_site_drugs(site, roles),
    )


def _roles(path: Traversable, drugs: DrugTables) -> dict[str, tuple[DrugRole, ...]]:
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


def _names(folder: Traversable, roles: dict[str, tuple[DrugRole, ...]]) -> list[tuple[str, str]]:
    ingredients = [(listed[0].ingredient, code) for code, listed in roles.items()]
    brands = [(row["brand"], row["ingredient_rxcui"]) for row in read_csv(folder / "brands.csv")]
    synonyms = [(row["name"], row["ingredient_rxcui"]) for row in read_csv(folder / "synonyms.csv")]
    return ingredients + brands + synonyms


def _conditions(path: Traversable, match: str) -> dict[CodeKey, tuple[str, ...]]:
    found: dict[CodeKey, tuple[str, ...]] = {}
    for row in read_csv(path):
        if row["match"] == match:
            key = (row["system"], row["code"])
            found[key] = (*found.get(key, ()), row["category"])
    return found


def _condition_words(path: Traversable) -> list[ConditionWords]:
    # written and matched in lower case: three times as fast as ignoring case
    return [
        ConditionWords(
            row["category"],
            re.compile(row["pattern"]),
            re.compile(row["except_pattern"]) if row["except_pattern"] else None,
        )
        for row in read_csv(path)
    ]


def _site_labs(site: Site, analytes: set[str]) -> dict[CodeKey, str]:
    for number, (_, code, analyte) in enumerate(site.lab_codes):
        if analyte not in analytes:
            reason = f"lab code {code}: unknown analyte {analyte!r}{did_you_mean(analyte, analytes)}"
            raise site.error(reason, "codes", "labs", str(number), "analyte")
    return {(system, code): analyte for system, code, analyte in site.lab_codes}


def _site_drugs(site: Site, roles: dict[str, tuple[DrugRole, ...]]) -> dict[CodeKey, str]:
    by_name = {listed[0].ingredient: code for code, listed in roles.items()}
    for number, (_, code, ingredient) in enumerate(site.drug_codes):
        if ingredient not in by_name:
            reason = f"drug code {code}: unknown ingredient {ingredient!r}{did_you_mean(ingredient, by_name)}"
            raise site.error(reason, "codes", "drugs", str(number), "ingredient")
    return {(system, code): by_name[ingredient] for system, code, ingredient in site.drug_codes}
