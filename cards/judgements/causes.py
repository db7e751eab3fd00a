"""Drugs that lower magnesium: which they are, and how likely it is (clinical rule s.4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from cards.chart import Because, Chart, because, once
from cards.loading import Words
from cards.model import DrugRole, Medication, Route

_POINTS = {"strong": 3, "moderate": 2, "weak": 1}
ACID = "acid_suppressant"


@dataclass(frozen=True, slots=True)
class Culprit:
    """One drug that may have lowered magnesium, with its score and how long it has been taken; `early`: too briefly."""

    medication: Medication
    role: DrugRole
    score: int
    shown: str
    early: bool = False

    @property
    def stopped(self) -> bool:
        """No longer taken, and not merely between two cycles."""
        return self.medication.status != "active" and not self.role.of_class.in_cycles


def depletes(medication: Medication) -> bool:
    """Lowers magnesium with at least moderate evidence, or is handled as a PPI."""
    return medication.has_role("cause") and bool(depleting_roles(medication))


def depleting_roles(medication: Medication) -> tuple[DrugRole, ...]:
    """What of it lowers magnesium with at least moderate evidence."""
    return tuple(r for r in medication.roles if r.role == "cause" and _is_established(r))


def _is_established(role: DrugRole) -> bool:
    """At least moderate evidence; vonoprazan is handled as a PPI (drugs.csv)."""
    return _POINTS.get(role.evidence, 0) > 1 or role.of_class.established


def depleting_names(medications: Iterable[Medication]) -> tuple[str, ...]:
    """The names of the ingredients that lower magnesium, each once."""
    return tuple(dict.fromkeys(r.ingredient for m in medications for r in depleting_roles(m)))


def asks_at_order(draft: Medication, magnesium: float, chart: Chart) -> Because:
    """Whether the order of what lowers magnesium speaks at this level: each class says of which orders, below what."""
    return max((_asks(role, draft, magnesium, chart) for role in depleting_roles(draft)), key=bool)


def _asks(role: DrugRole, draft: Medication, magnesium: float, chart: Chart) -> Because:
    of_class = role.of_class
    if of_class.order_of is not None and role.ingredient not in of_class.order_of:
        return because("its order asks for no correction first")
    if of_class.order_iv_only and draft.route is not Route.INTRAVENOUS:
        return because("not into a vein")
    return chart.below(magnesium, of_class.order_below) if of_class.order_below else Because(True)


def concerns_magnesium(draft: Medication) -> bool:
    """An order whose safety depends on magnesium."""
    judged_by_role = draft.has_role("qt_risk") or draft.has_role("digitalis")
    return bool(draft.magnesium) or depletes(draft) or judged_by_role or bool(corrected_before([draft]))


def no_magnesium_within(hours: str, chart: Chart) -> Because:
    """Whether the last magnesium is longer ago than a threshold in hours, or there is none."""
    last = chart.magnesium
    return chart.above(chart.hours_since(last.when), hours) if last else Because(True, "no magnesium result")


@once
def culprits(chart: Chart) -> tuple[Culprit, ...]:
    """The three likeliest causes; weak ones, and those taken too briefly to be likely, only when there is no other."""
    taken = list(_candidates(chart))
    several = len({m.name for m in taken if depletes(m)}) > 1
    scored = [_scored(m, several, chart) for m in taken]
    scored = [c for c in scored if not c.early] or scored
    strong = [c for c in scored if _is_established(c.role)]
    one_each: dict[str, Culprit] = {}
    for culprit in sorted(strong or scored, key=_likeliest_order):
        one_each.setdefault(culprit.medication.name, culprit)
    ordered = sorted(one_each.values(), key=lambda c: (-c.score, c.medication.name))
    return tuple(ordered[: int(chart.numbers["cause.shown"])])


def _likeliest_order(culprit: Culprit) -> tuple[bool, int, str]:
    """Of several orders of a drug the one that is taken counts, then the one that explains most."""
    return culprit.medication.status != "active", -culprit.score, culprit.shown


def _candidates(chart: Chart) -> Iterable[Medication]:
    for medication in chart.medications or ():
        role = _cause(medication) if medication.has_role("cause") else None
        if role and role.of_class.named_cause and _counts(medication, role, chart):
            yield medication


def _cause(medication: Medication) -> DrugRole | None:
    roles = [r for r in medication.roles if r.role == "cause"]
    return max(roles, key=lambda r: _POINTS.get(r.evidence, 0), default=None)


def _counts(medication: Medication, role: DrugRole, chart: Chart) -> bool:
    """Taken now, or stopped so recently that it still counts."""
    if medication.status == "active":
        return True
    to_come = medication.until is not None and medication.until > chart.now
    ended = medication.since if to_come else medication.until or medication.since
    return ended is not None and chart.hours_since(ended) <= chart.numbers[role.of_class.counts_after_stop] * 24


def _scored(medication: Medication, several: bool, chart: Chart) -> Culprit:
    role = next(r for r in sorted(medication.roles, key=lambda r: -_POINTS.get(r.evidence, 0)) if r.role == "cause")
    days = chart.hours_since(medication.since) / 24 if medication.since else None
    after = role.of_class.plausible_after
    early = bool(after) and medication.status == "active" and bool(chart.below(_days_on(role, days, chart), after))
    plausible = days is not None and not early
    score = _POINTS.get(role.evidence, 0) + plausible + several - early
    return Culprit(
        medication, role, score, f"{role.ingredient}{_since(days, medication, chart.knowledge.words)}", early
    )


def _days_on(role: DrugRole, days: float | None, chart: Chart) -> float | None:
    """For how long a drug of this class has been taken: a renewal, or another drug of it, is no new start."""
    return days if days is None else _days_by_class(chart).get(role.drug_class, days)


@once
def _days_by_class(chart: Chart) -> dict[str, float]:
    """Days since the first of the listed medicines of each class began."""
    starts: dict[str, float] = {}
    for roles, since in ((m.roles, m.since) for m in chart.medications or () if m.since):
        days = chart.hours_since(since) / 24
        starts |= {r.drug_class: max(days, starts.get(r.drug_class, days)) for r in roles}
    return starts


def days_on_class(medication: Medication, chart: Chart) -> float | None:
    """For how many days a drug or another of its class has been taken, without what was stopped long ago."""
    role = _cause(medication)
    counting = [m for m in chart.medications or () if role and _cause_of(m, role) and _counts(m, role, chart)]
    starts = [chart.hours_since(m.since) / 24 for m in (medication, *counting) if m.since]
    return max(starts, default=None)


def _cause_of(medication: Medication, role: DrugRole) -> bool:
    return any(r.drug_class == role.drug_class for r in medication.roles)


def _since(days: float | None, medication: Medication, words: Words) -> str:
    if medication.status != "active":
        return words.say("taken.stopped")
    if days is None:
        return ""
    years = int(days // 365)
    return words.say("taken.years", years=years) if years else words.say("taken.days", days=max(int(days), 1))


def is_diuretic_drug(medication: Medication) -> bool:
    """A loop or thiazide diuretic."""
    return any(r.role == "cause" and r.is_in("diuretic") for r in medication.roles)


def is_acid_suppressant(medication: Medication) -> bool:
    """A proton pump inhibitor or vonoprazan."""
    return any(r.is_in(ACID) for r in medication.roles)


def is_ppi(medication: Medication) -> bool:
    """A proton pump inhibitor: of the acid suppressants the class with a short name."""
    return any(r.is_in(ACID) and r.of_class.short for r in medication.roles)


def corrected_before(medications: Iterable[Medication]) -> tuple[str, ...]:
    """The ingredients before whose every dose magnesium is to be corrected."""
    roles = [r for m in medications for r in m.roles if r.role == "cause"]
    return tuple(r.ingredient for r in roles if r.ingredient in r.of_class.corrected_before)
