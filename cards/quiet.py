"""Quiet after an answer: advice that a clinician has answered is not repeated for a while, unless it got worse."""

from cards.knowledge import Knowledge
from cards.model import ABOUT_DRAFTS, Answered, Facts, Finding, Indicator, Medication, Problem

ACCEPTED = "accepted"
_EMERGENCY = "emergency_needs_magnesium"


def advice_name(lead: Finding, facts: Facts) -> str:
    """What makes advice the same: patient, rule and its title, the result behind it, the drafted orders it is about.

    Holds patient data: only a keyed hash of it may be kept.
    """
    m = facts.magnesium
    result = f"{m.when.isoformat()} {m.x}" if m else ""
    drafts = sorted(_order(d) for d in facts.chosen) if lead.problem in ABOUT_DRAFTS else ()
    return "\n".join((facts.patient_id, lead.rule, lead.title, result, *drafts))


def _order(draft: Medication) -> str:
    return f"{draft.name} {draft.route.value} {draft.magnesium}"


def why_quiet(
    answered: Answered, lead: Finding, indicator: Indicator, facts: Facts, knowledge: Knowledge
) -> str | None:
    """Why advice that was answered so need not be given again now; None when it must be."""
    if _must_be_said(answered, lead, indicator):
        return None
    hours = _quiet_hours(answered, facts, knowledge)
    since = facts.hours_since(answered.at)
    if since >= hours:
        return None
    reason = f" ({answered.reason})" if answered.reason else ""
    return f"{answered.outcome}{reason} {_ago(since)}: quiet for {hours:g} h"


def _ago(hours: float) -> str:
    return f"{hours * 60:.0f} min ago" if hours < 1 else f"{hours:.1f} h ago"


def _must_be_said(answered: Answered, lead: Finding, indicator: Indicator) -> bool:
    """Emergencies, toxic levels, missing data, what got worse, and a draft that was to be replaced but was not."""
    return (
        lead.rule == _EMERGENCY
        or lead.problem is Problem.DATA_QUALITY
        or (lead.problem is Problem.HIGH_MAGNESIUM and indicator is Indicator.CRITICAL)
        or indicator > answered.indicator
        or (lead.problem in ABOUT_DRAFTS and answered.outcome == ACCEPTED)
    )


def _quiet_hours(answered: Answered, facts: Facts, knowledge: Knowledge) -> float:
    n = knowledge.numbers
    hours = n["quiet.inpatient"] if facts.inpatient else n["quiet.ambulatory"]
    return min(hours, n["quiet.later"]) if answered.reason in knowledge.override_reasons.later else hours
