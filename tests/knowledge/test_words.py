"""The words of conditions are matched in lower case, so they must be written so."""

import re

from tests.cards.chart import knowledge

NEGATED = re.compile(r"\[\^([^]]*)\]")
ODD = re.compile(r"_|\b(?:aki|mi|qt|rapid|bartter)$")
ESCAPED = re.compile(r"\\.")


def test_the_words_of_conditions_are_in_lower_case():
    words = knowledge().terminology.condition_words
    patterns = [p.pattern for w in words for p in (w.pattern, w.unless) if p]
    assert len(words) > 50
    assert [p for p in patterns if ESCAPED.sub("", p) != ESCAPED.sub("", p).lower()] == []


def test_a_denial_ends_with_the_text_that_it_stands_in():
    patterns = [w.unless.pattern for w in knowledge().terminology.condition_words if w.unless]
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
