"""What a site file puts on trial is decided and told in the trace, and shown to nobody; what must not be is refused."""

import json

import pytest

from cards import Decision, KnowledgeError, Problem
from cards.loading.reading import read_yaml
from cards.rules import RULES
from cds_service.curate.rule_pages import rule_facts
from tests.knowledge.asking import FOLDER, MAGNESIUM, RXNORM, ask, knowledge, order, result

LOW = result(MAGNESIUM, 1.5, "mg/dL")
FUROSEMIDE = order(RXNORM, "4603")
MILD, CAUSES = "magnesium_is_mildly_low", "drugs_cause_low_magnesium"
KEPT = read_yaml(FOLDER / "never_on_trial_alone.yaml")


def trial(*rules: str) -> str:
    return f"trial:\n  rules: [{', '.join(rules)}]\n"


def shown(decision: Decision) -> set[str]:
    return {rule for card in decision.cards for rule in card.rules}


def outcome(decision: Decision, rule: str) -> str:
    return next(told.outcome for told in decision.trace.rules if told.rule == rule)


def test_a_rule_that_titles_a_card_is_recorded_and_not_shown() -> None:
    live, tried = ask(None, LOW), ask(trial(MILD), LOW)
    assert MILD in shown(live) and not live.on_trial and MILD not in shown(tried)
    (told,) = tried.on_trial
    assert (told.rule, told.leads, told.problem) == (MILD, True, Problem.LOW_MAGNESIUM)
    assert told.indicator is next(card.indicator for card in live.cards if MILD in card.rules)
    assert outcome(tried, MILD) == "on trial"


def test_a_rule_that_adds_a_line_leaves_the_card_without_it() -> None:
    live, tried = ask(None, LOW, FUROSEMIDE), ask(trial(CAUSES), LOW, FUROSEMIDE)
    assert shown(live) - shown(tried) == {CAUSES} and len(live.cards) == len(tried.cards)
    assert [(told.rule, told.leads) for told in tried.on_trial] == [(CAUSES, False)]
    assert "furosemide" in json.dumps(live.cards[0].body) and "furosemide" not in json.dumps(tried.cards[0].body)


def test_a_rule_on_trial_that_has_nothing_to_say_is_silent_as_ever() -> None:
    tried = ask(trial("albumin_is_low"), LOW)
    assert (tried.on_trial, outcome(tried, "albumin_is_low")) == ((), "silent")
    assert shown(tried) == shown(ask(None, LOW))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("trial: some\n", 1, "trial is `all`, or a mapping with `rules` and `units`"),
        ("trial:\n  rule: []\n", 1, "trial is `all`, or a mapping with `rules` and `units`"),
        ("trial:\n  rules: albumin_is_low\n", 1, "trial is `all`, or a mapping with `rules` and `units`"),
        ("trial:\n  rules:\n    - 7\n", 3, "7 is not a text"),
        ("trial: {}\n", 1, "trial is `all`, or a mapping with `rules` and `units`"),
        ("trial:\n  units: icu\n", 1, "trial is `all`, or a mapping with `rules` and `units`"),
        ("trial:\n  units: [icu, oncolgy]\n", 2, "unknown unit 'oncolgy'; did you mean oncology"),
        ("trial:\n  rules:\n    - albumin_is_lo\n", 3, "did you mean albumin_is_low"),
        ("trial:\n  rules:\n    - albumin_is_low\n    - magnesium_is_high\n", 4, "its cards can be critical"),
    ],
)
def test_a_wrong_trial_is_refused_with_line_and_reason(text: str, line: int, reason: str) -> None:
    with pytest.raises(KnowledgeError) as told:
        knowledge(text)
    assert str(told.value).startswith(f"site.yaml:{line}: ") and reason in str(told.value)


@pytest.mark.parametrize("rule", sorted(rule for group in KEPT.values() for rule in group["rules"]))
def test_what_must_not_be_silent_alone_goes_on_trial_with_everything_only(rule: str) -> None:
    with pytest.raises(KnowledgeError, match=f"{rule} cannot be on trial alone"):
        knowledge(trial(rule))
    assert knowledge("trial: all\n").site.trial.whole


def test_every_rule_that_the_cases_made_critical_and_every_stop_is_kept() -> None:
    names = {rule.name for rule in RULES}
    kept = {rule for group in KEPT.values() for rule in group["rules"]}
    critical = {name for name in names if "critical" in rule_facts(name).indicators}
    stops = {name for name in names if name.endswith("_forbids_iv")}
    assert len(critical) > 10 and len(stops) > 3 and critical | stops <= kept <= names


def test_the_status_says_what_is_on_trial() -> None:
    assert "On trial: calls are evaluated and recorded, nothing is shown." in knowledge("trial: all\n").approval
    assert f"not shown: {MILD}." in knowledge(trial(MILD)).approval and "trial" not in knowledge().approval
