"""The renal gate: eGFR as reported or computed (CKD-EPI 2021), dialysis, kidney injury."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cards.chart.person import Person
from cards.loading import Knowledge
from cards.model import Condition, Renal, RenalGate, Result


def renal_gate(
    results: Mapping[str, Result],
    creatinines: Sequence[Result],
    conditions: Mapping[str, Condition],
    who: Person,
    knowledge: Knowledge,
) -> Renal:
    """The gate by the worse of eGFR and clinical state; R4 when nothing is known."""
    numbers, words = knowledge.numbers, knowledge.words
    by_state = next(((s.gate, s.words) for s in knowledge.renal_states if s.condition in conditions), None)
    egfr, when = _egfr(results, who, numbers)
    if by_state is None and _rising(creatinines, numbers):
        by_state = (RenalGate.R2, words.say("kidneys.rising"))
    if egfr is None:
        gate, reason = by_state or (RenalGate.R4, words.say("kidneys.unknown"))
        return Renal(gate, None, reason, None)
    by_egfr = _gate_of(egfr, numbers)
    if by_state and by_state[0] >= by_egfr:
        return Renal(by_state[0], egfr, words.say("kidneys.with_egfr", state=by_state[1], egfr=egfr), when)
    return Renal(by_egfr, egfr, words.say("kidneys.egfr", egfr=egfr), when)


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
    if age_days is None or creatinine <= 0:
        return None
    who = "male" if sex == "male" else "female"
    ratio: float = creatinine / numbers[f"ckd_epi.kappa.{who}"]
    egfr: float = numbers["ckd_epi.constant"] * min(ratio, 1.0) ** numbers[f"ckd_epi.alpha.{who}"]
    egfr *= max(ratio, 1.0) ** numbers["ckd_epi.beta"] * numbers["ckd_epi.age"] ** (age_days / 365.25)
    return round(egfr * (numbers["ckd_epi.female"] if who == "female" else 1.0), 1)


def _rising(creatinines: Sequence[Result], numbers: Mapping[str, float]) -> bool:
    """Whether the latest creatinine is at least 1.5 times the lowest of the week before it."""
    if not creatinines:
        return False
    newest = max(creatinines, key=lambda r: (r.when, r.value))
    window = numbers["aki.window_hours"] * 3600
    week = [r.value for r in creatinines if 0 <= (newest.when - r.when).total_seconds() <= window and r.value > 0]
    # rounded, since 1.2 / 0.8 is not quite 1.5 for a computer
    return bool(week) and round(newest.value / min(week), 6) >= numbers["aki.creatinine_ratio"]
