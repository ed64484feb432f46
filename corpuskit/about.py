"""The name this package is installed by, and its version.

The module and the command are `corpuskit`. The distribution is not: on PyPI that name belongs to
another project.
"""

from __future__ import annotations

from typing import Final

DISTRIBUTION: Final = "corpuskit-lrl"
"""What pip, a requirement and `importlib.metadata` call this package."""
UNKNOWN_VERSION: Final = "0"
"""The version of a checkout that is not installed under this name."""


def version() -> str:
    """The installed version; UNKNOWN_VERSION where the distribution is not installed."""
    from importlib import metadata  # slow to import, and `corpuskit --help` does not need it

    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return UNKNOWN_VERSION


def install_hint(*extras: str) -> str:
    """The command that installs corpuskit with these extras: `pip install 'corpuskit-lrl[web]'`."""
    named = f"[{','.join(extras)}]" if extras else ""
    return f"pip install '{DISTRIBUTION}{named}'"
