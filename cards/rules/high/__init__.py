"""Cards of high magnesium. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = (
    "magnesium_is_high",
    "iv_magnesium_is_toxic",
    "obstetric_magnesium_is_too_high",
    "medicines_are_unread",
)
RULES = rules_in(__name__, __path__, _ORDER)
