"""What is said when a patient goes home. Of two that could title the card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = (
    "severe_low_goes_home",
    "high_level_goes_home",
    "kidneys_limit_home_magnesium",
    "qt_drug_goes_home",
    "moderate_low_goes_home",
    "mild_low_goes_home",
    "child_goes_home_low",
    "level_is_held_by_iv",
    "monitored_drug_goes_home",
    "cause_goes_home",
    "level_may_read_too_high",
    "home_list_is_unread",
)
RULES = rules_in(__name__, __path__, _ORDER)
