"""Orders being chosen or signed. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = (
    "draft_magnesium_is_unsafe",
    "draft_magnesium_needs_kidneys",
    "draft_magnesium_dose_is_wrong",
    "draft_adds_to_other_magnesium",
    "draft_oral_magnesium_is_too_much",
    "draft_magnesium_lacks_facts",
    "draft_magnesium_meets_unread",
    "draft_is_unread",
    "draft_prolongs_qt",
    "draft_is_digoxin",
    "draft_needs_baseline_magnesium",
    "draft_lowers_magnesium",
    "draft_is_insulin_infusion",
    "ppi_needs_baseline_magnesium",
    "draft_is_on_allergy_list",
    "magnesium_blocks_absorption",
    "iv_magnesium_interacts",
)
RULES = rules_in(__name__, __path__, _ORDER)
