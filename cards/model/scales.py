"""The scales that values of a patient are put on: urgency, bands, settings, renal gates, routes, problems."""

from collections.abc import Sequence
from enum import Enum, IntEnum, StrEnum

ADULT_DAYS = 6574  # the eighteenth birthday, leap days counted
DAYS_A_YEAR = 365.25


class Indicator(IntEnum):
    """Urgency of a card, in the words of CDS Hooks."""

    INFO = 0
    WARNING = 1
    CRITICAL = 2

    @property
    def word(self) -> str:
        """The CDS Hooks code."""
        return self.name.lower()


class Band(Enum):
    """Severity of an adult total magnesium (knowledge/thresholds.yaml, `band.*`)."""

    CRITICAL_LOW = "critically low"
    SEVERE = "severely low"
    MODERATE = "moderately low"
    MILD = "mildly low"
    SUBOPTIMAL = "suboptimal"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL_HIGH = "critically high"


LOW_BANDS = frozenset({Band.CRITICAL_LOW, Band.SEVERE, Band.MODERATE, Band.MILD})
SEVERE_BANDS = frozenset({Band.CRITICAL_LOW, Band.SEVERE})
HIGH_BANDS = frozenset({Band.HIGH, Band.CRITICAL_HIGH})


class Freshness(Enum):
    """What a result of this age is good for, in this setting."""

    ACTIONABLE = "actionable"
    REPEAT_FIRST = "repeat first"
    TOO_OLD = "too old"


class Setting(Enum):
    """Where the patient is: INPATIENT with observation and short stay; UNKNOWN is never taken for ambulatory."""

    INPATIENT = "inpatient"
    EMERGENCY = "emergency"
    DAY_UNIT = "day unit"
    AMBULATORY = "ambulatory"
    UNKNOWN = "unknown"

    @property
    def acts_as_inpatient(self) -> bool:
        """Whether results are as fresh, and treatment as near, as in hospital (s.0.6)."""
        return self in _BEDS

    @property
    def stays_overnight(self) -> bool:
        """Whether the patient is there next morning: in hospital or emergency care, not in a day unit (s.0.6)."""
        return self in (Setting.INPATIENT, Setting.EMERGENCY)


_BEDS = frozenset({Setting.INPATIENT, Setting.EMERGENCY, Setting.DAY_UNIT})


class RenalGate(IntEnum):
    """How much magnesium the kidneys allow, in order of strictness and not of number: R4 is "not known".

    R5 stands outside that order: continuous replacement loses magnesium instead of holding it.
    """

    R5 = -1
    R0 = 0
    R1 = 1
    R4 = 2
    R2 = 3
    R3 = 4

    @property
    def is_poor(self) -> bool:
        """eGFR below 30, or as good as that."""
        return self >= RenalGate.R2

    @property
    def is_good(self) -> bool:
        """The patient's own kidneys allow usual single doses."""
        return self in (RenalGate.R0, RenalGate.R1)

    @property
    def in_emergency(self) -> "RenalGate":
        """The gate by whose row an emergency is treated: what is lost all the time is given as to healthy kidneys."""
        return RenalGate.R0 if self is RenalGate.R5 else self

    @staticmethod
    def deciding(gates: Sequence["RenalGate"]) -> "RenalGate":
        """Of several the one that holds: R5 while it runs, else the strictest."""
        return RenalGate.R5 if RenalGate.R5 in gates else max(gates)


# up to which a salt may be used by mouth: with R3 and R4 none is
ORAL_GATES = ("R0", "R1", "R2")


class Route(Enum):
    """How a medicine is given; NOT_SYSTEMIC never counts for magnesium."""

    ORAL = "oral"
    INTRAVENOUS = "intravenous"
    OTHER = "other systemic"
    NOT_SYSTEMIC = "not systemic"
    UNKNOWN = "unknown"


class MagnesiumKind(Enum):
    """What a medicine that contains magnesium is: REPLACEMENT treats a deficit, SOURCE only adds to the load."""

    REPLACEMENT = "replacement"
    LAXATIVE = "laxative or antacid"
    ANTACID = "antacid"
    BOWEL_PREPARATION = "bowel preparation"
    OBSTETRIC = "obstetric bag"
    NUTRITION = "nutrition or fluid"
    DIALYSATE = "dialysate"
    SOURCE = "contains magnesium"


# in which magnesium is given now: see judgements/assess.py
EMERGENCIES = ("torsades", "arrhythmia", "seizure", "qtc", "digoxin")


class Doubt(StrEnum):
    """Why a result counts for nothing, by its phrase (`doubts.` of knowledge/words); of one time the first is told."""

    TEXT_ONLY = "text_only"
    COMPARATOR = "comparator"
    TWO_VALUES = "two_values"
    NO_DATE = "no_date"
    NO_VALUE = "no_value"
    SPECIMEN = "specimen"
    STATUS = "status"
    NO_UNIT = "no_unit"
    TWO_UNITS = "two_units"
    FUTURE = "future"
    IMPOSSIBLE = "impossible"
    ONLY_A_LIMIT = "only_a_limit"
    UNMEASURED = "unmeasured"


OF_UNITS = frozenset({Doubt.NO_UNIT, Doubt.TWO_UNITS})


class Problem(IntEnum):
    """What a card is about: findings of one problem become one card. Order breaks ties between cards."""

    DRAFT_MAGNESIUM = 0
    DRAFT_QT = 1
    DRAFT_DEPLETES = 2
    HIGH_MAGNESIUM = 3
    LOW_MAGNESIUM = 4
    INTERACTION = 5
    DATA_QUALITY = 6
    CAUSES = 7
    LOOK_FOR_LOW = 8
    INCOMPLETE = 9
    DISCHARGE = 10
    REFILL = 11


ABOUT_DRAFTS = frozenset(
    {Problem.DRAFT_MAGNESIUM, Problem.DRAFT_QT, Problem.DRAFT_DEPLETES, Problem.INTERACTION, Problem.REFILL}
)


class Schedule(StrEnum):
    """How often a medicine is to be given, as its order says; one that says nothing of it is given once."""

    ONCE = "once"
    REPEATED = "repeated"
    CONTINUOUS = "continuous"
    RARELY = "rarely"
    AS_NEEDED = "as needed"


class DoseState(StrEnum):
    """What an order or a given dose of IV magnesium is now (clinical rule s.2.4); what is over is none of these."""

    RUNNING = "running"
    GIVEN = "given"
    ORDERED = "ordered"
    AS_NEEDED = "as needed"
