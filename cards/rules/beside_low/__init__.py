"""What a card of low magnesium says beside its title. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = (
    "kidneys_limit_magnesium",
    "heart_block_forbids_iv",
    "myasthenia_forbids_iv",
    "breathing_failure_forbids_iv",
    "hypotension_forbids_iv",
    "paralysis_forbids_iv",
    "salt_allergy_forbids_iv",
    "oral_is_not_possible",
    "allergy_limits_oral_magnesium",
    "iv_magnesium_is_running",
    "oral_magnesium_is_taken",
    "pregnancy_needs_obstetric_advice",
    "potassium_is_low_too",
    "calcium_is_low_too",
    "phosphate_is_low_too",
    "qt_drug_raises_risk",
    "digoxin_raises_risk",
    "long_qtc_raises_risk",
    "illness_raises_risk",
    "risk_raises_the_goal",
    "albumin_is_low",
    "ionised_magnesium_is_normal",
    "iv_magnesium_needs_care",
    "oral_magnesium_needs_spacing",
    "facts_are_missing",
    "other_samples_are_told",
    "part_is_unread",
    "illness_causes_low_magnesium",
    "urine_shows_the_loss",
)
RULES = rules_in(__name__, __path__, _ORDER)
