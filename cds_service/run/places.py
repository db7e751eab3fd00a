"""Where files of this service are kept when no setting says."""

import os
import sys
from pathlib import Path


def data_directory() -> Path:
    """The folder for this service's own files in the home of its user."""
    return _user_data() / "magnesium-cds"


def _user_data() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
