"""What could not be checked. Asked last, and said only where nothing else is."""

from cards.rules.listed import rules_in

_ORDER = ("check_is_incomplete",)
RULES = rules_in(__name__, __path__, _ORDER)
