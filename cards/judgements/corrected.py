"""When "correct magnesium first" is done already: magnesium in the cart, running or given, or an old drug renewed."""

from cards.chart import Because, Chart, because
from cards.judgements import indication, other_magnesium
from cards.model import Medication

_DAY = 24


def is_under_way(chart: Chart) -> Because:
    """Magnesium lies in the cart, runs or was given in the last 24 hours (clinical rule s.5)."""
    drafted = any(indication.is_wanted(d) for d in chart.drafts)
    if drafted or other_magnesium.listed(chart):
        return Because(True, "magnesium is in the same cart, runs or was given in the last day")
    return because("no magnesium is given or drafted")


def new_starts(drafts: tuple[Medication, ...], chart: Chart) -> tuple[Medication, ...]:
    """The drafts without those that renew a drug taken for long, while magnesium is not below moderately low."""
    m = chart.current
    if m is None or m.x < chart.numbers["renewal.magnesium"]:
        return drafts
    return tuple(d for d in drafts if not is_renewal(d, chart))


def is_renewal(draft: Medication, chart: Chart) -> bool:
    """Whether the order follows one of the same drug that has been taken for more than 30 days."""
    days = chart.numbers["renewal.taken_days"]
    return any(
        m.since is not None and chart.hours_since(m.since) > days * _DAY and _is_same(draft, m) for m in chart.active
    )


def _is_same(draft: Medication, other: Medication) -> bool:
    return bool(draft.roles) and {r.ingredient for r in draft.roles} == {r.ingredient for r in other.roles}
