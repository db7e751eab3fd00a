"""Which oral magnesium may be offered: the daily dose of a band, made up of the first salt that suits the patient."""

from collections.abc import Iterator
from dataclasses import replace

from cards.chart import Chart
from cards.judgements import allergies, assess, given
from cards.loading import Knowledge
from cards.loading.dose_tables import Salt
from cards.loading.words import Words
from cards.model import Allergy, DoseStep, DraftMedication
from cards.plan import lists
from cards.units import shown

_TIMES = {1: "once", 2: "twice", 3: "three"}


def oral(band: str, chart: Chart) -> DraftMedication | None:
    """The oral order of a row of protocol.yaml, or None when a gate, a stop or a medicine already taken forbids it."""
    daily = _daily(band, chart)
    salt = next((s for s in _fitting(daily, chart) if not _allergies_to(s, chart)), None) if daily else None
    if not (salt and daily):
        return None
    pieces = (f"dose:oral.{band}.{chart.renal.gate.name}", f"dose:salts.{salt.id}", "dose:oral.days")
    return replace(_oral_order(salt, daily, chart.knowledge), pieces=pieces)


def passed_over(band: str, chart: Chart) -> tuple[Allergy, ...]:
    """What the allergy list says against the salt that the oral order of a row would be of."""
    daily = _daily(band, chart)
    first = next(_fitting(daily, chart), None) if daily else None
    return _allergies_to(first, chart) if first else ()


def _daily(band: str, chart: Chart) -> int | None:
    """The elemental mg a day for a band; None where no oral order may be offered."""
    if chart.is_adult is not True or assess.cannot_take_oral(chart) or given.oral_replacement(chart):
        return None
    if given.gut_is_unused(chart) or lists.may_hide_tablets(chart):
        return None
    daily = chart.knowledge.doses.oral[band].get(chart.renal.gate) if band else None
    return None if daily is None or assess.avoids_oral(chart) else daily


def _fitting(daily: int, chart: Chart) -> Iterator[Salt]:
    """The salts of the formulary that suit gut and kidneys and can make up the dose, the preferred first."""
    salts = (chart.knowledge.doses.salts[name] for name in chart.knowledge.doses.preferred)
    gentle = assess.has_gut_loss(chart)
    return (s for s in salts if daily in s.daily and (s.gentle or not gentle) and chart.renal.gate <= s.max_gate)


def _allergies_to(salt: Salt, chart: Chart) -> tuple[Allergy, ...]:
    """The entries that stand against a salt; one that is gentle suits who had diarrhoea of a salt that nobody names."""
    named = allergies.to_salt(chart.knowledge.products[salt.id].salt or "", chart)
    return named or (() if salt.gentle else allergies.to_unnamed_salt(chart))


def _oral_order(salt: Salt, daily: int, knowledge: Knowledge) -> DraftMedication:
    elemental = sum(q * n * salt.elemental_per_unit for q, n in salt.daily[daily])
    words = knowledge.words
    told = [(q, n, _oral_text(salt, q, n, words)) for q, n in salt.daily[daily]]
    steps = tuple(
        DoseStep(words.say("dose.oral_full", dose=dose, total=elemental), q, salt.unit, n, short=dose)
        for q, n, dose in told
    )
    return DraftMedication(salt.id, steps, knowledge.doses.oral_days, elemental)


def _oral_text(salt: Salt, quantity: float, per_day: int, words: Words) -> str:
    times = words.say(f"dose.{_TIMES.get(per_day, 'more')}", times=per_day)
    return words.say("dose.oral", amount=_amount(salt, quantity, words), times=times)


def _amount(salt: Salt, quantity: float, words: Words) -> str:
    if salt.unit == "mg":
        return words.say("dose.elemental", amount=quantity)
    return words.say("dose.units" if quantity > 1 else "dose.unit", amount=shown(quantity, 1), unit=salt.unit)
