"""The YAML files that tests read: each once a process, for their reading took longer than what was tested."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def told_in(path: Path) -> Any:
    """What a YAML file says; shared by all who ask, so not to be changed."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
