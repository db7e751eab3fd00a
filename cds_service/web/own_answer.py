"""What a hospital's own site or protocol file would answer: the same request, judged with it instead of as shipped."""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from cards import Knowledge, load_knowledge, parse_yaml
from cds_service.fhir_json import as_dict, as_text

WRAPPED = "the protocols alone"


def own_knowledge(files: Mapping[str, str], home: str) -> Knowledge:
    """The shipped knowledge changed by these files, names to texts: a site file, protocols, or both.

    Protocols without a site file stand for one that names them. KnowledgeError says which line is wrong. The last few
    are kept: a page asks again at each change of its chart.
    """
    return _loaded(tuple(sorted(files.items())), home)


@lru_cache(maxsize=4)
def _loaded(kept: tuple[tuple[str, str], ...], home: str) -> Knowledge:
    files = dict(kept)
    protocols = {name: text for name, text in files.items() if _is_protocol(name, text)}
    sites = [name for name in files if name not in protocols]
    name = sites[0] if sites else WRAPPED
    text = files[name] if sites else json.dumps({"protocol": [*protocols]})  # JSON is YAML
    return load_knowledge(resources.files("cards.knowledge"), text, name, home, protocols)


def read_files(value: object) -> dict[str, str]:
    """Names and texts of the files of a body; what is no text is left out."""
    return {name: text for name, told in as_dict(value).items() if (text := as_text(told)) is not None}


def _is_protocol(name: str, text: str) -> bool:
    told = parse_yaml(text, name)
    return isinstance(told, dict) and "rows" in told
