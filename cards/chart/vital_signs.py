"""Which conditions the vital signs of the last hours make present, and which they end (clinical rule s.2.2)."""

from collections.abc import Mapping

from cards.loading import Knowledge
from cards.model import Condition, Result

# the vital sign, the limit below which it makes a condition present; of several of one condition the first is told
_PRESENT = (
    ("systolic_pressure", "pressure.systolic_low", "hypotension"),
    ("mean_pressure", "pressure.mean_low", "hypotension"),
    ("heart_rate", "heart_rate.low", "bradycardia"),
)
# the limit from which on it ends what was recorded before it
_OVER = (("systolic_pressure", "pressure.systolic_enough", "hypotension"),)


def with_measured(
    recorded: Mapping[str, Condition], signs: Mapping[str, Result], all_came: bool, known: Knowledge
) -> dict[str, Condition]:
    """The conditions on record, corrected by vital signs; unless `all_came` a later one may be unseen: none ends."""
    found = {name: c for name, c in recorded.items() if not (all_came and _is_over(c, signs, known))}
    for sign, limit, category in reversed(_PRESENT):
        if sign in signs and signs[sign].value < known.numbers[limit]:
            name = known.words.say(f"vital_signs.{sign}", value=signs[sign].value)
            found[category] = Condition(category, name, signs[sign].when, measured=True)
    return found


def _is_over(condition: Condition, signs: Mapping[str, Result], known: Knowledge) -> bool:
    rows = ((signs[s], limit) for s, limit, category in _OVER if s in signs and category == condition.category)
    return any(
        sign.value >= known.numbers[limit] and (condition.since is None or condition.since <= sign.when)
        for sign, limit in rows
    )
