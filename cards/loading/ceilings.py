"""The ceilings of each renal gate; a site's lower ones make what may be offered smaller, slower, or nothing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from math import ceil

from cards.loading.dose_tables import Doses, IvStep, Product
from cards.loading.reading import KnowledgeError, did_you_mean, read_yaml
from cards.model import RenalGate

_EMERGENCIES = frozenset({"emergency", "digoxin_toxicity"})

Numbers = Mapping[str, float]
Steps = tuple[IvStep, ...]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The ids of the thresholds that limit magnesium: grams IV of a day or course, g/h, elemental mg a day by mouth.

    `signed_`: of those to which a signed protocol may raise them; "" where none may.
    """

    iv_grams: str
    iv_rate: str
    oral_mg: str
    signed_iv_grams: str = ""
    signed_iv_rate: str = ""
    signed_oral_mg: str = ""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The one table of renal gate and ceiling (knowledge/ceilings.yaml)."""

    by_gate: Mapping[RenalGate, Ceiling]

    def of(self, gate: RenalGate) -> Ceiling:
        """The ceilings of a gate; LookupError when there is none."""
        return self.by_gate[gate]


def read_ceilings(path: Traversable, thresholds: Collection[str]) -> Ceilings:
    """The ceilings of every gate; KnowledgeError when one is missing or names no threshold."""
    told = read_yaml(path)
    unknown = [number for entry in told.values() for number in entry.values() if number not in thresholds]
    for number in unknown:
        raise KnowledgeError(f"{path.name}: unknown threshold {number}{did_you_mean(number, thresholds)}")
    missing = [gate.name for gate in RenalGate if gate.name not in told]
    if missing:
        raise KnowledgeError(f"{path.name}: lacks {', '.join(missing)}")
    return Ceilings({RenalGate[gate]: Ceiling(**entry) for gate, entry in told.items()})


def within_ceilings(
    doses: Doses, products: Mapping[str, Product], numbers: Numbers, shipped: Numbers, ceilings: Ceilings
) -> Doses:
    """The doses, none above the ceilings in force; in an emergency only the rate is limited."""
    bags = bags_of(products)
    iv = {
        situation: _emergency(by_gate, numbers)
        if situation in _EMERGENCIES
        else _iv(by_gate, bags, numbers, shipped, ceilings)
        for situation, by_gate in doses.iv.items()
    }
    oral = {band: _oral(by_gate, doses, numbers, ceilings) for band, by_gate in doses.oral.items()}
    return replace(doses, iv=iv, oral=oral)


def _emergency(by_gate: Mapping[RenalGate, Steps], n: Numbers) -> dict[RenalGate, Steps]:
    most = n["ceiling.iv_rate.emergency"]
    return {gate: tuple(_slower(step, most) for step in steps) for gate, steps in by_gate.items()}


def _iv(
    by_gate: Mapping[RenalGate, Steps], bags: Sequence[float], n: Numbers, shipped: Numbers, ceilings: Ceilings
) -> dict[RenalGate, Steps]:
    found = {}
    for gate, steps in by_gate.items():
        most = ceilings.of(gate)
        limited = tuple(
            _slower(step, _rate(step, most.iv_rate, n, shipped)) for step in fewer(steps, n[most.iv_grams], bags)
        )
        if limited:
            found[gate] = limited
    return found


def bags_of(products: Mapping[str, Product]) -> tuple[float, ...]:
    """The grams of the bags of magnesium sulfate, largest first."""
    return tuple(sorted((p.grams for p in products.values() if p.grams), reverse=True))


def fewer(steps: Steps, most: float, bags: Sequence[float]) -> Iterator[IvStep]:
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


def _oral(by_gate: Mapping[RenalGate, int], doses: Doses, numbers: Numbers, ceilings: Ceilings) -> dict[RenalGate, int]:
    """Per gate the largest daily dose of the tables that no preferred salt takes above the ceiling."""
    found = {}
    for gate, told in by_gate.items():
        known = {told, *_daily_doses(doses)}
        most = numbers[ceilings.of(gate).oral_mg]
        below = (mg for mg in known if mg <= told and _most(mg, gate, doses) <= most)
        largest = max(below, default=None)
        if largest is not None:
            found[gate] = largest
    return found


def _daily_doses(doses: Doses) -> set[int]:
    return {mg for name in doses.preferred for mg in doses.salts[name].daily}


def _most(daily: int, gate: RenalGate, doses: Doses) -> float:
    """The most elemental mg a day that a preferred salt makes of a daily dose."""
    salts = [doses.salts[name] for name in doses.preferred if daily in doses.salts[name].daily]
    usable = [salt for salt in salts if gate <= salt.max_gate]
    return max((sum(q * n * s.elemental_per_unit for q, n in s.daily[daily]) for s in usable), default=0.0)
