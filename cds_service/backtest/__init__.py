"""Back-test: replays a FHIR Bulk Data export through the live decision code and counts the cards.

Reading spreads the export over buckets of patients on disk (`scan`), deciding replays one bucket at a time (`reduce`),
so memory stays bounded; both are plain functions that any engine can run in any order (`engines`).
"""
