"""What a card of low magnesium says beside its title. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.beside_low.albumin_is_low import albumin_is_low
from cards.rules.beside_low.allergy_limits_oral_magnesium import allergy_limits_oral_magnesium
from cards.rules.beside_low.calcium_is_low_too import calcium_is_low_too
from cards.rules.beside_low.digoxin_raises_risk import digoxin_raises_risk
from cards.rules.beside_low.facts_are_missing import facts_are_missing
from cards.rules.beside_low.hard_stops import (
    breathing_failure_forbids_iv,
    heart_block_forbids_iv,
    hypotension_forbids_iv,
    myasthenia_forbids_iv,
    paralysis_forbids_iv,
)
from cards.rules.beside_low.illness_causes_low_magnesium import illness_causes_low_magnesium
from cards.rules.beside_low.illness_raises_risk import illness_raises_risk
from cards.rules.beside_low.ionised_magnesium_is_normal import ionised_magnesium_is_normal
from cards.rules.beside_low.iv_magnesium_is_running import iv_magnesium_is_running
from cards.rules.beside_low.iv_magnesium_needs_care import iv_magnesium_needs_care
from cards.rules.beside_low.kidneys_limit_magnesium import kidneys_limit_magnesium
from cards.rules.beside_low.long_qtc_raises_risk import long_qtc_raises_risk
from cards.rules.beside_low.oral_is_not_possible import oral_is_not_possible
from cards.rules.beside_low.oral_magnesium_is_taken import oral_magnesium_is_taken
from cards.rules.beside_low.oral_magnesium_needs_spacing import oral_magnesium_needs_spacing
from cards.rules.beside_low.other_samples_are_told import other_samples_are_told
from cards.rules.beside_low.part_is_unread import part_is_unread
from cards.rules.beside_low.phosphate_is_low_too import phosphate_is_low_too
from cards.rules.beside_low.potassium_is_low_too import potassium_is_low_too
from cards.rules.beside_low.pregnancy_needs_obstetric_advice import pregnancy_needs_obstetric_advice
from cards.rules.beside_low.qt_drug_raises_risk import qt_drug_raises_risk
from cards.rules.beside_low.risk_raises_the_goal import risk_raises_the_goal
from cards.rules.beside_low.salt_allergy_forbids_iv import salt_allergy_forbids_iv
from cards.rules.beside_low.urine_shows_the_loss import urine_shows_the_loss

RULES: tuple[Rule, ...] = (
    kidneys_limit_magnesium,
    heart_block_forbids_iv,
    myasthenia_forbids_iv,
    breathing_failure_forbids_iv,
    hypotension_forbids_iv,
    paralysis_forbids_iv,
    salt_allergy_forbids_iv,
    oral_is_not_possible,
    allergy_limits_oral_magnesium,
    iv_magnesium_is_running,
    oral_magnesium_is_taken,
    pregnancy_needs_obstetric_advice,
    potassium_is_low_too,
    calcium_is_low_too,
    phosphate_is_low_too,
    qt_drug_raises_risk,
    digoxin_raises_risk,
    long_qtc_raises_risk,
    illness_raises_risk,
    risk_raises_the_goal,
    albumin_is_low,
    ionised_magnesium_is_normal,
    iv_magnesium_needs_care,
    oral_magnesium_needs_spacing,
    facts_are_missing,
    other_samples_are_told,
    part_is_unread,
    illness_causes_low_magnesium,
    urine_shows_the_loss,
)
