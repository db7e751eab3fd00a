"""Decides about magnesium: a patient snapshot in, cards and a trace out. Pure: no clock, network, files, logging."""

from cards.answer.explain import explain
from cards.answer.orders import ROUTES
from cards.chart import Chart
from cards.chart.cut_lists import is_enough
from cards.chart.encounter_setting import setting_told
from cards.chart.fhir import is_id
from cards.chart.inputs import BY_KEY, IF_SENT, INPUTS, KEYS, KINDS, Input, prefetch_templates
from cards.chart.kinds import Kind
from cards.chart.medicines import is_magnesium_given
from cards.chart.sorting import Unread as UnreadEntry
from cards.chart.sorting import What, Why
from cards.decide import decide, further_queries
from cards.loading import Knowledge, KnowledgeError, load_knowledge, site_files
from cards.loading.reading import Places, did_you_mean, parse_yaml, places_of
from cards.loading.signed import DRAFT, Signed, piece_of_protocol
from cards.model import (
    About,
    Answered,
    Card,
    Decision,
    Finding,
    Indicator,
    Memory,
    Problem,
    SetAside,
    Setting,
    Silence,
    Snapshot,
    Stopped,
)
from cards.model.protocol import Protocol
from cards.plan.units_of_stay import is_for_candidate, is_on_trial, unit_of_stay
from cards.protocol.check import Remark as ProtocolRemark
from cards.protocol.check import check as check_protocol
from cards.protocol.page import ProtocolPage
from cards.protocol.page import markdown as protocol_text
from cards.protocol.page import page as protocol_page
from cards.protocol.trial import Tried, try_cases
from cards.protocol.trial import read as read_protocol
from cards.rules import RULES
from cards.services import SERVICES, Service, discovery
from cards.terms.systems import ICD10, LOINC, REQUEST_CATEGORY, RXNORM, SNOMED, UCUM
from cards.wording import listed, shortened

__all__ = [
    "BY_KEY",
    "DRAFT",
    "ICD10",
    "IF_SENT",
    "INPUTS",
    "KEYS",
    "KINDS",
    "LOINC",
    "REQUEST_CATEGORY",
    "ROUTES",
    "RULES",
    "RXNORM",
    "SERVICES",
    "SNOMED",
    "UCUM",
    "About",
    "Answered",
    "Card",
    "Chart",
    "Decision",
    "Finding",
    "Indicator",
    "Input",
    "Kind",
    "Knowledge",
    "KnowledgeError",
    "Memory",
    "Places",
    "Problem",
    "Protocol",
    "ProtocolPage",
    "ProtocolRemark",
    "Service",
    "SetAside",
    "Setting",
    "Signed",
    "Silence",
    "Snapshot",
    "Stopped",
    "Tried",
    "UnreadEntry",
    "What",
    "Why",
    "check_protocol",
    "decide",
    "did_you_mean",
    "discovery",
    "explain",
    "further_queries",
    "is_enough",
    "is_for_candidate",
    "is_id",
    "is_magnesium_given",
    "is_on_trial",
    "listed",
    "load_knowledge",
    "parse_yaml",
    "piece_of_protocol",
    "places_of",
    "prefetch_templates",
    "protocol_page",
    "protocol_text",
    "read_protocol",
    "setting_told",
    "shortened",
    "site_files",
    "try_cases",
    "unit_of_stay",
]
