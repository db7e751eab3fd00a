"""What several rules ask of a patient who goes home (clinical rule s.14)."""

from cards.chart import Because, Chart, because, inputs, once
from cards.chart.destination import Destination
from cards.judgements import assess, cause_advice, causes, danger, given, iv_states
from cards.model import DoseState, Indicator, MagnesiumKind, Medication, RenalGate, Schedule

_HOLDS = frozenset({"strong", "moderate"})


@once
def may_speak(chart: Chart) -> Because:
    """Whether the rules of adults speak at all: nobody else goes on treating, and it is no magnesium of the ward."""
    if assess.is_child(chart):
        return because("a child: the rule of children speaks")
    if chart.destination is Destination.HOSPITAL:
        return because("goes to another hospital, which goes on treating")
    if _is_obstetric(chart) and not chart.is_low:
        return because("magnesium for pre-eclampsia or neuroprotection, and it is not low")
    return Because(True)


def _is_obstetric(chart: Chart) -> bool:
    kinds = [m.magnesium.kind for m in chart.holding_magnesium if m.magnesium]
    return chart.has("pre_eclampsia") or (MagnesiumKind.OBSTETRIC in kinds and given.iv_magnesium_lately(chart))


def home_is_known(chart: Chart) -> Because:
    """Whether anybody says what goes home."""
    return because("nobody says which medicines go home") if chart.going_home is None else Because(True)


def home(chart: Chart) -> tuple[Medication, ...]:
    """What goes home; none where nobody says."""
    return chart.going_home or ()


def was_low(chart: Chart) -> Because:
    """Whether magnesium was below its lower limit of normal in the days of the stay that count."""
    m = chart.current
    if m is None or chart.is_low:
        return chart.is_low
    hours = chart.numbers["fresh.discharge.repeat"]
    earlier = [x for when, x in m.earlier if chart.hours_since(when) <= hours]
    return chart.below(min(earlier), "limit.lower.default", m.lower_limit) if earlier else chart.is_low


def iv_of_late(chart: Chart) -> bool:
    """IV magnesium of the last days: running, or given (s.14: 72 h)."""
    if iv_states.of_state(chart, DoseState.RUNNING, DoseState.GIVEN):
        return True
    told = [m for m in chart.holding_magnesium if iv_states.is_iv_replacement(m) and m.status != "active"]
    charted = [m for m in told if m.charted or inputs.ADMINISTRATIONS in chart.not_known]  # else the orders tell it
    ends = (iv_states.last_end(m, chart) for m in charted if m.schedule is not Schedule.AS_NEEDED)
    return any(end and chart.at_most(chart.hours_since(end), "discharge.iv_hours") for end in ends)


def causes_that_stay(chart: Chart) -> tuple[str, ...]:
    """Why magnesium will fall again: drugs with at least moderate evidence, loss through the gut, alcohol."""
    taken = chart.active if chart.going_home is None else chart.going_home
    drugs = (r.ingredient for m in taken for r in m.roles if r.role == "cause" and r.evidence in _HOLDS)
    ill = (c.name for group in ("gut_loss", "drinking") for c in chart.among(group))
    return tuple(dict.fromkeys((*drugs, *ill)))


def causes_that_go_home(chart: Chart) -> tuple[Medication, ...]:
    """A PPI taken for long that nothing protects, a loop or thiazide diuretic."""
    ppi = [] if cause_advice.is_protected(chart) else [m for m in home(chart) if causes.is_ppi(m) and _is_old(m, chart)]
    return (*ppi, *(m for m in home(chart) if causes.is_diuretic_drug(m)))


def _is_old(medication: Medication, chart: Chart) -> bool:
    days = causes.days_on_class(medication, chart)
    return bool(chart.at_least(days, "cause.ppi_min_days"))


def risky_qt_drugs(chart: Chart) -> tuple[str, ...]:
    """The torsades-risk drugs that go home, where one alone or their number asks for more magnesium."""
    names = danger.qt_names(home(chart))
    several = chart.at_least(len(names), "discharge.qt_drugs")
    return names if several else tuple(name for name in names if name in chart.knowledge.order_entry.followed)


def monitored(chart: Chart) -> dict[str, str]:
    """The drugs that go home and need magnesium measured there, and when (drugs/classes.yaml, `monitored`)."""
    roles = [r for m in home(chart) for r in m.roles if r.role == "cause"]
    times = {r.ingredient: r.of_class.monitored for r in roles}
    found = {name: told.get(name) or told.get("any") for name, told in times.items()}
    return {name: when for name, when in found.items() if when}


def magnesium_products(chart: Chart) -> tuple[Medication, ...]:
    """Magnesium that goes home, of any kind; where nobody says, the oral magnesium of the stay."""
    if chart.going_home is None:
        return given.oral_magnesium(chart)
    return tuple(m for m in home(chart) if m.magnesium or m.has_role("magnesium_product"))


def kidneys_are_poor(chart: Chart) -> bool:
    """eGFR below 30, kidney injury, or as good as that."""
    return chart.renal.of_drafts in (RenalGate.R2, RenalGate.R3)


def softened(usual: Indicator, chart: Chart) -> Indicator:
    """Information only where the level was drawn so soon after IV magnesium that it reads too high."""
    return Indicator.INFO if given.level_is_early(chart) else usual
