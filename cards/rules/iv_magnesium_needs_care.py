"""Which of the medicines make IV magnesium riskier?"""

from cards import assess, dosing, given
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def iv_magnesium_needs_care(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """IV interactions (s.6) and first-degree block or bradycardia (s.2.2), said where IV magnesium is likely."""
    if not _is_likely(facts, knowledge) or assess.is_child(facts):
        return Silence("no low magnesium that would be treated IV, or a hard stop")
    drugs = tuple(
        dict.fromkeys(name for m in facts.taking("iv_interaction") for name in m.ingredients("iv_interaction"))
    )
    slow = facts.has("bradycardia", "av_block_first_degree")
    say = (*(("drugs",) if drugs else ()), *(("heart",) if slow else ()))
    if not say:
        return Silence("no medicine or heart rhythm that makes IV magnesium riskier")
    return Finding(
        rule="iv_magnesium_needs_care",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=say,
        values={"drugs": ", ".join(drugs)},
        leads=False,
    )


def _is_likely(facts: Facts, knowledge: Knowledge) -> bool:
    """Severely low, about to be given it or given it already, and nothing forbids it."""
    low = facts.low
    if low is None or assess.iv_is_forbidden(facts, knowledge, assess.emergency(facts, knowledge)):
        return False
    infused = given.iv_magnesium_in_progress(facts) or dosing.plan(facts, knowledge).iv
    return assess.is_severe_band(low.band) or bool(infused)
