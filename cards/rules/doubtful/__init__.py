"""Results that cannot be relied on, or were not there. Of two that could title a card, the earlier does."""

from cards.rules.listed import rules_in

_ORDER = (
    "magnesium_was_not_available",
    "sample_is_contaminated",
    "result_is_implausible",
    "result_is_preliminary",
    "result_is_unreadable",
    "sample_is_haemolysed",
)
RULES = rules_in(__name__, __path__, _ORDER)
