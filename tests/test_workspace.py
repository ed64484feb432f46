"""The build folder: one build at a time, one recipe a folder, and what a crash leaves behind."""

from __future__ import annotations

import errno
import json
import pickle
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpuskit.errors import WorkspaceError
from corpuskit.store import LocalStore
from corpuskit.workspace import FORMAT, Workspace, output_name


def test_names_of_outputs() -> None:
    assert output_name("extract", "abc") == ".work/extract/abc.table"
    assert output_name("scan", "abc", ".json") == ".work/scan/abc.json"


def test_outputs_are_in_the_folder_unless_another_store_is_given(tmp_path: Path) -> None:
    here, there = Workspace(tmp_path / "b"), LocalStore(tmp_path / "elsewhere")
    here.store.put("a", b"content")
    assert (tmp_path / "b" / "a").read_bytes() == b"content"
    apart = Workspace(tmp_path / "c", there)
    assert apart.store is there
    with apart.open("khmer"):
        assert (tmp_path / "elsewhere" / ".work" / "identity.json").exists()
        assert (tmp_path / "c" / ".work" / "lock").exists()


def test_a_workspace_can_be_handed_to_a_worker(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.store.put("a", b"content")
    assert pickle.loads(pickle.dumps(workspace)).store.get("a") == b"content"


def test_a_new_folder_says_whose_it_is(tmp_path: Path) -> None:
    with Workspace(tmp_path / "b").open("khmer") as workspace:
        assert json.loads(workspace.store.get(".work/identity.json")) == {
            "recipe": "khmer",
            "format": FORMAT,
        }
        assert workspace.recipe_name() == "khmer"
    with Workspace(tmp_path / "b").open("khmer"):
        pass


@pytest.mark.parametrize("number", [1, 2, None])
def test_the_folder_of_another_version_is_refused(tmp_path: Path, number: int | None) -> None:
    with Workspace(tmp_path / "b").open("khmer") as workspace:
        identity = json.dumps({"recipe": "khmer", "format": number}).encode()
        workspace.store.put(".work/identity.json", identity)
    with pytest.raises(WorkspaceError) as caught, Workspace(tmp_path / "b").open("khmer"):
        pass
    message = str(caught.value)
    assert f"written by another version of corpuskit (format {number}, not 3)" in message
    assert "choose another folder with --out, or delete" in message
    assert f"keep {tmp_path / 'b'}/.work/raw" in message


def test_the_folder_of_another_recipe_is_refused(tmp_path: Path) -> None:
    with Workspace(tmp_path / "b").open("khmer"):
        pass
    with (
        pytest.raises(WorkspaceError, match="another recipe \\('khmer', not 'lao'\\)"),
        Workspace(tmp_path / "b").open("lao"),
    ):
        pass


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[]", "does not hold what corpuskit writes"),
    ],
)
def test_an_identity_that_is_damaged_says_what_to_do(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with Workspace(tmp_path / "b").open("khmer") as workspace:
        workspace.store.put(".work/identity.json", content)
    with pytest.raises(WorkspaceError, match=rf"{message}.*delete that file and run the build"):
        workspace.recipe_name()
    with pytest.raises(WorkspaceError, match=message), Workspace(tmp_path / "b").open("khmer"):
        pass


def test_a_folder_without_a_build_has_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be read"):
        Workspace(tmp_path).recipe_name()


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with (
        pytest.raises(WorkspaceError, match="files that no build of corpuskit made"),
        Workspace(tmp_path).open("khmer"),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    with Workspace(tmp_path).open("khmer"):
        assert (tmp_path / ".work").is_dir()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(WorkspaceError, match="is a file"), Workspace(tmp_path / "out").open("k"):
        pass


def test_a_folder_that_cannot_be_made_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with (
        pytest.raises(WorkspaceError, match="the file system is read-only; choose another"),
        Workspace(tmp_path / "b").open("khmer"),
    ):
        pass


HOLDER = """
import sys, time
from corpuskit.workspace import Workspace
with Workspace(sys.argv[1]).open("khmer"):
    print("open", flush=True)
    time.sleep(60)
"""


def test_a_second_build_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, folder], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"open\n"
        scratch = folder / ".work" / "tmp" / "unfinished"
        scratch.parent.mkdir(exist_ok=True)
        scratch.write_text("of the running build")
        with (
            pytest.raises(WorkspaceError, match="in use by a running build"),
            Workspace(folder).open("khmer"),
        ):
            pass
        assert scratch.exists()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    time.sleep(0.1)
    with Workspace(folder).open("khmer"):  # a killed build leaves no lock behind
        pass


def test_the_folder_is_free_again_after_a_build(tmp_path: Path) -> None:
    with pytest.raises(KeyError), Workspace(tmp_path / "b").open("khmer"):
        raise KeyError
    with Workspace(tmp_path / "b").open("khmer"):
        pass


def test_unfinished_files_are_swept_at_the_start(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "b")
    with workspace.open("khmer"):
        pass
    workspace.scratch.mkdir(exist_ok=True)
    (workspace.scratch / "left.tmp").write_text("half")
    with workspace.open("khmer"):
        assert not (workspace.scratch / "left.tmp").exists()


def test_a_task_is_marked_while_it_is_worked_on(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with workspace.running("extract", "abc"):
        assert workspace.died("extract", "abc")
        assert not workspace.died("annotate", "abc")
        assert not workspace.died("extract", "abd")
    assert not workspace.died("extract", "abc")
    with pytest.raises(KeyError), workspace.running("extract", "abc"):
        raise KeyError
    assert not workspace.died("extract", "abc"), "an exception is no death"


def test_a_killed_process_leaves_its_mark(tmp_path: Path) -> None:
    script = (
        "import os, sys; from corpuskit.workspace import Workspace\n"
        "with Workspace(sys.argv[1]).running('extract', 'abc'): os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=False, timeout=60)
    assert Workspace(tmp_path).died("extract", "abc")


def test_the_journal_grows_line_by_line(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.note(step="extract", done="lost: there is no folder yet")
    workspace.work.mkdir()
    before = time.time()
    for key in ("a", "b"):
        workspace.note(step="extract", done=key)
    journal = (workspace.work / "journal.jsonl").read_text().splitlines()
    lines = [json.loads(line) for line in journal]
    assert [(line["step"], line["done"]) for line in lines] == [("extract", "a"), ("extract", "b")]
    assert all(before - 1 < line["at"] < time.time() + 1 for line in lines)


def test_library_versions_are_remembered(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    assert workspace.software() == {}
    software = {"extract": {"lxml": "5.3"}}
    workspace.keep_software(software)
    assert Workspace(tmp_path).software() == software
    path = workspace.work / "software.json"
    before = path.stat().st_mtime_ns
    workspace.keep_software(software)
    assert path.stat().st_mtime_ns == before, "nothing changed, nothing is written"
    workspace.keep_software({"extract": {"lxml": "5.4"}})
    assert workspace.software() == {"extract": {"lxml": "5.4"}}


def test_a_moved_folder_is_the_same_build(tmp_path: Path) -> None:
    with Workspace(tmp_path / "b").open("khmer") as workspace:
        workspace.store.put(output_name("extract", "abc"), b"content")
    moved = shutil.move(tmp_path / "b", tmp_path / "moved")
    with Workspace(moved).open("khmer") as workspace:
        assert workspace.store.get(output_name("extract", "abc")) == b"content"


def test_messages_have_the_folder_as_the_user_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with Workspace("b").open("khmer") as workspace:
        assert workspace.folder == tmp_path / "b"
    with (
        pytest.raises(WorkspaceError, match=r"^b is the build of another recipe"),
        Workspace("b").open("lao"),
    ):
        pass
