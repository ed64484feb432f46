"""What is published, and what it was made of: the record that prune, explain and verify read.

`.work/published.json` is written last of all, after the manifest. Beside it, every published file
has a note of its own in `.work/published/`, written by the worker that wrote the file, so that a
build that was killed does not write finished shards again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from corpuskit.errors import WorkspaceError
from corpuskit.store import Store, get_record, put_record
from corpuskit.workspace import Workspace

RECORD: Final = ".work/published.json"
NOTES: Final = ".work/published"

FORMAT: Final = 2


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file of the corpus, as the worker that wrote it found it on disk."""

    path: str
    kind: str
    """`data` or `rejects`."""
    key: str
    """What its content depends on."""
    bytes: int
    sha256: str
    rows: int
    lang: str | None = None
    split: str | None = None
    text_bytes: int | None = None
    sources: Mapping[str, int] = field(default_factory=dict)
    """Documents per source, counted in the file."""
    edits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Edits by `stage/kind`, counted in the file (see ledger.EditCount)."""
    contamination: Mapping[str, int] = field(default_factory=dict)
    """Documents with evaluation items by benchmark, counted in the file."""
    fingerprint: str | None = None
    """What the store itself knew of the file when it was noted; in no manifest."""

    def entry(self) -> dict[str, Any]:
        """As the manifest lists it."""
        about = {"path": self.path, "bytes": self.bytes, "sha256": self.sha256, "kind": self.kind}
        rest = {
            "lang": self.lang,
            "split": self.split,
            "rows": self.rows,
            "text_bytes": self.text_bytes,
        }
        return about | {name: value for name, value in rest.items() if value is not None}


@dataclass(frozen=True, slots=True)
class TaskOutputs:
    """Names of what the steps left of one run of records."""

    source: str
    extracted: str
    annotated: str
    signed: str
    decided: str
    gathered: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every output."""
        return (self.extracted, self.annotated, self.signed, self.decided, self.gathered)


@dataclass(frozen=True, slots=True)
class Published:
    """A published build and what it was made of."""

    key: str
    build_id: str
    files: Mapping[str, int]
    """Size of every published file by name."""
    outputs: tuple[TaskOutputs, ...]
    clusters: str
    others: tuple[str, ...] = ()
    """Further outputs without which a next run would do work again."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Hex sha256 of the small files (manifest, ledger, card): they are compared as well."""

    def stands(self, store: Store) -> bool:
        """Whether all its files are there, whole."""
        return all(store.size(name) == size for name, size in self.files.items()) and all(
            store.exists(name) and hashlib.sha256(store.get(name)).hexdigest() == digest
            for name, digest in self.digests.items()
        )

    @property
    def needed(self) -> frozenset[str]:
        """Names of the outputs that it was made of."""
        made_of = {name for task in self.outputs for name in task.names}
        return frozenset({*made_of, self.clusters, *self.others})

    def write(self, store: Store) -> None:
        """Leave the record in the store."""
        put_record(store, RECORD, {"format": FORMAT, **asdict(self)})

    @classmethod
    def read(cls, workspace: Workspace) -> Published | None:
        """The record of a build folder; None where nothing is published.

        WorkspaceError for a record that cannot be read, which says what to do.
        """
        if not workspace.store.exists(RECORD):
            return None
        try:
            return cls._of(get_record(workspace.store, RECORD))
        except (WorkspaceError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise WorkspaceError(
                f"{workspace.shown}/{RECORD} cannot be used ({error}); delete it and run "
                "`corpuskit build` again: finished work is kept"
            ) from error

    @classmethod
    def _of(cls, data: dict[str, Any]) -> Published:
        if data.pop("format", None) != FORMAT:
            raise ValueError("another version of corpuskit wrote it")
        outputs = tuple(TaskOutputs(**task) for task in data.pop("outputs"))
        return cls(**{**data, "others": tuple(data["others"])}, outputs=outputs)


def note_name(path: str) -> str:
    """Name of the note about a published file."""
    return f"{NOTES}/{path.replace('/', '__')}.json"


def write_note(store: Store, file: PublishedFile) -> None:
    """Say that a file is published, after it is.

    A note that a power cut takes away costs the writing of one file, so that it is not synced.
    """
    noted = replace(file, fingerprint=store.fingerprint(file.path))
    put_record(store, note_name(file.path), asdict(noted), durable=False)


def forget(store: Store, path: str) -> None:
    """Take a file's note away before the file is replaced: should the build be killed in between,
    the note of the old file must not vouch for the new one, which may be just as large."""
    store.delete(note_name(path))


def noted_file(store: Store, path: str, key: str) -> PublishedFile | None:
    """The note of the file if what `key` stands for was published at `path` and a file is there.

    Whether it is still as it was written, `is_as_written` says.
    """
    note = read_note(store, note_name(path))
    if note is None or note.key != key or note.path != path or not store.exists(path):
        return None
    return note


def is_as_written(store: Store, note: PublishedFile) -> bool:
    """Whether the file that a note is about has the size and the digest that it was noted with.

    A file in an object store whose fingerprint is the same is not read.
    """
    if store.size(note.path) != note.bytes:
        return False
    if note.fingerprint is not None and store.fingerprint(note.path) == note.fingerprint:
        return True
    return digest_of(store, note.path) == note.sha256


def digest_of(store: Store, name: str) -> str:
    """Hex sha256 of an output, read from where it is."""
    digest = hashlib.sha256()
    with store.reading(name) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def entry_of(store: Store, name: str, kind: str) -> dict[str, Any]:
    """A file's entry in the manifest."""
    return {
        "path": name,
        "bytes": store.size(name),
        "sha256": digest_of(store, name),
        "kind": kind,
    }


def read_note(store: Store, name: str) -> PublishedFile | None:
    """A note; None where there is none, or none that can be read."""
    try:
        note = PublishedFile(**get_record(store, name))
    except (WorkspaceError, OSError, TypeError):
        return None
    return note if name == note_name(note.path) and is_published_path(note.path) else None


def is_published_path(path: object) -> bool:
    """Whether a path is one that a build publishes to: nothing else may be removed by a note."""
    parts = path.split("/") if isinstance(path, str) else []
    return len(parts) > 1 and parts[0] in ("data", "rejects") and not {"", ".", ".."} & set(parts)


def notes(store: Store) -> Iterator[tuple[str, PublishedFile | None]]:
    """Every note by its name: all files that builds in this folder ever published."""
    for output in store.list(NOTES):
        yield output.name, read_note(store, output.name)
