"""The words of conditions are matched in lower case, so they must be written so."""

import re

import pytest

from tests.cards.chart import knowledge

NEGATED = re.compile(r"\[\^([^]]*)\]")
ODD = re.compile(r"_|\b(?:aki|mi|qt|rapid|bartter)$")
ESCAPED = re.compile(r"\\.")


def test_the_words_of_conditions_are_in_lower_case():
    words = knowledge().terminology.condition_words
    patterns = [p.pattern for w in words for p in (w.pattern, w.unless)]
    assert len(words) > 50
    assert [p for p in patterns if ESCAPED.sub("", p) != ESCAPED.sub("", p).lower()] == []


def test_a_denial_ends_with_the_text_that_it_stands_in():
    patterns = [w.unless.pattern for w in knowledge().terminology.condition_words]
    assert [p for p in patterns if any(";" not in those for those in NEGATED.findall(p))] == []


def test_a_condition_in_capitals_is_known_by_its_words():
    assert knowledge().terminology.categories_of([], "ACUTE KIDNEY INJURY") == ("aki",)


def test_no_category_is_shown_by_its_key():
    known = {c for found in knowledge().terminology.condition_codes.values() for c in found}
    known |= {w.category for w in knowledge().terminology.condition_words}
    known |= {category for rows in knowledge().care.values() for category in rows}
    names = knowledge().conditions.names
    assert names.keys() == {category.removeprefix("not ") for category in known}
    assert [name for name in names.values() if ODD.search(name)] == []


OTHERS = [
    "{}; infarction ruled out",
    "{}. Infarction ruled out",
    "{}, infarction ruled out",
    "{} (thymoma excluded)",
    "{} after infarction was excluded",
    "no syncope with {}",
]
OWN = ["no {}", "{} ruled out", "{} (excluded)", "no infarction or {}", "mother with {}"]


@pytest.mark.parametrize("named", ["complete heart block", "myasthenia gravis", "septic shock", "seizure", "dialysis"])
def test_only_a_denial_of_its_own_takes_a_condition_away(named):
    """Another thing that is ruled out beside heart block lifts no stop."""
    categories = knowledge().terminology.categories_of
    said = set(categories([], named))
    assert said and [told for told in OTHERS if not said <= set(categories([], told.format(named)))] == []
    assert [told for told in OWN if said & set(categories([], told.format(named)))] == []
    assert bool(said & set(categories([], f"{named}, now resolved"))) is ("myasthenia" in said)  # which never ends


@pytest.mark.parametrize(
    ("lifts", "told"),
    [
        ("pacemaker", "Complete heart block, not treated with pacemaker"),
        ("pacemaker", "Pacemaker, its implantation excluded"),
        ("ventilated", "Respiratory failure, not treated with mechanical ventilation"),
        ("comfort_care", "No plan for care with hospice"),
        ("transplant", "No care after kidney transplant"),
    ],
)
def test_what_lifts_a_stop_is_denied_by_any_denial_near_it(lifts, told):
    assert lifts not in knowledge().terminology.categories_of([], told)


def test_what_lifts_a_stop_is_listed_as_lifting():
    lifting = {stop.unless for stop in knowledge().hard_stops.values() if stop.unless}
    near = "not treated with {}"
    said = {"pacemaker": "pacemaker", "ventilated": "mechanical ventilation"}
    assert said.keys() == lifting
    assert not any(knowledge().terminology.categories_of([], near.format(words)) for words in said.values())


@pytest.mark.parametrize(
    ("told", "stops"),
    [
        *((told, True) for told in ("Shock", "Anaphylactic shock", "Schock", "choc septique", "Shock, unspecified")),
        *((told, False) for told in ("ICD shock", "Shock wave lithotripsy", "Elektroschock", "Insulin shock")),
        *((told, False) for told in ("Shock excluded", "History of shock")),
    ],
)
def test_shock_is_one_of_the_circulation(told, stops):
    assert ("hypotension" in knowledge().terminology.categories_of([], told)) is stops
