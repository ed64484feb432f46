"""A build that takes foreign lines out: shards, ledger, explain and verify agree on them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from end_to_end.builds import command, published, run, some_pages, write_recipe

import corpuskit as ck
from corpuskit.ledger import EditCount, Ledger

pytestmark = pytest.mark.xdist_group("mixed")

REMOVE = "identify.foreign_lines=remove"
FOREIGN_LINE = "lines/foreign_line"


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Khmer pages of a manual, some of whose paragraphs nobody has translated."""
    folder = tmp_path_factory.mktemp("mixed")
    return write_recipe(folder, some_pages(folder, 60))


@pytest.fixture(scope="module")
def kept(recipe: Path) -> ck.Build:
    return ck.build(ck.load_recipe(recipe), recipe.parent / "kept", workers=1)


@pytest.fixture(scope="module")
def cut(recipe: Path) -> ck.Build:
    return ck.build(ck.load_recipe(recipe, [REMOVE]), recipe.parent / "cut", workers=1)


def rows(build: ck.Build) -> dict[str, dict[str, Any]]:
    """Published documents by the record that they are from."""
    return {row["source_ref"]: row for row in build.dataset.to_table().to_pylist()}


def test_lines_are_only_judged_unless_they_are_to_be_removed(kept: ck.Build) -> None:
    shares = [row["lang_line_share"] or 1 for row in rows(kept).values()]
    assert min(shares) < 0.9
    assert shares.count(1) > len(shares) / 3
    assert {row["removed"] is None for row in rows(kept).values()} == {True}
    assert FOREIGN_LINE not in kept.ledger.edits


def test_documents_are_as_before_without_the_lines_that_the_ledger_counts(
    kept: ck.Build, cut: ck.Build
) -> None:
    before, after = rows(kept), rows(cut)
    total = EditCount()
    for ref, row in after.items():
        lines = row["removed"] or []
        assert row["quality"]["chars"] == len(row["text"])
        if lines:
            total.documents += 1
            total.count += len(lines)
            total.chars += sum(line["chars"] for line in lines)
            total.languages.update(line["lang"] for line in lines)
        if ref in before:
            if lines:
                assert row["lang_line_share"] >= before[ref]["lang_line_share"]
            whole = before[ref]["text"].split("\n")
            gone = {line["line"] - 1 for line in lines}
            rest = [line for at, line in enumerate(whole) if at not in gone and line]
            assert [line for line in row["text"].split("\n") if line] == rest
            assert [len(whole[at]) for at in sorted(gone)] == [line["chars"] for line in lines]
    assert total.documents >= 5
    assert cut.ledger.edits[FOREIGN_LINE] == total
    assert total.languages.keys() == {"eng_Latn"}
    assert ck.verify(cut) == []


def test_explain_and_inspect_tell_of_them(cut: ck.Build) -> None:
    ref, row = next((ref, row) for ref, row in rows(cut).items() if row["removed"])
    (story,) = ck.explain(cut, ref)
    assert [len(line["text"]) for line in story.removed] == [
        line["chars"] for line in row["removed"]
    ]
    told = run("explain", cut.folder, row["id"], "--text").stdout
    assert f"removed     {len(story.removed)} lines" in told
    assert "--- removed ---" in told
    assert all(line["text"] in told for line in story.removed)
    found = json.loads(run("explain", cut.folder, row["id"], "--json").stdout)
    assert found[0]["removed"] == story.removed
    assert f"edited  {FOREIGN_LINE}: " in run("inspect", cut.folder).stdout
    assert FOREIGN_LINE in (cut.folder / "README.md").read_text()


@pytest.mark.parametrize(("workers", "records"), [(2, 7), (1, 1000)])
def test_workers_and_task_sizes(
    recipe: Path, cut: ck.Build, tmp_path: Path, workers: int, records: int
) -> None:
    chosen = ck.load_recipe(recipe, [REMOVE])
    ck.build(chosen, tmp_path / "b", workers=workers, task_records=records)
    assert published(tmp_path / "b") == published(cut.folder)


def test_killed_while_lines_are_taken_out(recipe: Path, cut: ck.Build, tmp_path: Path) -> None:
    """kill -9 once 1, 5 and 9 of the tasks have had their lines judged: the same bytes."""
    small = ("--workers", "2", "--task-records", "3", "--quiet")  # 20 tasks to be killed in
    call = command("build", recipe, "--set", REMOVE, "--out", tmp_path / "b", *small)
    for tasks in (1, 5, 9):
        build = subprocess.Popen(call, start_new_session=True)
        while len(list(tmp_path.glob("b/.work/annotate/*"))) < tasks and build.poll() is None:
            time.sleep(0.01)
        build.kill()  # only the parent: the workers must notice by themselves
        assert build.wait() == -signal.SIGKILL
    assert subprocess.run(call, check=False, timeout=120).returncode == 0
    assert published(tmp_path / "b") == published(cut.folder)
    assert ck.verify(ck.open_build(tmp_path / "b")) == []


def test_the_option_runs_again_from_there_on(
    recipe: Path, kept: ck.Build, cut: ck.Build, tmp_path: Path
) -> None:
    folder = tmp_path / "b"
    ck.build(ck.load_recipe(recipe), folder, workers=1)
    extracted = {path: path.stat().st_mtime_ns for path in (folder / ".work/extract").iterdir()}
    ck.build(ck.load_recipe(recipe, [REMOVE]), folder, workers=1)
    again = {path: path.stat().st_mtime_ns for path in (folder / ".work/extract").iterdir()}
    # the screen looks at every part of a page now, so that pages are extracted again
    assert again.items() > extracted.items()
    assert published(folder) == published(cut.folder)
    ck.build(ck.load_recipe(recipe), folder, workers=1)
    assert published(folder) == published(kept.folder)


def test_verify_sees_a_ledger_that_tells_of_other_lines(recipe: Path, tmp_path: Path) -> None:
    build = ck.build(ck.load_recipe(recipe, [REMOVE]), tmp_path / "b", workers=1)
    data = build.ledger.to_json()
    data["edits"][FOREIGN_LINE]["count"] += 1
    build.__dict__["ledger"] = Ledger.from_json(data)
    (problem,) = ck.verify(build)
    assert problem.startswith(f"{FOREIGN_LINE}: the shards hold ")


def test_the_threshold_drops_mixed_documents_with_their_share(recipe: Path, kept: ck.Build) -> None:
    chosen = ck.load_recipe(recipe, ["quality.khm_Khmr.min_lang_line_share=0.9"])
    build = ck.build(chosen, kept.folder.parent / "dropped", workers=1)
    few = [ref for ref, row in rows(kept).items() if (row["lang_line_share"] or 1) < 0.9]
    assert build.ledger["language/lang_line_share"] >= len(few) > 0
    (story,) = ck.explain(build, few[0])
    assert story.reason == "language/lang_line_share"
    assert [rule["passed"] for rule in story.rules if rule["signal"] == "lang_line_share"] == [
        False
    ]
