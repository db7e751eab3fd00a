"""What becomes of a rule that would title a card, as the record of a candidate tells it."""

SHOWN, QUIET, SUPPRESSED, SILENT = "shown", "quiet", "suppressed", ""
