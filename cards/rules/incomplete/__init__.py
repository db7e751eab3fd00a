"""What could not be checked. Asked last, and said where nothing else is; of another patient always."""

from cards.ask import Rule
from cards.rules.incomplete.another_patient_is_named import another_patient_is_named
from cards.rules.incomplete.check_is_incomplete import check_is_incomplete

RULES: tuple[Rule, ...] = (check_is_incomplete, another_patient_is_named)
