"""One rule a file: a question about the facts, answered with a Finding or with why there is none.

The order is that of leading findings: of two that could title a card, the earlier does.
"""

from cards.ask import Rule
from cards.rules.albumin_is_low import albumin_is_low
from cards.rules.breathing_failure_forbids_iv import breathing_failure_forbids_iv
from cards.rules.calcium_is_low_too import calcium_is_low_too
from cards.rules.child_has_low_magnesium import child_has_low_magnesium
from cards.rules.child_has_torsades import child_has_torsades
from cards.rules.digoxin_raises_risk import digoxin_raises_risk
from cards.rules.draft_is_digoxin import draft_is_digoxin
from cards.rules.draft_lowers_magnesium import draft_lowers_magnesium
from cards.rules.draft_magnesium_dose_is_wrong import draft_magnesium_dose_is_wrong
from cards.rules.draft_magnesium_is_unsafe import draft_magnesium_is_unsafe
from cards.rules.draft_prolongs_qt import draft_prolongs_qt
from cards.rules.drugs_cause_low_magnesium import drugs_cause_low_magnesium
from cards.rules.emergency_needs_magnesium import emergency_needs_magnesium
from cards.rules.facts_are_missing import facts_are_missing
from cards.rules.heart_block_forbids_iv import heart_block_forbids_iv
from cards.rules.hypotension_forbids_iv import hypotension_forbids_iv
from cards.rules.illness_causes_low_magnesium import illness_causes_low_magnesium
from cards.rules.illness_raises_risk import illness_raises_risk
from cards.rules.ionised_magnesium_is_low import ionised_magnesium_is_low
from cards.rules.ionised_magnesium_is_normal import ionised_magnesium_is_normal
from cards.rules.iv_magnesium_interacts import iv_magnesium_interacts
from cards.rules.iv_magnesium_is_running import iv_magnesium_is_running
from cards.rules.iv_magnesium_needs_care import iv_magnesium_needs_care
from cards.rules.kidneys_limit_magnesium import kidneys_limit_magnesium
from cards.rules.long_qtc_raises_risk import long_qtc_raises_risk
from cards.rules.low_potassium_needs_magnesium_check import low_potassium_needs_magnesium_check
from cards.rules.magnesium_blocks_absorption import magnesium_blocks_absorption
from cards.rules.magnesium_is_critically_low import magnesium_is_critically_low
from cards.rules.magnesium_is_high import magnesium_is_high
from cards.rules.magnesium_is_mildly_low import magnesium_is_mildly_low
from cards.rules.magnesium_is_moderately_low import magnesium_is_moderately_low
from cards.rules.magnesium_is_severely_low import magnesium_is_severely_low
from cards.rules.magnesium_was_not_available import magnesium_was_not_available
from cards.rules.myasthenia_forbids_iv import myasthenia_forbids_iv
from cards.rules.obstetric_magnesium_is_too_high import obstetric_magnesium_is_too_high
from cards.rules.oral_is_not_possible import oral_is_not_possible
from cards.rules.oral_magnesium_is_taken import oral_magnesium_is_taken
from cards.rules.oral_magnesium_needs_spacing import oral_magnesium_needs_spacing
from cards.rules.paralysis_forbids_iv import paralysis_forbids_iv
from cards.rules.potassium_is_low_too import potassium_is_low_too
from cards.rules.ppi_needs_baseline_magnesium import ppi_needs_baseline_magnesium
from cards.rules.pregnancy_needs_obstetric_advice import pregnancy_needs_obstetric_advice
from cards.rules.qt_drug_raises_risk import qt_drug_raises_risk
from cards.rules.result_is_implausible import result_is_implausible
from cards.rules.result_is_preliminary import result_is_preliminary
from cards.rules.result_is_unreadable import result_is_unreadable
from cards.rules.result_needs_repeat import result_needs_repeat
from cards.rules.risk_raises_the_goal import risk_raises_the_goal
from cards.rules.sample_is_contaminated import sample_is_contaminated
from cards.rules.sample_is_haemolysed import sample_is_haemolysed
from cards.rules.suboptimal_magnesium_is_risky import suboptimal_magnesium_is_risky
from cards.rules.urine_shows_the_loss import urine_shows_the_loss

RULES: tuple[Rule, ...] = (
    magnesium_was_not_available,
    emergency_needs_magnesium,
    child_has_torsades,
    child_has_low_magnesium,
    magnesium_is_critically_low,
    magnesium_is_severely_low,
    magnesium_is_moderately_low,
    magnesium_is_mildly_low,
    result_needs_repeat,
    suboptimal_magnesium_is_risky,
    ionised_magnesium_is_low,
    magnesium_is_high,
    obstetric_magnesium_is_too_high,
    sample_is_contaminated,
    result_is_implausible,
    result_is_preliminary,
    result_is_unreadable,
    sample_is_haemolysed,
    draft_magnesium_is_unsafe,
    draft_magnesium_dose_is_wrong,
    draft_prolongs_qt,
    draft_is_digoxin,
    draft_lowers_magnesium,
    ppi_needs_baseline_magnesium,
    magnesium_blocks_absorption,
    iv_magnesium_interacts,
    kidneys_limit_magnesium,
    heart_block_forbids_iv,
    myasthenia_forbids_iv,
    breathing_failure_forbids_iv,
    hypotension_forbids_iv,
    paralysis_forbids_iv,
    oral_is_not_possible,
    iv_magnesium_is_running,
    oral_magnesium_is_taken,
    pregnancy_needs_obstetric_advice,
    potassium_is_low_too,
    calcium_is_low_too,
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
    illness_causes_low_magnesium,
    urine_shows_the_loss,
    drugs_cause_low_magnesium,
    low_potassium_needs_magnesium_check,
)
