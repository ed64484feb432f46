"""What is installed beside corpuskit: the optional libraries of its extras."""

from __future__ import annotations

import re
from importlib import metadata
from typing import Final

from packaging.requirements import Requirement

from corpuskit.about import DISTRIBUTION

_EXTRA: Final = re.compile(r'extra == "([\w.-]++)"')
"""In the form in which packaging writes a marker."""


def extras() -> dict[str, dict[str, str | None]]:
    """Per extra, the version of each of its libraries, None for one that is not installed.

    Empty where corpuskit itself runs without being installed.
    """
    try:
        texts = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    versions: dict[str, dict[str, str | None]] = {}
    for requirement in map(Requirement, texts):
        for extra in _extras_of(requirement):
            versions.setdefault(extra, {})[requirement.name] = _version(requirement.name)
    return versions


def _extras_of(requirement: Requirement) -> list[str]:
    """The extras that a requirement belongs to, which its marker names."""
    return _EXTRA.findall(str(requirement.marker)) if requirement.marker else []


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
