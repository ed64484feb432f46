"""The version of a published corpus, in one place.

Croissant 1.1 ("Dataset versioning") asks for semantic versions: where documents were removed or
changed, MAJOR is raised. So the version of a build is what its recipe says, and every takedown that
the corpus obeys raises MAJOR by one: a function of facts, the same in every build and rewrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpuskit.recipe.about import FIRST_VERSION


def dataset_version(recipe: Mapping[str, Any], takedowns: int = 0) -> str:
    """The version of a corpus as `MAJOR.MINOR.PATCH`.

    `recipe` is the recipe as in the manifest, `takedowns` the number of takedowns that removed
    documents of the corpus: each raises MAJOR, after which MINOR and PATCH are 0.
    """
    stated = str((recipe.get("about") or {}).get("version") or FIRST_VERSION)
    if not takedowns:
        return stated
    major = int(stated.partition(".")[0])
    return f"{major + takedowns}.0.0"
