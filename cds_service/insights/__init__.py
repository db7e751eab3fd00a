"""What was advised and what became of it, per day and per rule: the alert burden from the records."""
