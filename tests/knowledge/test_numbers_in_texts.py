"""A number in a text is a placeholder, or one that a site cannot change and that somebody looked at."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.cards.chart import knowledge
from tests.knowledge.asking import knowledge as with_site

# phrase: why it is no threshold
REVIEWED = {
    r"SGLT2|GLP-1": "a name",
    r"5-7 days": "of tocolysis, from the label",
    r"2-(?= g)|over 5-10 min": "a further loading dose in words",
    r"0\.5-(?= g/h)|1-(?= g/h)": "where an obstetric rate begins",
    r"4-(?= g over -30 min)|-30 min": "where a loading dose begins, and its slow end",
    r"over 20 min or more": "the pace of asthma, in words",
    r"the last 24 h": "told of what was given",
    r"4 g/100 mL|20 or 40 g": "products",
    r"25-[57][05] mg/kg(?=[,)])": "a reference for paediatrics",
    r"level in 2 h|level every 4(?:-6)? h": "how often obstetrics looks",
    r"every 6-12 h": "how often continuous replacement is followed",
    r"20 g in 48 h": "a total with poor kidneys, from the label",
    r"clearance of 30": "of picosulfate, from its label",
    r"1-2 g may be given": "a dose in words",
    r"(?:g|IV) in 24 h|mg\) a day": "what the number before it is told for",
    r"below 2 ng/mL": "a digoxin level, from its label",
    r"\(2 g over 20-60 min with ECG\)": "an expert's dose, not drafted here",
    r"every 12 h for 3 days": "refeeding, as monitoring.yaml says it",
    r"earlier than 4 h": "distribution of an infusion",
    r"1 g(?: IV)? \(at most 2 g\)": "life-threatening need on dialysis, nephrology decides",
    r"20 g or 40 g bags|20 g/500 mL and 40 g/1 L": "products of obstetrics",
    r"2 g/50 mL": "a product",
    r"further (?:seizure |loading dose above )2-4 g|in 24 h|2 g once": "doses in words",
    r"1 g, at most 2 g|one dose of at most 2 g": "single doses in words",
    r"maintenance 1 g/h|every 15 min": "an obstetric rate, and how often pressure is taken",
    r"dilute to 20 % or less": "from the label, and in mg/mL beside it; no site may change it",
    r"60 ms": "a rise above a baseline that is not read",
    r"famotidine 20 mg": "the starting dose of doses.yaml",
    r"[Ss]pironolactone 12\.5(?:-25)? mg|amiloride 5 mg": "the starting dose of doses.yaml, and its usual range",
    r"every 1-3 months|after 1-3 months|after 1-2 weeks|8 weeks or less|in 1 week": "when to look at a medicine again",
    r"[23] h apart": "an interval between two medicines",
    r"grade 3-4": "a grade of the oncology labels",
    r"2 g over 15 min|0\.5-|4-6 g over 6-12 h": "the emergency dose and what follows it",
    r"4\.5-5\.0 in torsades": "an emergency's own goal",
    r"3 or more loose stools": "a count",
    r"within 24 h": "how soon to be seen",
    r"400-(?= mg)|2-3 doses": "where an oral dose starts",
    r"4 g raises magnesium by about 0\.4-0\.6 mg/dL": "an observation",
    r"gluconate 10% 10-20 mL": "the antidote",
    r"Under 18": "the age of majority",
    r"stage 3": "a name",
    r"^3 times$": "a frequency, in words",
    r"25-50 mg/kg(?: magnesium sulfate| IV or IO), at most 2 g(?:, over 10-20 min)?": "a reference for paediatrics",
}


def texts() -> Iterator[tuple[str, str]]:
    for rule, advice in knowledge().advice.items():
        yield rule, advice.summary
        yield from ((f"{rule}.{key}", line.text) for key, line in advice.lines.items())
        for told in (advice.summaries, advice.suggestions):
            yield from ((f"{rule}.{key}", text) for key, text in told.items())
    for key, phrase in knowledge().words.phrases.items():
        yield from ((f"phrases.{key}", text) for text in (phrase if isinstance(phrase, list) else [phrase]))


def without_placeholders(text: str) -> str:
    told = re.sub(r"\{magnesium_range\[([^\]]*)\]\}", r"\1 mg/dL", text)  # a number, in the unit of the site
    return re.sub(r"\{[^{}]*\}", "", told)


def test_a_number_in_a_text_is_a_placeholder_or_reviewed():
    reviewed = re.compile("|".join(REVIEWED))
    left = [(name, reviewed.sub("", without_placeholders(text))) for name, text in texts()]
    assert [(name, text) for name, text in left if re.search(r"\d", text)] == []


def test_every_reviewed_phrase_is_in_use():
    every = [without_placeholders(text) for _, text in texts()]
    assert [phrase for phrase in REVIEWED if not any(re.search(phrase, text) for text in every)] == []


@pytest.mark.parametrize(
    ("number", "value", "unit", "rule", "line", "says"),
    [
        ("fresh.qt_order_baseline", 168, "h", "draft_prolongs_qt", "no_level", "no magnesium in 7 days"),
        ("fresh.baseline", 720, "h", "ppi_needs_baseline_magnesium", "found_digoxin", "last 30 days"),
        ("potassium.magnesium_gap_hours", 48, "h", "low_potassium_needs_magnesium_check", "found", "last 48 h"),
        ("potassium.refractory_hours", 36, "h", "low_potassium_needs_magnesium_check", "found", "36 h or more ago"),
        ("ceiling.iv_rate.emergency", 6, "g/h", "draft_magnesium_dose_is_wrong", "too_fast", "100 mg/min"),
        ("urine_24h.renal_above", 2, "mmol/24 h", "urine_shows_the_loss", "renal_24h", "above 2 mmol, 49 mg"),
    ],
)
def test_a_text_tells_the_number_of_the_site(number, value, unit, rule, line, says):
    known = with_site(f"thresholds:\n  {number}: {{value: {value}, unit: {unit}}}\n")
    assert says in told(known, rule, line)


def told(known, rule, line):
    values = defaultdict(str, n=known.numbers, **known.told_numbers)
    return known.advice[rule].lines[line].text.format_map(values)


def test_the_time_after_an_infusion_is_that_of_the_site():
    known = with_site("thresholds:\n  recheck.after_iv_end: {value: 8, unit: h}\n")
    assert known.monitoring["after_iv"].startswith("8-12 h after")
