"""What changed between two builds: recipe, software, sources, counts, reasons, documents."""

from __future__ import annotations

from pathlib import Path

from corpuskit.callable_module import make_callable
from corpuskit.diff.builds import BuildDiff, Change, compare
from corpuskit.diff.documents import DocumentDiff
from corpuskit.publish import Build
from corpuskit.store_url import StoreUrl

__all__ = ["BuildDiff", "Change", "DocumentDiff", "diff"]


def diff(old: Build | str | Path | StoreUrl, new: Build | str | Path | StoreUrl) -> BuildDiff:
    """What changed from an old build to a new one.

    Works on published folders without `.work`. Documents are compared by id, and those that only
    one build has by `source_ref`. Raises WorkspaceError where there is no build, or one whose
    files are missing or damaged.
    """
    return compare(*(build if isinstance(build, Build) else Build(build) for build in (old, new)))


make_callable(__name__, diff)
