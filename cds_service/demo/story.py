"""The stories: invented patients, each with something to see, as FHIR R4 resources dated from now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources

import yaml

from cds_service.demo.shorthand import ToldStory
from cds_service.demo.story_patient import StoryPatient
from cds_service.fhir_json import JsonDict

_PLACES = {"inpatient": "in hospital", "ambulatory": "at the clinic", "emergency": "in the emergency department"}


@dataclass(frozen=True, slots=True)
class Story:
    """One patient: `id` is the patient's, `title` and `who` say who and where, `about` what to see."""

    id: str
    name: str
    who: str
    title: str
    about: str
    resources: tuple[JsonDict, ...]


def stories(now: datetime) -> tuple[Story, ...]:
    """All stories, dated from the full hour before `now`: the same objects within an hour; do not change them."""
    return _stories(now.astimezone(UTC).replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=2)
def _stories(hour: datetime) -> tuple[Story, ...]:
    return tuple(_story(told, hour) for told in told_stories())


@lru_cache(maxsize=1)
def told_stories() -> tuple[ToldStory, ...]:
    """The story files in shorthand, in the order of their names; ValidationError when one is wrong."""
    folder = resources.files("cds_service.demo") / "stories"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    return tuple(ToldStory.model_validate(yaml.safe_load(item.read_bytes())) for item in files)


def _story(told: ToldStory, now: datetime) -> Story:
    made = tuple(StoryPatient(told.id, now).resources(told))
    return Story(told.id, told.given, _who(told), told.title, told.about, made)


def _who(told: ToldStory) -> str:
    years = int(told.patient.age / timedelta(days=365.25))
    return f"{years}, {_PLACES[told.stay.setting]}" if told.stay else f"{years}"
