"""Orders being chosen or signed. Of two that could title a card, the earlier does."""

from cards.ask import Rule
from cards.rules.drafts.draft_adds_to_other_magnesium import draft_adds_to_other_magnesium
from cards.rules.drafts.draft_is_digoxin import draft_is_digoxin
from cards.rules.drafts.draft_is_insulin_infusion import draft_is_insulin_infusion
from cards.rules.drafts.draft_is_on_allergy_list import draft_is_on_allergy_list
from cards.rules.drafts.draft_is_unread import draft_is_unread
from cards.rules.drafts.draft_lowers_magnesium import draft_lowers_magnesium
from cards.rules.drafts.draft_magnesium_dose_is_wrong import draft_magnesium_dose_is_wrong
from cards.rules.drafts.draft_magnesium_is_unsafe import draft_magnesium_is_unsafe
from cards.rules.drafts.draft_magnesium_lacks_facts import draft_magnesium_lacks_facts
from cards.rules.drafts.draft_magnesium_meets_unread import draft_magnesium_meets_unread
from cards.rules.drafts.draft_magnesium_needs_kidneys import draft_magnesium_needs_kidneys
from cards.rules.drafts.draft_needs_baseline_magnesium import draft_needs_baseline_magnesium
from cards.rules.drafts.draft_oral_magnesium_is_too_much import draft_oral_magnesium_is_too_much
from cards.rules.drafts.draft_prolongs_qt import draft_prolongs_qt
from cards.rules.drafts.iv_magnesium_interacts import iv_magnesium_interacts
from cards.rules.drafts.magnesium_blocks_absorption import magnesium_blocks_absorption
from cards.rules.drafts.ppi_needs_baseline_magnesium import ppi_needs_baseline_magnesium

RULES: tuple[Rule, ...] = (
    draft_magnesium_is_unsafe,
    draft_magnesium_needs_kidneys,
    draft_magnesium_dose_is_wrong,
    draft_adds_to_other_magnesium,
    draft_oral_magnesium_is_too_much,
    draft_magnesium_lacks_facts,
    draft_magnesium_meets_unread,
    draft_is_unread,
    draft_prolongs_qt,
    draft_is_digoxin,
    draft_needs_baseline_magnesium,
    draft_lowers_magnesium,
    draft_is_insulin_infusion,
    ppi_needs_baseline_magnesium,
    draft_is_on_allergy_list,
    magnesium_blocks_absorption,
    iv_magnesium_interacts,
)
