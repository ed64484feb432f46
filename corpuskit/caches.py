"""The folder for what can be made again: downloaded models, compiled kernels."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """`corpuskit` in $XDG_CACHE_HOME or in the platform's cache folder; it may not exist yet."""
    if from_environment := os.environ.get("XDG_CACHE_HOME"):
        base = Path(from_environment)
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "corpuskit"
