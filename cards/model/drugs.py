"""What drugs do: their roles, and what holds for all drugs of a class."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DrugClass:
    """What holds for every drug of a class (knowledge/drugs/classes.yaml, where each key is told)."""

    name: str = ""
    short: str = ""
    group: str = ""
    advice: str = "other"
    also: str = ""
    spared: bool = False
    instead: str = ""
    partner: str = ""
    recheck: Mapping[str, str] = field(default_factory=dict, hash=False)
    monitored: Mapping[str, str] = field(default_factory=dict, hash=False)
    established: bool = False
    named_cause: bool = True
    plausible_after: str = ""
    counts_after_stop: str = "cause.stopped_days"
    in_cycles: bool = False
    order_below: str = ""
    order_low_calcium: bool = False
    order_iv_only: bool = False
    order_infusion: bool = False
    order_of: tuple[str, ...] | None = None
    corrected_before: tuple[str, ...] = ()
    binds: tuple[str, ...] = ()
    with_iv: str = "heart"
    with_iv_above: str = ""
    with_iv_by_vein: tuple[str, ...] = ()
    leaves_alkali: tuple[str, ...] = ()
    fails_beside: bool = False
    meets_minerals: bool = False
    stays_in_gut: bool = False


@dataclass(frozen=True, slots=True)
class DrugRole:
    """One thing a drug does, with evidence and source (knowledge/codes/drugs.csv), and the class it does it as."""

    ingredient: str
    rxcui: str
    drug_class: str
    role: str
    evidence: str
    onset: str
    advice: str
    source: str
    hours_before: str = ""
    hours_after: str = ""
    avoid: bool = False
    ph_only: bool = False
    of_class: DrugClass = field(default_factory=DrugClass, repr=False)

    def is_in(self, group: str) -> bool:
        """Whether its class belongs to a group."""
        return self.of_class.group == group
