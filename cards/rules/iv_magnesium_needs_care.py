"""Which of the medicines make IV magnesium riskier?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import Band, Facts, Finding, Indicator, Problem, Silence


def iv_magnesium_needs_care(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """IV interactions (s.6) and first-degree block or bradycardia (s.2.2), said where IV magnesium is likely."""
    low = facts.low
    likely = low is not None and (assess.is_severe_band(low.band) or (facts.inpatient and low.band is Band.MODERATE))
    if not likely or assess.is_child(facts):
        return Silence("no low magnesium that would be treated IV")
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
