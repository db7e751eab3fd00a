"""Records of what was advised and what became of it: appended to a spool, shipped to a database.

No patient data: ids of cards and suggestions, names of rules, codes, times and counts.
"""
