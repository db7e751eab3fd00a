"""What the service knows: numbers, doses, codes, advice texts and sources, read once from data files.

The files are handed in by the caller (`load_knowledge`), so that the core itself touches no file system.
"""

from cards.loading.advice import Advice
from cards.loading.dose_tables import Doses, Product
from cards.loading.hard_stops import HardStop
from cards.loading.knowledge import Knowledge
from cards.loading.load import load_knowledge
from cards.loading.reading import KnowledgeError
from cards.loading.signed import Signed
from cards.loading.site import Site, site_files
from cards.loading.thresholds import Threshold
from cards.loading.windows import Window
from cards.loading.words import Words

__all__ = [
    "Advice",
    "Doses",
    "HardStop",
    "Knowledge",
    "KnowledgeError",
    "Product",
    "Signed",
    "Site",
    "Threshold",
    "Window",
    "Words",
    "load_knowledge",
    "site_files",
]
