"""What the allergy list forbids to offer, and how that is told (clinical rules s.2.2, 2.6, 4.1, 5)."""

from collections.abc import Iterable

from cards.chart import Chart
from cards.model import Allergy
from cards.terms.terminology import MAGNESIUM
from cards.wording import listed


def to_salt(salt: str, chart: Chart) -> tuple[Allergy, ...]:
    """The entries that stand against a salt of magnesium; against one that is not told ("") those of every salt.

    An intolerance of the gut to a magnesium whose salt nobody says stands against no salt in particular.
    """
    return tuple(a for a in to_magnesium(chart) if a.salt == salt or not salt or (not a.salt and not a.only_gut))


def stop(salt: str, chart: Chart) -> tuple[Allergy, ...]:
    """The entries that forbid a salt: an intolerance of the gut only asks for another one."""
    return tuple(allergy for allergy in to_salt(salt, chart) if not allergy.only_gut)


def to_unnamed_salt(chart: Chart) -> tuple[Allergy, ...]:
    """The intolerances of the gut to a magnesium whose salt nobody says: they ask for a gentle one."""
    return tuple(a for a in to_magnesium(chart) if a.only_gut and not a.salt)


def to_magnesium(chart: Chart) -> tuple[Allergy, ...]:
    """The entries about magnesium of any salt."""
    return to_substance(MAGNESIUM, chart)


def to_alternative(alternative: str, chart: Chart) -> tuple[Allergy, ...]:
    """The entries that stand against an alternative of doses.yaml."""
    against = chart.knowledge.allergies.forbids(alternative)
    return tuple(allergy for allergy in chart.allergies if allergy.substance in against)


def to_substance(substance: str, chart: Chart) -> tuple[Allergy, ...]:
    """The entries about magnesium, or a substance of knowledge/allergies.yaml."""
    return tuple(allergy for allergy in chart.allergies if allergy.substance == substance)


def sparing_left(line: str, chart: Chart) -> tuple[str, ...]:
    """The potassium-sparing drugs that a line of advice names and that nothing stands against."""
    return tuple(name for name in chart.knowledge.allergies.sparing[line] if not to_substance(name, chart))


def sparing_suffix(line: str, chart: Chart) -> str:
    """What the name of the line ends with: "" where all may be named, else "_" and the one that is left."""
    left = sparing_left(line, chart)
    return "" if left == chart.knowledge.allergies.sparing[line] else "".join(f"_{name}" for name in left)


def against_sparing(chart: Chart) -> str:
    """What stands against potassium-sparing drugs, as texts name it."""
    names = dict.fromkeys(name for listed in chart.knowledge.allergies.sparing.values() for name in listed)
    return told((allergy for name in names for allergy in to_substance(name, chart)), chart)


def values(chart: Chart) -> dict[str, str]:
    """What stands against drugs that cards name beside magnesium, as their texts call it."""
    famotidine = told(to_alternative("famotidine", chart), chart)
    return {"against_famotidine": famotidine, "against_sparing": against_sparing(chart)}


def told(found: Iterable[Allergy], chart: Chart) -> str:
    """Entries in our own words, each once: "allergy to magnesium sulfate (hives)"."""
    return listed(dict.fromkeys(_told(allergy, chart) for allergy in found))


def _told(allergy: Allergy, chart: Chart) -> str:
    say, substances = chart.knowledge.words.say, chart.knowledge.allergies.substances
    other = substances.get(allergy.substance)
    name = other.name if other else f"{MAGNESIUM} {allergy.salt}".strip()
    kind = allergy.kind if allergy.kind in ("allergy", "intolerance") else "either"
    reactions = f" ({', '.join(allergy.reactions)})" if allergy.reactions else ""
    return say("allergy_list.entry", kind=say(f"allergy_list.{kind}"), substance=name, reactions=reactions)
