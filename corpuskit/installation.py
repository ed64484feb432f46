"""What is installed beside corpuskit: the optional libraries of its extras."""

from __future__ import annotations

import re
from importlib import metadata
from typing import Final

from corpuskit.about import DISTRIBUTION

_OPTIONAL: Final = re.compile(r"""([\w.-]+)[^;]*;.*\bextra\s*==\s*['"]([\w-]+)['"]""")


def extras() -> dict[str, dict[str, str | None]]:
    """Per extra, the version of each of its libraries, None for one that is not installed.

    Empty where corpuskit itself runs without being installed.
    """
    try:
        requirements = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    versions: dict[str, dict[str, str | None]] = {}
    for requirement in requirements:
        if optional := _OPTIONAL.match(requirement):
            library, extra = optional.groups()
            versions.setdefault(extra, {})[library] = _version(library)
    return versions


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
