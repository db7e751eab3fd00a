"""Quiet after an answer: advice that a clinician has answered is not repeated for a while, unless it got worse."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cards.chart import Chart
from cards.model import (
    ABOUT_DRAFTS,
    Answered,
    DraftMedication,
    Finding,
    Indicator,
    Medication,
    Offer,
    Problem,
    RemoveOrder,
    Setting,
)

ACCEPTED = "accepted"
_CLOCKS_DIFFER = timedelta(hours=1)  # of machines; an answer from later than that was kept while a clock was wrong
# An emergency; and what could not be looked at, which is no result that could have been answered.
NEVER_QUIET = frozenset(
    {"emergency_needs_magnesium", "child_has_torsades", "magnesium_was_not_available", "check_is_incomplete"}
    | {"another_patient_is_named"}
)


def advice_name(findings: Sequence[Finding], chart: Chart) -> str:
    """What makes the advice of these findings, the leading one first, the same as advice given before.

    Patient, result, what is said of dangers, the doses, the drafted orders it is about. Holds patient data: only a
    keyed hash of it may be kept.
    """
    lead, m = findings[0], chart.magnesium
    result = f"{m.when.isoformat()} {m.x}" if m else ""
    said = sorted(said_of(f) for f in findings if f is lead or f.indicator >= Indicator.WARNING)
    doses = (repr(offer) for offer in (*_offers(lead), *_of_protocol(findings)) if isinstance(offer, DraftMedication))
    drafts = sorted(_order(d) for d in chart.chosen if d.roles or d.magnesium) if lead.problem in ABOUT_DRAFTS else ()
    return "\n".join((chart.patient_id, lead.rule, result, *said, *doses, *drafts))


def said_of(finding: Finding) -> str:
    """What a finding says, as far as it makes advice the same or another."""
    return f"{finding.rule} {finding.title} {' '.join(finding.say)} {finding.about}"


def _order(draft: Medication) -> str:
    return f"{draft.name} {draft.route.value} {draft.magnesium}"


def _of_protocol(findings: Sequence[Finding]) -> Iterator[Offer]:
    """The doses of the hospital's own protocol, which stand in place of those of the leading rule."""
    return (offer for f in findings[1:] for s in f.suggestions if s.alternative for offer in s.offers)


def _offers(finding: Finding) -> Iterator[Offer]:
    return (offer for suggestion in finding.suggestions for offer in suggestion.offers)


def why_quiet(answered: Answered, lead: Finding, indicator: Indicator, chart: Chart) -> str | None:
    """Why advice that was answered so need not be given again now; None when it must be."""
    if _must_be_said(answered, lead, indicator):
        return None
    hours = _quiet_hours(answered, lead, indicator, chart)
    since = chart.hours_since(answered.at)
    if since >= hours or answered.at - chart.now > _CLOCKS_DIFFER:
        return None
    reason = f" ({answered.reason})" if answered.reason else ""
    return f"{answered.outcome}{reason} {ago(since)}: quiet for {hours:g} h"


def ago(hours: float) -> str:
    """How long ago, in words."""
    return f"{hours * 60:.0f} min ago" if hours < 1 else f"{hours:.1f} h ago"


def _must_be_said(answered: Answered, lead: Finding, indicator: Indicator) -> bool:
    """Emergencies, toxic levels, missing data, what got worse, and a draft that was to be replaced but was not."""
    return (
        lead.rule in NEVER_QUIET
        or (lead.problem is Problem.HIGH_MAGNESIUM and indicator is Indicator.CRITICAL)
        or indicator > answered.indicator
        or (lead.problem in ABOUT_DRAFTS and answered.outcome == ACCEPTED)
    )


def _quiet_hours(answered: Answered, lead: Finding, indicator: Indicator, chart: Chart) -> float:
    """Days, as a clinic has it, only for what can wait so long and was not accepted without anything being done."""
    n = chart.numbers
    hours = n["quiet.inpatient"] if chart.inpatient else n["quiet.ambulatory"]
    doubtful = lead.problem is Problem.DATA_QUALITY or chart.setting is Setting.UNKNOWN
    if indicator is Indicator.CRITICAL or doubtful or _was_not_done(answered, lead):
        hours = min(hours, n["quiet.inpatient"])
    return min(hours, n["quiet.later"]) if answered.reason in chart.knowledge.override_reasons.later else hours


def _was_not_done(answered: Answered, lead: Finding) -> bool:
    """Accepted, but the order is still offered: once magnesium is ordered, or its source stopped, it is not."""
    return answered.outcome == ACCEPTED and any(isinstance(o, DraftMedication | RemoveOrder) for o in _offers(lead))
