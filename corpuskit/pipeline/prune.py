"""Free the space of outputs that a finished build was not made of.

Every changed option leaves the outputs of the option before in `.work`, so that going back costs
nothing. What was fetched (`.work/raw`) goes only where everything is to go: it and the outputs hold
texts as they were before personal data was masked.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from corpuskit.errors import WorkspaceError
from corpuskit.pipeline.steps import OUTPUTS
from corpuskit.publish.published import Published
from corpuskit.store import disk_errors
from corpuskit.store_url import StoreUrl
from corpuskit.workspace import Workspace


def prune(place: str | Path | StoreUrl, *, everything: bool = False) -> tuple[int, int]:
    """Delete what the build as published does not need; how many files, and their bytes.

    A further run with the recipe as it is does no work again; after `everything`, which takes the
    outputs of all steps and what was fetched as well, it does all of it. Raises WorkspaceError if
    the build is not finished or is running.
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
        others = [output for output in outputs if everything or output.name not in needed]
        for output in others:
            store.delete(output.name)
        sizes = [output.bytes for output in others]
        if everything:
            raw = [path for path in (workspace.work / "raw").rglob("*") if path.is_file()]
            sizes += [path.stat().st_size for path in raw]
            with disk_errors(workspace.shown):
                _remove(workspace.work / "raw")
    return len(sizes), sum(sizes)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
