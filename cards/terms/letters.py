"""Letters in one form, in a time that grows with the text.

`unicodedata.normalize` sorts the marks that follow a letter, which takes the square of their number: 80,000 of them
took 27 s, in which nothing else runs. It is called for one sign, or for a few marks, at a time.
"""

from functools import lru_cache
from itertools import chain, groupby, islice
from unicodedata import combining, normalize

_MOST_MARKS = 30  # after one letter, more than any language has (Unicode Standard Annex 15, stream-safe text)


def unaccented(text: str) -> str:
    """The text in plain letters without accents; letters of other scripts stay."""
    return "".join(map(_unaccented, text))


def composed(text: str) -> str:
    """The text with each letter and its marks as one sign, where there is one; thirty marks of a letter are kept."""
    runs = (islice(run, _MOST_MARKS) if marks else run for marks, run in groupby(text, _is_mark))
    return normalize("NFC", "".join(chain.from_iterable(runs)))


@lru_cache(maxsize=4096)
def _unaccented(sign: str) -> str:
    return "".join(part for part in normalize("NFKD", sign) if not combining(part))


@lru_cache(maxsize=4096)
def _is_mark(sign: str) -> bool:
    return bool(combining(normalize("NFD", sign)[0]))
