"""Recommendation and advice text to CDS Hooks cards, offers to FHIR resources."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from cards.answer.fold import folded
from cards.answer.orders import Occasion
from cards.answer.quiet import advice_name
from cards.answer.recall import recalled
from cards.answer.recommendation import Recommendation
from cards.answer.signature import is_signed
from cards.answer.suggestions import Buttons, are_alternatives
from cards.answer.values import common_values
from cards.chart import Chart
from cards.loading import Knowledge
from cards.loading.advice import SECTIONS
from cards.model import Card, DraftMedication, Finding, Indicator, Memory, Problem
from cards.plan.doses import short_name
from cards.terms.terminology import ICD10
from cards.wording import listed, opening, shortened

_SUMMARY_LIMIT = 139
_LINKS = 2
_KNOWLEDGES = 16  # a service has one, and one for each client with a site file of its own
_TOPICS = {
    **dict.fromkeys((Problem.LOW_MAGNESIUM, Problem.CAUSES, Problem.DRAFT_DEPLETES), ("E83.42", "Hypomagnesemia")),
    Problem.HIGH_MAGNESIUM: ("E83.41", "Hypermagnesemia"),
}

Json = dict[str, object]
Values = Mapping[str, object]
NewId = Callable[[], str]


def card(recommendation: Recommendation, chart: Chart, new_id: NewId, memory: Memory | None = None) -> Card:
    """One card with its suggestions, ready to be serialised; its id comes from the memory when there is one."""
    told = {f.rule: _values_of(f, chart) for f in recommendation.findings}
    summary = shortened(_summary(recommendation, chart.knowledge, told), _SUMMARY_LIMIT)
    occasion = Occasion(recommendation.indicator, summary, recommendation.infusion)
    suggestions = Buttons(recommendation, occasion, told, chart, new_id).written()
    uuid = (memory and recalled(lambda: _known_again(recommendation, chart, memory), chart)) or new_id()
    body: Json = {
        "uuid": uuid,
        "summary": summary,
        "indicator": recommendation.indicator.word,
        "source": _source(recommendation, chart),
        "detail": _detail(recommendation, summary, chart.knowledge, told),
    }
    if suggestions:
        together = len(suggestions) > 1 and not are_alternatives(recommendation)
        body |= {"suggestions": suggestions, "selectionBehavior": "any" if together else "at-most-one"}
    body |= {"overrideReasons": _override_reasons(chart.knowledge, recommendation.problem)}
    links = _links(recommendation, chart.knowledge)
    if links:
        body["links"] = links
    rules = tuple(f.rule for f in recommendation.findings)
    uuids = tuple(str(s["uuid"]) for s in suggestions)
    return Card(uuid, recommendation.problem, recommendation.indicator, rules, uuids, body)


def _known_again(recommendation: Recommendation, chart: Chart, memory: Memory) -> str:
    """The id by which the answer to the card will be known."""
    return memory.card_id(advice_name(recommendation.findings, chart), recommendation.indicator)


# -- text -------------------------------------------------------------------------------------------------------------
def _values_of(finding: Finding, chart: Chart) -> Values:
    """What the texts of a finding may name."""
    when = next((t.when for t in finding.tests if t.test == "magnesium"), "")
    order = next((o for s in finding.suggestions for o in s.offers if isinstance(o, DraftMedication)), None)
    product = short_name(order, chart.knowledge) if order else ""
    told = {**common_values(chart), "recheck": chart.knowledge.monitoring.get(when, ""), "product": product}
    return chart.knowledge.voice.values({**told, **finding.values})


def _summary(recommendation: Recommendation, knowledge: Knowledge, told: Mapping[str, Values]) -> str:
    """The leading finding's sentence; where it has no action to name, the first reason why not."""
    lead, *others = recommendation.findings
    said = [_sentence(lead, knowledge, told)]
    if lead.title not in knowledge.advice[lead.rule].summaries:
        reasons = (_sentence(f, knowledge, told) for f in others if f.title in knowledge.advice[f.rule].summaries)
        said += [reason for reason in reasons if len(said[0]) + len(reason) + 2 <= _SUMMARY_LIMIT][:1]
    return opening(knowledge.voice.finished(": ".join(said)))


def _sentence(finding: Finding, knowledge: Knowledge, told: Mapping[str, Values]) -> str:
    advice = knowledge.advice[finding.rule]
    text = advice.summaries.get(finding.title, advice.summary)
    return text.format_map(told[finding.rule])


def _detail(recommendation: Recommendation, summary: str, knowledge: Knowledge, told: Mapping[str, Values]) -> str:
    lines: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for finding in recommendation.findings:
        advice = knowledge.advice[finding.rule]
        for key in finding.say:
            line = advice.lines[key]
            if line.minor and recommendation.indicator is Indicator.CRITICAL:
                continue
            lines[line.section].append(opening(line.text.format_map(told[finding.rule])))
    if recommendation.ordered:
        names = knowledge.voice.value(listed(knowledge.tests[test].short for test in recommendation.ordered))
        lines["check"].append(knowledge.words.say("labels.ordered", tests=names))
    written = [
        f"- **{knowledge.words.say(f'sections.{section}')}:** {text}" if number == 0 else f"- {text}"
        for section, texts in folded({section: list(dict.fromkeys(t)) for section, t in lines.items()}, summary).items()
        for number, text in enumerate(texts)
    ]
    note = knowledge.translation.note
    return knowledge.voice.finished("\n".join((*written, f"\n{note}") if note else written))


# -- the rest ---------------------------------------------------------------------------------------------------------
def _source(recommendation: Recommendation, chart: Chart) -> Json:
    """Who says so: the page of the rule that the service serves, else the first reference that has an address."""
    lead, knowledge = recommendation.lead, chart.knowledge
    references = () if knowledge.home else _references(lead.rule, knowledge)
    page = f"{knowledge.home}/rules/{lead.rule}" if knowledge.home else ""
    url = page or next((link["url"] for link in references), "")
    status = knowledge.words.say("status.approved" if is_signed(recommendation, chart) else "status.draft")
    source: Json = {"label": f"magnesium-cds {knowledge.version} ({status})", **({"url": url} if url else {})}
    if lead.problem in _TOPICS:
        code, display = _TOPICS[lead.problem]
        source["topic"] = {"system": ICD10, "code": code, "display": display}
    return source


def _plain(source: str) -> str:
    return source.removesuffix("m") if source != "MEM" else source


@lru_cache(maxsize=len(Problem) * _KNOWLEDGES)
def _override_reasons(knowledge: Knowledge, problem: Problem) -> list[Json]:
    told = knowledge.override_reasons
    listed = told.of_card(problem)
    return [{"code": code, "system": told.system_of(code), "display": display} for code, display in listed]


def _links(recommendation: Recommendation, knowledge: Knowledge) -> list[Json]:
    """The site's own links that concern the card, then the leading rule's references that have an address."""
    rules = [f.rule for f in recommendation.findings]
    own = [link.as_told() for link in knowledge.site.links if link.is_for(recommendation.problem, rules)]
    return [*own, *_references(recommendation.lead.rule, knowledge)][: max(_LINKS, len(own))]


@lru_cache(maxsize=64 * _KNOWLEDGES)
def _references(rule: str, knowledge: Knowledge) -> tuple[Json, ...]:
    """The references of a rule that have an address; shared by all cards, so never to be changed."""
    listed = dict.fromkeys(map(_plain, knowledge.advice[rule].sources))
    sources = (found for number in listed if (found := knowledge.sources.get(number)) and found.url)
    return tuple({"label": shortened(s.title, 80), "url": s.url, "type": "absolute"} for s in sources)
