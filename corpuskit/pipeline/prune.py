"""Free the space of outputs that a finished build was not made of.

Every changed option leaves the outputs of the option before in `.work`, so that going back costs
nothing. What was fetched (`.work/raw`) is never touched.
"""

from __future__ import annotations

from pathlib import Path

from corpuskit.errors import WorkspaceError
from corpuskit.pipeline.steps import OUTPUTS
from corpuskit.publish.published import Published
from corpuskit.store_url import StoreUrl
from corpuskit.workspace import Workspace


def prune(place: str | Path | StoreUrl) -> tuple[int, int]:
    """Delete what the build as published does not need; how many files, and their bytes.

    A further run with the recipe as it is does no work again. Raises WorkspaceError if the build
    is not finished or is running.
    """
    workspace = Workspace(place)
    if Published.read(workspace) is None:
        raise WorkspaceError(
            f"{place} holds no finished build with its work; finish it with `corpuskit build`"
        )
    with workspace.open(workspace.recipe_name()):
        record = Published.read(workspace)
        needed = record.needed if record else frozenset()
        store = workspace.store
        outputs = [output for step in OUTPUTS for output in store.list(f".work/{step}")]
        others = [output for output in outputs if output.name not in needed]
        for output in others:
            store.delete(output.name)
    return len(others), sum(output.bytes for output in others)
