"""The local store: the contract of every store, and what a folder adds to it."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from store_contract import NAME, TABLE, StoreContract

from corpuskit import store as stores
from corpuskit.errors import DamagedOutputError, WorkspaceError
from corpuskit.store import LocalStore, as_json, atomic_file, disk_errors, file_sha256

MOUNTS = ("/dev/shm", "/run", "/var/tmp")
"""Folders that are often on a file system of their own."""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than the test's."""
    here = tmp_path.stat().st_dev
    for mount in map(Path, MOUNTS):
        if mount.is_dir() and os.access(mount, os.W_OK) and mount.stat().st_dev != here:
            with TemporaryDirectory(dir=mount) as folder:
                yield Path(folder)
            return
    pytest.skip(f"none of {', '.join(MOUNTS)} is another file system that can be written")


class TestLocalStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalStore:
        return LocalStore(tmp_path / "build")


class TestOnAnotherFileSystem(StoreContract):
    """The contract where `data` and an output's folder are links to another file system."""

    @pytest.fixture
    def store(self, tmp_path: Path, elsewhere: Path) -> LocalStore:
        folder = tmp_path / "build"
        (folder / ".work").mkdir(parents=True)
        for name in ("data", ".work/extract"):
            target = elsewhere / name
            target.mkdir(parents=True)
            (folder / name).symlink_to(target)
        return LocalStore(folder)

    def test_nothing_but_the_output_is_left(self, store: LocalStore, elsewhere: Path) -> None:
        store.put("data/a.bin", b"content")
        assert [path.name for path in (elsewhere / "data").iterdir()] == ["a.bin"]
        assert not any(store.scratch.iterdir())

    def test_a_full_disk_there_leaves_nothing(
        self, store: LocalStore, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(WorkspaceError, match="the disk is full"):
            store.put("data/a.bin", b"content")
        assert not any((elsewhere / "data").iterdir())
        assert not any(store.scratch.iterdir())

    def test_what_a_killed_copy_left_is_not_listed(
        self, store: LocalStore, elsewhere: Path
    ) -> None:
        (elsewhere / "data" / ".a.bin.unfinished").write_bytes(b"half")
        store.put("data/b.bin", b"content")
        assert [output.name for output in store.list("data")] == ["data/b.bin"]

    def test_the_copy_and_the_folder_are_synced(
        self, store: LocalStore, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        synced = record_syncs(monkeypatch)
        store.put("data/a.bin", b"content")
        (path,) = (elsewhere / "data").iterdir()
        assert path.stat().st_ino in synced
        assert synced[-1] == (elsewhere / "data").stat().st_ino


def record_syncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The inode of everything that is synced from now on, in order."""
    synced: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return synced


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "build")


def test_the_file_and_then_its_folder_are_synced(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = record_syncs(monkeypatch)
    store.put(NAME, b"content")
    path = store.path(NAME)
    assert synced == [path.stat().st_ino, path.parent.stat().st_ino]


def test_all_that_was_written_is_there_when_the_file_is_synced(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    store.put(NAME, b"x" * 10)
    assert sizes[0] == 10


def test_a_file_is_renamed_and_not_copied(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("copied on one file system")

    monkeypatch.setattr(shutil, "copyfileobj", refuse)
    with store.writing(NAME) as file:
        inode = os.fstat(file.fileno()).st_ino
        file.write(b"content")
    assert store.path(NAME).stat().st_ino == inode


def test_other_errors_of_a_rename_are_told(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(WorkspaceError, match="permission denied; choose another folder"):
        store.put(NAME, b"content")
    assert not any(store.scratch.iterdir())


def test_unfinished_files_are_apart_and_have_names_of_their_own(store: LocalStore) -> None:
    with store.writing(NAME) as first, store.writing(NAME) as second:
        unfinished = sorted(store.scratch.iterdir())
        assert len(unfinished) == 2
        assert all(path.name.startswith("abc.table.") for path in unfinished)
        first.write(b"1")
        second.write(b"2")
    assert not any(store.scratch.iterdir())


def test_a_moved_folder_has_the_same_outputs(store: LocalStore, tmp_path: Path) -> None:
    store.put(NAME, b"content")
    moved = LocalStore(shutil.move(store.folder, tmp_path / "moved"))
    assert moved.get(NAME) == b"content"
    assert [output.name for output in moved.list(".work")] == [NAME]


def test_a_relative_folder_means_the_same_after_chdir(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = LocalStore("build")
    store.put(NAME, b"content")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert store.get(NAME) == b"content"


def test_an_uncompressed_table_is_mapped_and_not_read(store: LocalStore) -> None:
    table = pa.table({"number": pa.array(range(500_000), pa.int64())})
    store.put_table(NAME, table)
    before = pa.total_allocated_bytes()
    found = store.table(NAME)
    assert pa.total_allocated_bytes() - before < 100_000
    assert found.equals(table)


def test_columns_that_are_not_asked_for_are_not_decompressed(store: LocalStore) -> None:
    numbers = pa.array(range(500_000), pa.int64())
    table = pa.table({"large": numbers, "small": numbers.cast(pa.int8(), safe=False)})
    store.put_table(NAME, table, "lz4")
    before = pa.total_allocated_bytes()
    small = store.table(NAME, ["small"])
    assert pa.total_allocated_bytes() - before < 1_000_000
    assert small.column_names == ["small"]


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EDQUOT, "quota is used up"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission denied"),
        (errno.EPERM, "not permitted"),
        (errno.ENOENT, "there is no such folder; choose another one with --out"),
        (errno.EIO, "Input/output error; mend that"),
    ],
)
def test_disk_errors_say_what_to_do(number: int, advice: str, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught, disk_errors(tmp_path / "a"):
        raise OSError(number, "as the system says it")
    assert str(caught.value).startswith(f"cannot write {tmp_path / 'a'}: ")
    assert advice in str(caught.value)
    assert str(caught.value).endswith("run the same command again (finished work is kept)")


def test_errors_of_pyarrow_have_their_number_in_their_text(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="the disk is full"), disk_errors(tmp_path):
        raise OSError("Error writing bytes to file. Detail: [errno 28] No space left on device")
    with pytest.raises(WorkspaceError, match=r"a: another fault, then run"), disk_errors(Path("a")):
        raise OSError("another fault")


def test_a_file_in_the_way_says_what_to_do(store: LocalStore) -> None:
    store.put("data", b"a file")
    with pytest.raises(WorkspaceError, match="choose another folder with --out"):
        store.put("data/a", b"content")


def test_errors_of_deleting_say_what_to_do(store: LocalStore) -> None:
    store.put("data/a", b"content")
    with pytest.raises(WorkspaceError, match="cannot write"):
        store.delete("data")


def test_a_damaged_table_is_named(store: LocalStore) -> None:
    store.put_table(NAME, TABLE)
    store.path(NAME).write_bytes(b"CKTABLE1")
    with pytest.raises(DamagedOutputError, match=r"abc\.table is damaged .*run the build again"):
        store.table(NAME)


def test_a_commit_goes_last(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = LocalStore.exists

    def exists(self: LocalStore, name: str) -> bool:
        asked.append(name)
        assert not real(self, "manifest.json")
        return real(self, name)

    monkeypatch.setattr(LocalStore, "exists", exists)
    store.put("data/a", b"a")
    store.put("data/b", b"b")
    store.commit("manifest.json", b"{}", iter(["data/a", "data/b"]))
    assert asked == ["data/a", "data/b"]
    assert real(store, "manifest.json")


def test_atomic_files_need_no_store(tmp_path: Path) -> None:
    target = tmp_path / "out" / "file.bin"
    with pytest.raises(RuntimeError), atomic_file(target, tmp_path / "scratch") as file:
        file.write(b"half")
        raise RuntimeError
    assert not target.exists()
    with atomic_file(target, tmp_path / "scratch") as file:
        file.write(b"whole")
    assert target.read_bytes() == b"whole"
    assert not any((tmp_path / "scratch").iterdir())


def test_json_is_readable_and_the_same_everywhere() -> None:
    assert as_json({"b": "ក", "a": [1]}) == '{\n "b": "ក",\n "a": [\n  1\n ]\n}\n'.encode()
    assert as_json("\ud800") == b'"\xed\xa0\x80"\n'


def test_digest_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert file_sha256(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()
    assert file_sha256(str(tmp_path / "f")) == file_sha256(tmp_path / "f")


def test_directories_are_not_synced_where_they_cannot_be(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = record_syncs(monkeypatch)
    store.folder.mkdir(parents=True)
    with monkeypatch.context() as patch:
        patch.setattr(stores.os, "name", "nt")
        stores._sync_folder(store.folder)
    assert synced == []
