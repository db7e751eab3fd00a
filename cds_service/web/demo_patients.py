"""The patients of the demo as its page lists them: who and where, and how urgent the service's own advice is."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from cards import SERVICES, Indicator, prefetch_templates
from cds_service.answer_call import Means, answer_call
from cds_service.demo import Story, stories
from cds_service.demo.fhir_search import Store
from cds_service.demo.prefetched import prefetched
from cds_service.run.settings import MissingData
from cds_service.web.runtime import Runtime

_VIEW = SERVICES[0]
_URGENCY = [indicator.word for indicator in sorted(Indicator, reverse=True)]
_NOTHING = ""


def listing(runtime: Runtime) -> Callable[[], list[dict[str, str]]]:
    """What lists every story, the most urgent first, with the indicator of its first card on opening ("" for none)."""
    ranks = {urgency: rank for rank, urgency in enumerate([*_URGENCY, _NOTHING])}

    @lru_cache(maxsize=1)
    def at(hour: datetime) -> list[dict[str, str]]:
        told = stories(hour)
        store = Store(resource for story in told for resource in story.resources)
        every = [{**_told(story), "urgency": _first_indicator(story.id, store, runtime)} for story in told]
        return sorted(every, key=lambda one: ranks[one["urgency"]])

    return lambda: at(runtime.now().replace(minute=0, second=0, microsecond=0))


def _told(story: Story) -> dict[str, str]:
    return {"id": story.id, "name": story.name, "who": story.who, "about": story.about}


def _first_indicator(patient_id: str, store: Store, runtime: Runtime) -> str:
    """Asked without memory: answers that were given elsewhere do not change the list."""
    known = prefetched(store, prefetch_templates(runtime.knowledge, _VIEW.about), patient_id)
    asked = {"hook": _VIEW.hook, "hookInstance": runtime.new_id()}
    body = {**asked, "context": {"userId": "Practitioner/demo", "patientId": patient_id}, "prefetch": known}
    means = Means(runtime.knowledge, runtime.now(), runtime.new_id, runtime.keys, MissingData.CARD)
    cards = answer_call(body, _VIEW, means).decision.cards
    return max(cards, key=lambda card: card.indicator).indicator.word if cards else _NOTHING
