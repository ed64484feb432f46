"""Free the space of outputs that a finished build was not made of.

Every changed option leaves the outputs of the option before in `.work`, so that going back costs
nothing. What was fetched (`.work/raw`) is never touched.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from corpuskit.errors import WorkspaceError
from corpuskit.workspace import Workspace, disk_errors

_SEGMENTS: Final = ("extract", "annotate", "signature", "decide", "cluster")


def prune(folder: Path) -> tuple[int, int]:
    """Delete what the build as published does not need; how many files, and their bytes.

    A further run with the recipe as it is does no work anew. Raises WorkspaceError if the build
    is not finished or is running.
    """
    workspace = Workspace(folder)
    published = workspace.work / "published.json"
    if not published.is_file():
        raise WorkspaceError(
            f"{folder} holds no finished build with its work; finish it with `corpuskit build`"
        )
    name = json.loads((workspace.work / "identity.json").read_text(encoding="utf-8"))["recipe"]
    with workspace.open(name):
        needed = _needed(json.loads(published.read_text(encoding="utf-8")))
        work = workspace.work
        others = [path for path in _outputs(work) if path.relative_to(work) not in needed]
        size = sum(path.stat().st_size for path in others)
        for path in others:
            with disk_errors(path):
                path.unlink()
    return len(others), size


def _needed(published: dict[str, object]) -> set[Path]:
    """Paths relative to `.work`."""
    outputs = published["outputs"]
    assert isinstance(outputs, list)
    names = {value for one in outputs for key, value in one.items() if key != "source"}
    return {Path(str(name)) for name in (*names, published["clusters"])}


def _outputs(work: Path) -> list[Path]:
    return [path for segment in _SEGMENTS for path in (work / segment).glob("*") if path.is_file()]
