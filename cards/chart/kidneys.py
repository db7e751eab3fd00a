"""The renal gate: eGFR as reported or computed (CKD-EPI 2021), dialysis, kidney injury."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.chart.kidney_injury import Injury, injury, is_over
from cards.chart.person import Person
from cards.loading import Knowledge
from cards.model import Condition, Renal, RenalGate, Result

_INJURY = "aki"


def renal_gate(
    results: Mapping[str, Result],
    creatinines: Sequence[Result],
    conditions: Mapping[str, Condition],
    who: Person,
    knowledge: Knowledge,
    now: datetime,
) -> Renal:
    """The gate by the worse of eGFR and clinical state; R4 when nothing is known. `creatinines`: those of months.

    Continuous replacement decides whatever the eGFR, which it makes.
    """
    numbers, words = knowledge.numbers, knowledge.words
    egfr, when = _egfr(results, who, numbers)
    # a course that ends with a result too old to count says nothing of now
    course = creatinines if "creatinine" in results else ()
    by_state = _by_state(course, conditions, knowledge, now)
    if egfr is None:
        return Renal(by_state[0], None, by_state[1]) if by_state else _unmeasured(conditions, knowledge)
    by_egfr = _gate_of(egfr, numbers)
    if by_state and by_state[0] is RenalGate.R5:
        return Renal(by_state[0], egfr, by_state[1], when)
    if by_state and by_state[0] >= by_egfr:
        return Renal(by_state[0], egfr, words.say("kidneys.with_egfr", state=by_state[1], egfr=egfr), when)
    return Renal(by_egfr, egfr, words.say("kidneys.egfr", egfr=egfr), when)


def _by_state(
    creatinines: Sequence[Result], conditions: Mapping[str, Condition], knowledge: Knowledge, now: datetime
) -> tuple[RenalGate, str] | None:
    """The gate of what is on record and of a rising creatinine, with its words."""
    numbers, say = knowledge.numbers, knowledge.words.say
    over = {_INJURY} if is_over(creatinines, now, numbers) else set()
    states = (s for s in knowledge.renal_states if not s.without_egfr and s.condition in conditions.keys() - over)
    found = [(s.gate, s.words) for s in states]
    rising = injury(creatinines, numbers)
    if rising:
        grave = rising is Injury.STAGE_3
        found.append((RenalGate.R3, say("kidneys.stage_3")) if grave else (RenalGate.R2, say("kidneys.rising")))
    decides = RenalGate.deciding([gate for gate, _ in found]) if found else None
    return next((state for state in found if state[0] is decides), None)


def _unmeasured(conditions: Mapping[str, Condition], knowledge: Knowledge) -> Renal:
    """Not known; a stage of chronic disease on record keeps the limits of its gate for what others draft."""
    say = knowledge.words.say
    stage = next((s for s in knowledge.renal_states if s.without_egfr and s.condition in conditions), None)
    if stage is None:
        return Renal(RenalGate.R4, None, say("kidneys.unknown"))
    return Renal(RenalGate.R4, None, say("kidneys.unmeasured", state=stage.words), limits=stage.gate)


def _gate_of(egfr: float, numbers: Mapping[str, float]) -> RenalGate:
    gates = (("egfr.r0", RenalGate.R0), ("egfr.r1", RenalGate.R1), ("egfr.r2", RenalGate.R2))
    return next((gate for limit, gate in gates if egfr >= numbers[limit]), RenalGate.R3)


def _egfr(
    results: Mapping[str, Result], who: Person, numbers: Mapping[str, float]
) -> tuple[float | None, datetime | None]:
    """The newer of the reported eGFR and the one computed from creatinine; reported first when equally old."""
    reported, creatinine = results.get("egfr"), results.get("creatinine")
    if creatinine and (reported is None or creatinine.when > reported.when):
        computed = ckd_epi_2021(creatinine.value, who.age_days, who.sex, numbers)
        if computed is not None:
            return computed, creatinine.when
    return (reported.value, reported.when) if reported else (None, None)


def ckd_epi_2021(
    creatinine: float, age_days: int | None, sex: str | None, numbers: Mapping[str, float]
) -> float | None:
    """eGFR in mL/min/1.73 m2 from creatinine in mg/dL; without a recorded sex the lower (female) value; adults only."""
    if age_days is None:
        return None
    who = "male" if sex == "male" else "female"
    ratio: float = creatinine / numbers[f"ckd_epi.kappa.{who}"]
    egfr: float = numbers["ckd_epi.constant"] * min(ratio, 1.0) ** numbers[f"ckd_epi.alpha.{who}"]
    egfr *= max(ratio, 1.0) ** numbers["ckd_epi.beta"] * numbers["ckd_epi.age"] ** (age_days / 365.25)
    return round(egfr * (numbers["ckd_epi.female"] if who == "female" else 1.0), 1)
