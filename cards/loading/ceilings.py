"""A site's lower ceilings applied to the doses that may be offered: smaller, slower, or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil

from cards.loading.dose_tables import Doses, IvStep, Product
from cards.model import RenalGate

_IV_GRAMS = {
    RenalGate.R0: "ceiling.iv_grams_24h",
    RenalGate.R1: "ceiling.iv_grams_24h.r1",
    RenalGate.R2: "ceiling.iv_grams_course.r2",
}
_IV_RATE = {RenalGate.R0: "ceiling.iv_rate", RenalGate.R1: "ceiling.iv_rate", RenalGate.R2: "ceiling.iv_rate.r2"}
_ORAL = {RenalGate.R0: "ceiling.oral_mg.r0", RenalGate.R1: "ceiling.oral_mg.r1", RenalGate.R2: "ceiling.oral_mg.r2"}
_EMERGENCIES = frozenset({"emergency", "digoxin_toxicity"})

Numbers = Mapping[str, float]
Steps = tuple[IvStep, ...]


def within_ceilings(doses: Doses, products: Mapping[str, Product], numbers: Numbers, shipped: Numbers) -> Doses:
    """The doses, none above the ceilings in force; in an emergency only the rate is limited."""
    bags = sorted((p.grams for p in products.values() if p.grams), reverse=True)
    iv = {
        situation: _emergency(by_gate, numbers) if situation in _EMERGENCIES else _iv(by_gate, bags, numbers, shipped)
        for situation, by_gate in doses.iv.items()
    }
    oral = {band: _oral(by_gate, doses, numbers) for band, by_gate in doses.oral.items()}
    return replace(doses, iv=iv, oral=oral)


def _emergency(by_gate: Mapping[RenalGate, Steps], n: Numbers) -> dict[RenalGate, Steps]:
    most = n["ceiling.iv_rate.emergency"]
    return {gate: tuple(_slower(step, most) for step in steps) for gate, steps in by_gate.items()}


def _iv(by_gate: Mapping[RenalGate, Steps], bags: list[float], n: Numbers, shipped: Numbers) -> dict[RenalGate, Steps]:
    found = {}
    for gate, steps in by_gate.items():
        most, rate = n[_IV_GRAMS[gate]], _IV_RATE[gate]
        limited = tuple(_slower(step, _rate(step, rate, n, shipped)) for step in _fewer(steps, most, bags))
        if limited:
            found[gate] = limited
    return found


def _fewer(steps: Steps, most: float, bags: Sequence[float]) -> Iterator[IvStep]:
    """The steps as long as their sum allows, the last one perhaps a smaller bag at the same rate."""
    left = most
    for step in steps:
        grams = step.grams if step.grams <= left else next((bag for bag in bags if bag <= left), 0.0)
        if not grams:
            return
        yield IvStep(grams, ceil(step.minutes * grams / step.grams))
        left -= grams


def _rate(step: IvStep, usual: str, n: Numbers, shipped: Numbers) -> float:
    """A step that is shipped faster than the usual ceiling is meant for symptoms, and has a ceiling of its own."""
    return n["ceiling.iv_rate.symptoms" if step.grams_per_hour > shipped[usual] else usual]


def _slower(step: IvStep, most: float) -> IvStep:
    return step if step.grams_per_hour <= most else IvStep(step.grams, ceil(step.grams * 60 / most))


def _oral(by_gate: Mapping[RenalGate, int], doses: Doses, numbers: Numbers) -> dict[RenalGate, int]:
    """Per gate the largest daily dose of the tables that no preferred salt takes above the ceiling."""
    found = {}
    for gate, told in by_gate.items():
        known = {told, *_daily_doses(doses)}
        below = (mg for mg in known if mg <= told and _most(mg, gate, doses) <= numbers[_ORAL[gate]])
        largest = max(below, default=None)
        if largest is not None:
            found[gate] = largest
    return found


def _daily_doses(doses: Doses) -> set[int]:
    return {mg for name in doses.preferred for mg in doses.salts[name].daily}


def _most(daily: int, gate: RenalGate, doses: Doses) -> float:
    """The most elemental mg a day that a preferred salt makes of a daily dose."""
    salts = [doses.salts[name] for name in doses.preferred if daily in doses.salts[name].daily]
    gates = list(RenalGate)
    usable = [salt for salt in salts if gates.index(gate) <= gates.index(salt.max_gate)]
    return max((sum(q * n * s.elemental_per_unit for q, n in s.daily[daily]) for s in usable), default=0.0)
