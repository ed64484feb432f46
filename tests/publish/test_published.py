"""The record of what is published, and the notes by which a killed build goes on."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from corpuskit.errors import WorkspaceError
from corpuskit.publish.published import (
    RECORD,
    Published,
    PublishedFile,
    TaskOutputs,
    is_as_written,
    note_name,
    noted_file,
    notes,
    read_note,
    write_note,
)
from corpuskit.store import LocalStore, get_record, put_record
from corpuskit.workspace import Workspace

PATH = "data/train/khm_Khmr-00000-of-00001.parquet"
FILE = PublishedFile(
    path=PATH,
    kind="data",
    key="key",
    bytes=7,
    sha256="0" * 64,
    rows=3,
    lang="khm_Khmr",
    split="train",
    text_bytes=900,
    sources={"pages": 3},
    edits={"lines/foreign_line": {"documents": 1, "count": 2, "chars": 3}},
)
OUTPUTS = TaskOutputs("pages", "extracted", "annotated", "signed", "decided", "gathered")
BUILD = Published("key", "build", {PATH: 7, "README.md": 5}, (OUTPUTS,), "clusters", ("tally",))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.store.put(PATH, b"content")
    workspace.store.put("README.md", b"about")
    return workspace


@pytest.fixture
def store(workspace: Workspace) -> LocalStore:
    assert isinstance(workspace.store, LocalStore)
    return workspace.store


def test_a_file_as_the_manifest_lists_it() -> None:
    assert FILE.entry() == {
        "path": PATH, "bytes": 7, "sha256": "0" * 64, "kind": "data", "lang": "khm_Khmr",
        "split": "train", "rows": 3, "text_bytes": 900,
    }  # fmt: skip
    rejects = PublishedFile("rejects/a.parquet", "rejects", "key", 0, "0", 0)
    assert rejects.entry() == {
        "path": "rejects/a.parquet", "bytes": 0, "sha256": "0", "kind": "rejects", "rows": 0,
    }  # fmt: skip


def test_a_note_says_what_is_in_a_file(store: LocalStore) -> None:
    write_note(store, FILE)
    assert note_name(PATH) == ".work/published/data__train__khm_Khmr-00000-of-00001.parquet.json"
    assert read_note(store, note_name(PATH)) == FILE
    assert noted_file(store, PATH, "key") == FILE


def test_a_file_without_a_note_does_not_stand(store: LocalStore) -> None:
    assert noted_file(store, PATH, "key") is None
    assert read_note(store, "none") is None


def test_a_file_of_another_build_does_not_stand(store: LocalStore) -> None:
    write_note(store, FILE)
    assert noted_file(store, PATH, "other key") is None


@pytest.mark.parametrize("content", [b"conten", b"", b"content and more", b"contenu"])
def test_a_file_that_has_changed_is_not_as_written(store: LocalStore, content: bytes) -> None:
    digest = hashlib.sha256(b"content").hexdigest()
    file = replace(FILE, sha256=digest)
    assert is_as_written(store, file)
    store.put(PATH, content)
    assert not is_as_written(store, file)


def test_a_file_that_is_gone_does_not_stand(store: LocalStore) -> None:
    write_note(store, FILE)
    store.delete(PATH)
    assert noted_file(store, PATH, "key") is None


def test_a_note_about_another_path_does_not_count(store: LocalStore) -> None:
    put_record(store, note_name(PATH), asdict(replace(FILE, path="README.md")))
    assert noted_file(store, PATH, "key") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"path": "a"}', b'{"unknown": 1}'])
def test_a_note_that_cannot_be_read_counts_as_none(store: LocalStore, content: bytes) -> None:
    store.put(note_name(PATH), content)
    assert noted_file(store, PATH, "key") is None
    assert list(notes(store)) == [(note_name(PATH), None)]


def test_every_file_that_was_ever_published_has_a_note(store: LocalStore) -> None:
    other = replace(FILE, path="data/train/a.parquet")
    for file in (FILE, other):
        write_note(store, file)
    assert list(notes(store)) == [(note_name(other.path), other), (note_name(PATH), FILE)]


def test_a_record_comes_back(workspace: Workspace) -> None:
    assert Published.read(workspace) is None
    BUILD.write(workspace.store)
    assert Published.read(workspace) == BUILD
    assert get_record(workspace.store, RECORD)["format"] == 2


def test_what_a_build_was_made_of() -> None:
    assert OUTPUTS.names == ("extracted", "annotated", "signed", "decided", "gathered")
    assert BUILD.needed == {*OUTPUTS.names, "clusters", "tally"}


def test_a_build_stands_while_all_its_files_are_there_whole(store: LocalStore) -> None:
    assert BUILD.stands(store)
    store.put("README.md", b"abou")
    assert not BUILD.stands(store), "a truncated file does not stand"
    store.put("README.md", b"about")
    assert BUILD.stands(store)
    store.delete(PATH)
    assert not BUILD.stands(store)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        [],
        {},
        {"format": 2},
        {"format": 2, "outputs": [{"source": "a"}], "others": []},
        {"format": 2, "outputs": [], "others": [], "unknown": 1},
        {"format": 2, "outputs": [], "others": None},
    ],
)
def test_a_record_that_cannot_be_used_says_what_to_do(workspace: Workspace, content: Any) -> None:
    if isinstance(content, bytes):
        workspace.store.put(RECORD, content)
    else:
        put_record(workspace.store, RECORD, content)
    with pytest.raises(WorkspaceError, match="delete it and run `corpuskit build` again"):
        Published.read(workspace)


def test_a_record_of_another_version_is_not_used(workspace: Workspace) -> None:
    BUILD.write(workspace.store)
    put_record(workspace.store, RECORD, get_record(workspace.store, RECORD) | {"format": 1})
    with pytest.raises(WorkspaceError, match=r"\(another version of corpuskit wrote it\)"):
        Published.read(workspace)
