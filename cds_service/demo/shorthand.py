"""A story file as it is written: a chart in shorthand. Times are ages: `2h`, `30d`, `66y`."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_AGE = re.compile(r"(?<!\d)(\d++)([hdy])")
_HOURS = {"h": 1, "d": 24, "y": 8766}
_RESULT_COLUMNS = ("ago", "value", "status", "note")


def _age(value: object) -> object:
    match = _AGE.fullmatch(value) if isinstance(value, str) else None
    return timedelta(hours=int(match[1]) * _HOURS[match[2]]) if match else value


Age = Annotated[timedelta, BeforeValidator(_age)]
Amount = tuple[float, str]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ToldPatient(_Told):
    """Sex and age."""

    sex: Literal["female", "male"]
    age: Age


class ToldStay(_Told):
    """Where the patient is, since when."""

    setting: Literal["inpatient", "ambulatory", "emergency"]
    since: Age


class ToldResult(_Told):
    """A result: `[ago, value]`, `[ago, value, status]` or `[ago, value, status, note]`."""

    ago: Age
    value: float
    status: Literal["final", "preliminary", "corrected", "entered-in-error"] = "final"
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, told: object) -> object:
        return dict(zip(_RESULT_COLUMNS, told, strict=False)) if isinstance(told, list) else told


class ToldMedicine(_Told):
    """An order; one that was given, when `given` says in which status. `until` ends a course, `goes` says with whom."""

    text: str
    rxcui: str
    sig: str
    since: Age
    route: Literal["oral", "intravenous", "subcutaneous"] = "oral"
    dose: Annotated[Amount | None, Field(strict=False)] = None
    rate: Annotated[Amount | None, Field(strict=False)] = None
    per_day: int | None = None
    status: Literal["active", "completed", "stopped"] = "active"
    until: Age | None = None
    given: Literal["in-progress", "completed"] | None = None
    goes: Literal["inpatient", "outpatient", "community", "discharge"] | None = None


class ToldCondition(_Told):
    """A problem by its ICD-10-CM or SNOMED CT code."""

    code: str
    text: str
    since: Age


class ToldTest(_Told):
    """A laboratory test that is ordered; `due` is so long from now."""

    analyte: str
    due: Age


class ToldAllergy(_Told):
    """An allergy by its RxNorm code, with the reaction that was seen."""

    rxcui: str
    text: str
    reaction: str
    since: Age


class ToldStory(_Told):
    """A whole file. `basis` names the worked case it grew from."""

    id: str
    given: str
    title: str
    about: str
    basis: str
    patient: ToldPatient
    stay: ToldStay | None = None
    conditions: tuple[ToldCondition, ...] = Field((), strict=False)
    results: dict[str, Annotated[tuple[ToldResult, ...], Field(strict=False)]] = {}
    medicines: tuple[ToldMedicine, ...] = Field((), strict=False)
    tests: tuple[ToldTest, ...] = Field((), strict=False)
    allergies: tuple[ToldAllergy, ...] = Field((), strict=False)
