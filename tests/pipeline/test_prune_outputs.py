"""Pruning by the record of what is published: outputs of other builds go, nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpuskit.errors import WorkspaceError
from corpuskit.pipeline.prune import prune
from corpuskit.pipeline.steps import OUTPUTS
from corpuskit.publish.published import Published, TaskOutputs
from corpuskit.workspace import Workspace, output_name

STEPS = ("extract", "annotate", "sign", "decide", "gather")
NEEDED = (*STEPS, "dedup", "assign", "route", "tally")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A published build, with an output of another one beside each of its own."""
    workspace = Workspace(tmp_path / "build")
    with workspace.open("khmer"):
        store = workspace.store
        for step in OUTPUTS:
            store.put(output_name(step, "other"), b"other")
        for step in NEEDED:
            store.put(output_name(step, "mine"), b"needed")
        for name in (".work/raw/web/pages.warc", ".work/scan/a.json", "data/train/a.parquet"):
            store.put(name, b"kept")
        needed = [output_name(step, "mine") for step in STEPS]
        others = tuple(
            output_name(step, "mine") for step in ("assign", "route", "tally", "summarize")
        )
        record = Published(
            "k", "b", {}, (TaskOutputs("a", *needed),), output_name("dedup", "mine"), others
        )
        record.write(store)
    return workspace


def names(workspace: Workspace) -> set[str]:
    found = {output.name for output in workspace.store.list(".work")}
    return {name for name in found if not name.endswith(("lock", "identity.json"))}


def test_outputs_that_the_build_was_not_made_of_go(workspace: Workspace) -> None:
    before = names(workspace)
    assert prune(workspace.folder) == (len(OUTPUTS), 5 * len(OUTPUTS))
    gone = before - names(workspace)
    assert gone == {output_name(step, "other") for step in OUTPUTS}
    assert workspace.store.exists("data/train/a.parquet")
    assert prune(workspace.folder) == (0, 0)


def test_an_unfinished_build_is_not_pruned(workspace: Workspace) -> None:
    workspace.store.delete(".work/published.json")
    before = names(workspace)
    with pytest.raises(WorkspaceError, match="holds no finished build with its work; finish it"):
        prune(workspace.folder)
    assert names(workspace) == before


def test_a_running_build_is_not_pruned(workspace: Workspace) -> None:
    before = names(workspace)
    with workspace.open("khmer"), pytest.raises(WorkspaceError, match="in use by a running build"):
        prune(workspace.folder)
    assert names(workspace) == before
