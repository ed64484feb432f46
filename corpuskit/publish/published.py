"""What is published, and what it was made of: the record that prune, explain and verify read.

`.work/published.json` is written last of all, after the manifest. Beside it, every published file
has a note of its own in `.work/published/`, written by the worker that wrote the file, so that a
build that was killed does not write finished shards again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from corpuskit.errors import WorkspaceError
from corpuskit.store import Store, as_json
from corpuskit.workspace import Workspace

RECORD: Final = ".work/published.json"
NOTES: Final = ".work/published"

FORMAT: Final = 1


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

    def stands(self, store: Store) -> bool:
        """Whether all its files are there, whole."""
        return all(store.size(name) == size for name, size in self.files.items())

    @property
    def needed(self) -> frozenset[str]:
        """Names of the outputs that it was made of."""
        made_of = {name for task in self.outputs for name in task.names}
        return frozenset({*made_of, self.clusters, *self.others})

    def write(self, store: Store) -> None:
        """Leave the record in the store."""
        store.put(RECORD, as_json({"format": FORMAT, **asdict(self)}))

    @classmethod
    def read(cls, workspace: Workspace) -> Published | None:
        """The record of a build folder; None where nothing is published.

        WorkspaceError for a record that cannot be read, which says what to do.
        """
        if not workspace.store.exists(RECORD):
            return None
        try:
            return cls._of(json.loads(workspace.store.get(RECORD)))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
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
    store.put(note_name(file.path), as_json(asdict(file)), durable=False)


def standing_file(store: Store, path: str, key: str) -> PublishedFile | None:
    """The file if exactly what `key` stands for is published at `path`, whole.

    A truncated file does not stand, nor one of another build with the same name.
    """
    note = read_note(store, note_name(path))
    if note is None or note.key != key or note.path != path or store.size(path) != note.bytes:
        return None
    return note


def read_note(store: Store, name: str) -> PublishedFile | None:
    """A note; None where there is none, or none that can be read."""
    try:
        return PublishedFile(**json.loads(store.get(name)))
    except (OSError, ValueError, TypeError):
        return None


def notes(store: Store) -> Iterator[tuple[str, PublishedFile | None]]:
    """Every note by its name: all files that builds in this folder ever published."""
    for output in store.list(NOTES):
        yield output.name, read_note(store, output.name)
