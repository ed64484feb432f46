"""What a build no longer needs goes; what the next run needs stays."""

from pathlib import Path

import pytest
from end_to_end.builds import published, run

import corpuskit as ck
from corpuskit.errors import WorkspaceError
from corpuskit.pipeline.prune import prune

pytestmark = pytest.mark.xdist_group("small")


def outputs(folder: Path) -> dict[Path, int]:
    work = folder / ".work"
    return {path: path.stat().st_mtime_ns for path in work.rglob("*.table")}


def test_only_what_is_not_needed_goes(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    ck.build(ck.load_recipe(small), folder, workers=1)
    first = outputs(folder)
    other = ck.load_recipe(small, ['normalize.zwsp="strip"', "quality.khm_Khmr.min_chars=1200"])
    ck.build(other, folder, workers=1)
    before, corpus = outputs(folder), published(folder)
    assert len(before) > len(first)

    done = run("prune", folder)
    assert done.returncode == 0, done.stderr
    assert "removed 12 outputs" in done.stdout, done.stdout
    after = outputs(folder)
    assert {path.parent.name for path in set(before) - set(after)} == {
        "annotate", "sign", "decide", "gather", "dedup", "assign", "tally",
        "summarize", "index", "survey",
    }  # fmt: skip
    assert published(folder) == corpus
    assert prune(folder) == (0, 0)

    again = ck.build(other, folder, workers=1)
    assert outputs(folder) == after
    assert ck.verify(again) == []
    assert ck.explain(again, next(iter(again.documents(columns=["id"])))["id"][0].as_py())


def test_what_is_no_finished_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no finished build"):
        prune(tmp_path)
    assert run("prune", tmp_path / "none").returncode == 2
