"""What magnesium is given or ordered already, beside what may be advised."""

from datetime import datetime

from cards.knowledge import Knowledge
from cards.model import Facts, MagnesiumKind, Medication, Route, once


@once
def iv_magnesium_lately(facts: Facts, knowledge: Knowledge) -> bool:
    """IV magnesium now or within 24 hours."""
    return any(is_iv_replacement(m) and _is_recent(m, facts, knowledge) for m in facts.holding_magnesium)


@once
def iv_magnesium_ended(facts: Facts, knowledge: Knowledge) -> Medication | None:
    """The last IV magnesium of the past 24 hours, when none is in progress."""
    ended = [m for m in facts.holding_magnesium if is_iv_replacement(m) and _is_recent(m, facts, knowledge)]
    if not ended or iv_magnesium_in_progress(facts):
        return None
    return max(ended, key=lambda m: last_time(m, facts))


def last_time(medication: Medication, facts: Facts) -> datetime:
    """When it ended, as far as known: else when it was given or ordered. A planned end that is to come is none."""
    return _known_time(medication, facts) or facts.now


def _known_time(medication: Medication, facts: Facts) -> datetime | None:
    return next((t for t in (medication.until, medication.since) if t is not None and t <= facts.now), None)


def end_is_known(medication: Medication, facts: Facts) -> bool:
    """Whether it has a beginning and an end, not one time only."""
    return medication.since is not None and last_time(medication, facts) > medication.since


def iv_magnesium_in_progress(facts: Facts) -> bool:
    """IV magnesium ordered and not ended."""
    return any(is_iv_replacement(m) for m in facts.holding_magnesium if m.status == "active")


def nutrition_has_magnesium(facts: Facts) -> bool:
    """Parenteral nutrition is running: it may hold magnesium, so no further IV order."""
    kinds = [m.magnesium.kind for m in facts.holding_magnesium if m.magnesium and m.status == "active"]
    return MagnesiumKind.NUTRITION in kinds


def gut_is_unused(facts: Facts) -> bool:
    """Fed parenterally, and no medicine is taken by mouth."""
    return nutrition_has_magnesium(facts) and not any(m.route is Route.ORAL for m in facts.active)


def is_iv_replacement(medication: Medication) -> bool:
    """Magnesium given IV for its own sake, not in nutrition or another fluid."""
    order = medication.magnesium
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
    return order is not None and order.kind in kinds and medication.route is Route.INTRAVENOUS


def _is_recent(medication: Medication, facts: Facts, knowledge: Knowledge) -> bool:
    last = _known_time(medication, facts)
    ended = last is not None and facts.hours_since(last) <= knowledge.numbers["duplicate.iv_hours"]
    return medication.status == "active" or ended


def oral_magnesium(facts: Facts) -> tuple[Medication, ...]:
    """Oral magnesium being taken: replacement or a single-salt laxative."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.LAXATIVE)
    taken = (m for m in facts.holding_magnesium if m.status == "active" and m.route is not Route.INTRAVENOUS)
    return tuple(m for m in taken if m.magnesium and m.magnesium.kind in kinds)


def oral_magnesium_is_new(facts: Facts) -> bool:
    """Whether all that is taken was started after the low result, which then tells nothing of how well it works."""
    taken, low = oral_magnesium(facts), facts.low
    return bool(taken) and low is not None and all(m.since is not None and m.since > low.when for m in taken)


def drafts_magnesium(facts: Facts) -> bool:
    """The clinician is ordering magnesium replacement."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
    return any(d.magnesium and d.magnesium.kind in kinds for d in facts.drafts)
