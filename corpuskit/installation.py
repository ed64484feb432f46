"""What is installed beside corpuskit: the optional libraries of its extras."""

from __future__ import annotations

from importlib import metadata

from packaging.requirements import Requirement

from corpuskit.about import DISTRIBUTION


def extras() -> dict[str, dict[str, str | None]]:
    """Per extra, the version of each of its libraries, None for one that is not installed.

    Empty where corpuskit itself runs without being installed.
    """
    try:
        about = metadata.metadata(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return {}
    requirements = [Requirement(text) for text in about.get_all("Requires-Dist") or ()]
    return {
        extra: {
            requirement.name: _version(requirement.name)
            for requirement in requirements
            if _belongs_to(requirement, extra)
        }
        for extra in about.get_all("Provides-Extra") or ()
    }


def _belongs_to(requirement: Requirement, extra: str) -> bool:
    marker = requirement.marker
    return bool(marker and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""}))


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None
