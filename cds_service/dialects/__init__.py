"""Answers as a record system wants them: a dialect is a file of facts, applied to the answer in one pass."""

from cds_service.dialects.dialect import Dialect, read_dialect, shipped, standard
from cds_service.dialects.spoken import spoken

__all__ = ["Dialect", "read_dialect", "shipped", "spoken", "standard"]
