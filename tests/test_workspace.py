"""The build folder: whole files or none, one build at a time, one recipe a folder."""

import errno
import json
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from corpuskit.errors import WorkspaceError
from corpuskit.identity import key_of
from corpuskit.store import atomic_file, disk_errors, file_sha256
from corpuskit.workspace import Workspace


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out" / "file.bin"
    with pytest.raises(RuntimeError), atomic_file(target, tmp_path / "scratch") as file:
        file.write(b"half")
        raise RuntimeError
    assert not target.exists()
    assert not list((tmp_path / "scratch").iterdir())
    with atomic_file(target, tmp_path / "scratch") as file:
        file.write(b"whole")
    assert target.read_bytes() == b"whole"
    assert not list((tmp_path / "scratch").iterdir())


def test_tables_come_back_as_written(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    table = pa.table({"text": ["ក", "ខ"], "n": [1, 2]})
    for compression in (None, "lz4"):
        path = workspace.path("extract", f"key-{compression}")
        workspace.write_table(path, table, compression)
        assert workspace.read_table(path).equals(table)
        assert workspace.read_table(path, ["n"]).column_names == ["n"]
    assert workspace.done("extract", "key-lz4")
    assert not workspace.done("extract", "other")


def test_a_damaged_table_says_what_to_do(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    path = workspace.path("extract", "key")
    workspace.write_table(path, pa.table({"n": [1]}))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(WorkspaceError, match="delete it and run the build again"):
        workspace.read_table(path)


def test_the_folder_of_another_version_is_refused(tmp_path: Path) -> None:
    with Workspace(tmp_path / "b").open("khmer") as workspace:
        identity = workspace.work / "identity.json"
        said = json.loads(identity.read_text(encoding="utf-8"))
        workspace.write_json(identity, {**said, "format": said["format"] + 1})
    with (
        pytest.raises(WorkspaceError, match=r"another version of corpuskit \(format 2, not 1\)"),
        Workspace(tmp_path / "b").open("khmer"),
    ):
        pass


def test_the_folder_of_another_recipe_is_refused(tmp_path: Path) -> None:
    with Workspace(tmp_path / "b").open("khmer"):
        pass
    with Workspace(tmp_path / "b").open("khmer"):
        pass
    with (
        pytest.raises(WorkspaceError, match="another recipe \\('khmer', not 'lao'\\)"),
        Workspace(tmp_path / "b").open("lao"),
    ):
        pass


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with (
        pytest.raises(WorkspaceError, match="files that are no build"),
        Workspace(tmp_path).open("khmer"),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(WorkspaceError, match="is a file"), Workspace(tmp_path / "out").open("k"):
        pass


def test_a_second_build_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\n"
            "from corpuskit.workspace import Workspace\n"
            "with Workspace(sys.argv[1]).open('khmer'):\n"
            "    print('open', flush=True)\n"
            "    time.sleep(60)\n",
            str(tmp_path / "b"),
        ],
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with (
            pytest.raises(WorkspaceError, match="in use by a running build"),
            Workspace(tmp_path / "b").open("khmer"),
        ):
            pass
    finally:
        holder.kill()
        holder.wait()
        assert holder.stdout is not None
        holder.stdout.close()
    time.sleep(0.1)
    with Workspace(tmp_path / "b").open("khmer"):  # a killed build leaves no lock behind
        pass


def test_unfinished_files_are_swept_at_the_start(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "b")
    with workspace.open("khmer"):
        pass
    workspace.scratch.mkdir(exist_ok=True)
    (workspace.scratch / "left.tmp").write_text("half")
    with workspace.open("khmer"):
        assert not (workspace.scratch / "left.tmp").exists()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission denied"),
    ],
)
def test_disk_errors_say_what_to_do(number: int, advice: str, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=advice), disk_errors(tmp_path):
        raise OSError(number, "as the system says it")


def test_keys_depend_on_content_not_on_order_of_keys() -> None:
    assert key_of({"a": 1, "b": [2]}) == key_of({"b": [2], "a": 1})
    assert key_of("a", "b") != key_of("ab")
    assert len(key_of("a")) == 32


def test_digest_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert file_sha256(tmp_path / "f").startswith("ba7816bf")
