"""What could not be checked. Asked last, and said only where nothing else is."""

from cards.ask import Rule
from cards.rules.incomplete.check_is_incomplete import check_is_incomplete

RULES: tuple[Rule, ...] = (check_is_incomplete,)
