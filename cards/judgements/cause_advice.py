"""What is advised about drugs that lower magnesium: lines, a replacement, when to measure again (clinical rule s.4)."""

from collections.abc import Iterable

from cards.chart import Chart, inputs, once
from cards.judgements import allergies
from cards.judgements.causes import ACID, Culprit, depleting_roles
from cards.model import DAYS_A_YEAR, DrugClass, Medication, RemoveOrder, removals


@once
def is_protected(chart: Chart) -> bool:
    """Acid suppression protects here: bleeding risk, Barrett, Zollinger-Ellison, or that could not be looked at."""
    unknown = bool((chart.not_known | chart.cut) & {inputs.CONDITIONS, inputs.MEDICATIONS})
    # an NSAID bleeds in the old, and where nobody knows how old
    old = chart.age_days is None or chart.at_least(chart.age_days / DAYS_A_YEAR, "cause.nsaid_years")
    bleeds = any(m.is_antithrombotic or (m.is_nsaid and old) for m in chart.active)
    return unknown or chart.has("acid_protects") or bleeds


def has_famotidine(chart: Chart) -> bool:
    """Famotidine is taken or being ordered."""
    offered = {each.instead for each in chart.knowledge.drugs.classes.values() if each.instead}
    taken = (name for m in (*chart.active, *chart.drafts) for name in m.ingredients("alternative"))
    return not offered.isdisjoint(taken)


def replaceable_ppi(found: Iterable[Culprit], chart: Chart) -> RemoveOrder | None:
    """The order of a PPI being taken that nothing on record protects; None too while famotidine is taken
    or on the allergy list.
    """
    if acid_key(chart) != "ppi":
        return None
    taken = [c.medication for c in found if c.role.is_in(ACID) and c.medication.status == "active"]
    # of what is given too the order may be another entry of the list
    ordered = (m for one in taken[:1] for m in (one, *chart.active) if m.name == one.name)
    return next(iter(removals(ordered)), None)


def advice_keys(found: tuple[Culprit, ...], sparing: bool, chart: Chart) -> tuple[str, ...]:
    """Lines of advice for the classes found, likeliest cause first; for what was stopped only what follows now."""
    keys: list[str] = []
    for culprit in (c for c in found if not c.stopped):
        keys += _class_keys(culprit.role.of_class, sparing, chart)
    keys = keys or ["other"] * any(not c.stopped for c in found)
    return tuple(dict.fromkeys((*keys, *_stopped_keys(found))))


def _stopped_keys(found: tuple[Culprit, ...]) -> list[str]:
    acid = [c.stopped for c in found if c.role.is_in(ACID)]
    others = any(c.stopped for c in found if not c.role.is_in(ACID))
    return ["ppi_stopped"] * (bool(acid) and all(acid)) + ["stopped"] * others


def _class_keys(of_class: DrugClass, sparing: bool, chart: Chart) -> list[str]:
    if of_class.group == ACID:
        return [acid_key(chart)]
    key = _spared_key(of_class.advice, chart) if of_class.spared and sparing else of_class.advice
    if of_class.group == "diuretic" and chart.has("heart_failure"):
        return [key, "heart_failure"]
    return [key for key in (key, of_class.also) if key not in ("", "other")]


def _spared_key(advice: str, chart: Chart) -> str:
    """The line that names what spares magnesium, as far as the allergy list leaves any."""
    left = allergies.sparing_left(advice, chart)
    return f"{advice}_spare{allergies.sparing_suffix(advice, chart)}" if left else advice


def advised(found: Iterable[Culprit], key: str) -> tuple[str, ...]:
    """The ingredients that a line of advice is about."""
    return tuple(c.role.ingredient for c in found if c.role.of_class.advice == key and not c.stopped)


def acid_key(chart: Chart) -> str:
    """Which advice on acid suppression fits."""
    if is_protected(chart):
        return "ppi_protect"
    if has_famotidine(chart):
        return "ppi_famotidine"
    return "ppi_allergy" if allergies.to_alternative("famotidine", chart) else "ppi"


def extra_keys(chart: Chart) -> tuple[str, ...]:
    """The polypharmacy line, for many medicines."""
    return ("polypharmacy",) if chart.at_least(len(chart.active), "cause.polypharmacy") else ()


def acid_name(medications: Iterable[Medication]) -> str:
    """What the acid suppression among them is called: by its class where that has a short name; "" without any."""
    roles = [r for m in medications for r in m.roles if r.is_in(ACID)]
    named = [r.of_class.short for r in roles if r.of_class.short] + [r.ingredient.capitalize() for r in roles]
    return next(iter(named), "")


def draft_advice(drafts: Iterable[Medication], chart: Chart) -> dict[str, list[str]]:
    """Lines of advice for drafted drugs, each with the ingredients that it is about."""
    found: dict[str, list[str]] = {}
    for role in (r for d in drafts for r in depleting_roles(d)):
        key = acid_key(chart) if role.is_in(ACID) else role.of_class.advice
        found.setdefault(key, []).append(role.ingredient)
    return found


def rechecks(medications: Iterable[Medication], chart: Chart) -> tuple[str, ...]:
    """When magnesium is measured while these causes are given (monitoring.yaml), as far as their classes say."""
    setting = "inpatient" if chart.inpatient else "outpatient"
    found = (r.of_class.recheck.get(setting, "") for m in medications for r in m.roles if r.role == "cause")
    return tuple(dict.fromkeys(filter(None, found)))
