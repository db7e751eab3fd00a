"""What could not be checked. Asked last, and said where nothing else is; of another patient always."""

from cards.rules.listed import rules_in

_ORDER = ("check_is_incomplete", "another_patient_is_named")
RULES = rules_in(__name__, __path__, _ORDER)
