"""The tests here read the whole knowledge some hundred times; a test changes a file or two of it."""

import pickle
from collections.abc import Iterator
from functools import cache

import pytest

from cards.loading import reading


@pytest.fixture(autouse=True, scope="package")
def equal_texts_are_parsed_once() -> Iterator[None]:
    """Each reader of a YAML file is given a copy of its own of what an equal text said; a wrong text is parsed anew."""
    plain = reading.parse_yaml
    parse = cache(lambda text, name: pickle.dumps(plain(text, name)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "parse_yaml", lambda text, name: pickle.loads(parse(text, name)))
        yield
