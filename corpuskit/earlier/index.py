"""Opening earlier corpora: a build, or an index that was written of builds.

A build has the texts, with which the similarity of candidates is measured exactly. An index that
`corpuskit index` wrote has none: there the share of values in which two signatures agree stands
for the similarity.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from corpuskit.earlier.parts import (
    SIGNATURES,
    PartBatch,
    part_batches,
    part_name,
    shard_batches,
    texts_of_rows,
)
from corpuskit.errors import DamagedOutputError, EarlierIndexError, TombstoneError, WorkspaceError
from corpuskit.identity import key_of
from corpuskit.store import Store, name_parts
from corpuskit.store_url import Place, place_of
from corpuskit.tombstones import FILE as TOMBSTONES
from corpuskit.tombstones import NO_TOMBSTONES, Tombstones, read_events
from corpuskit.workspace import store_at

INDEX: Final = "index.json"
FORMAT: Final = 1


@dataclass(frozen=True)
class IndexPart:
    """The documents of one shard of an earlier corpus."""

    shard: str
    """Name of the shard in its build."""
    sha256: str
    """Digest of the shard, by which its part is named."""
    rows: int
    lang: str
    name: str
    """Name of the part in the place."""


@dataclass(frozen=True)
class EarlierCorpus:
    """A corpus that new documents lose to."""

    place: Place
    name: str
    build_id: str
    parts: tuple[IndexPart, ...]
    has_texts: bool
    """Whether the similarity is measured exactly, from the texts."""
    tombstones: Tombstones = NO_TOMBSTONES
    """What was taken down there, and must not come back by a later build."""

    @property
    def label(self) -> str:
        """How it is named in rejects: `khmer-2026-10 7f3a09c2d1e4`."""
        return f"{self.name} {self.build_id}"

    @property
    def documents(self) -> int:
        """How many it has."""
        return sum(part.rows for part in self.parts)

    @cached_property
    def digest(self) -> str:
        """The same for the same documents, made into signatures in the same way."""
        shards = [(part.lang, part.sha256, part.rows) for part in self.parts]
        return key_of("earlier", self.name, self.build_id, shards, SIGNATURES, self.has_texts)

    def summary(self) -> dict[str, Any]:
        """For keys and the manifest."""
        return {
            "name": self.name,
            "build_id": self.build_id,
            "documents": self.documents,
            "similarity": "exact" if self.has_texts else "estimated",
            "digest": self.digest,
        }

    @property
    def store(self) -> Store:
        """Where it is."""
        return store_at(self.place)

    def batches(self, part: IndexPart) -> Iterator[PartBatch]:
        """The documents of a part. EarlierIndexError where they are damaged.

        A build without the part, as after `prune --all` or a takedown, has it made from the texts.
        """
        store = self.store
        try:
            if self.has_texts and not store.exists(part.name):
                yield from shard_batches(store, part.shard)
            else:
                yield from part_batches(store, part.name)
        except DamagedOutputError as error:
            raise EarlierIndexError(self._damaged(part.name)) from error
        except (OSError, ValueError) as error:
            name = part.shard if self.has_texts else part.name
            raise EarlierIndexError(f"{self.place}/{name} cannot be read: {error}") from error

    def texts(self, part: IndexPart, rows: list[int]) -> list[str]:
        """Texts of rows of a part, where there are texts."""
        try:
            return texts_of_rows(self.store, part.shard, rows)
        except (OSError, ValueError, KeyError) as error:
            raise EarlierIndexError(f"{self.place}/{part.shard} cannot be read: {error}") from error

    def _damaged(self, name: str) -> str:
        remedy = (
            "delete it: it is then made from the texts, and the next build there leaves it again"
            if self.has_texts
            else "write the index again with `corpuskit index`"
        )
        return f"{self.place}/{name} is not as it was written; {remedy}"


def open_earlier(place: str | Path | Place) -> tuple[EarlierCorpus, ...]:
    """The corpora at a place: that of a build, or all that an index was written of.

    Raises EarlierIndexError where there is none, it is damaged or its signatures are made in
    another way; WorkspaceError where the place cannot be reached, TombstoneError for its list of
    what was taken down.
    """
    shown = place_of(place)
    store = store_at(shown)
    if store.exists("manifest.json"):
        return (_of_build(shown, store),)
    if store.exists(INDEX):
        return _of_index(shown, store)
    raise EarlierIndexError(
        f"{shown} holds neither a finished build (manifest.json) nor an index of builds ({INDEX})"
    )


def _of_build(place: Place, store: Store) -> EarlierCorpus:
    manifest = _json(place, store, "manifest.json")
    try:
        parts = tuple(
            IndexPart(
                str(entry["path"]),
                str(entry["sha256"]),
                int(entry["rows"]),
                str(entry["lang"]),
                part_name(str(entry["sha256"])),
            )
            for entry in manifest["files"]
            if entry["kind"] == "data"
        )
        name, build_id = str(manifest["name"]), str(manifest["build_id"])
        _refuse_missing(place, store, {part.shard: None for part in parts})
    except (KeyError, TypeError, ValueError) as error:
        raise EarlierIndexError(
            f"{place}/manifest.json is damaged ({type(error).__name__}: {error}); build again"
        ) from error
    return EarlierCorpus(place, name, build_id, parts, True, _tombstones(place, store))


def _of_index(place: Place, store: Store) -> tuple[EarlierCorpus, ...]:
    index = _json(place, store, INDEX)
    remedy = "write it again with `corpuskit index`"
    if index.get("format") != FORMAT:
        raise EarlierIndexError(
            f"{place}/{INDEX} is of format {index.get('format')!r}, this version of corpuskit "
            f"reads {FORMAT}; {remedy}"
        )
    if index.get("signatures") != SIGNATURES:
        raise EarlierIndexError(
            f"{place}: its signatures are made in another way "
            f"({_differences(index.get('signatures'))}) and cannot be compared; {remedy}"
        )
    try:
        corpora = list(_corpora(place, index["builds"], _tombstones(place, store)))
        sizes = {part["file"]: int(part["bytes"]) for build in index["builds"]
                 for part in build["parts"]}  # fmt: skip
        digest = index["digest"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EarlierIndexError(
            f"{place}/{INDEX} is damaged ({type(error).__name__}: {error}); {remedy}"
        ) from error
    if digest != key_of([corpus.digest for corpus in corpora], sizes):
        raise EarlierIndexError(f"{place}/{INDEX} is not as it was written; {remedy}")
    _refuse_missing(place, store, sizes)
    return tuple(corpora)


def _corpora(
    place: Place, builds: Sequence[Mapping[str, Any]], tombstones: Tombstones
) -> Iterator[EarlierCorpus]:
    for build in builds:
        parts = tuple(
            IndexPart(
                str(part["shard"]), str(part["sha256"]), int(part["rows"]), str(part["lang"]),
                "/".join(name_parts(part["file"])),
            )
            for part in build["parts"]
        )  # fmt: skip
        yield EarlierCorpus(
            place, str(build["name"]), str(build["build_id"]), parts, False, tombstones
        )


def _differences(signatures: object) -> str:
    """In which parameters signatures differ from ours."""
    if not isinstance(signatures, dict):
        return "it does not say how"
    return ", ".join(
        f"{name} {signatures.get(name)!r}, not {SIGNATURES.get(name)!r}"
        for name in sorted({*signatures, *SIGNATURES})
        if signatures.get(name) != SIGNATURES.get(name)
    )


def _refuse_missing(place: Place, store: Store, sizes: Mapping[str, int | None]) -> None:
    """EarlierIndexError unless all files are there, of their sizes where these are known."""
    for name, size in sizes.items():
        stored = store.size(name)
        if stored is None:
            raise EarlierIndexError(f"{place}/{name} is missing")
        if size is not None and stored != size:
            raise EarlierIndexError(f"{place}/{name} has {stored:,} bytes, not {size:,}")


def _json(place: Place, store: Store, name: str) -> dict[str, Any]:
    try:
        data = json.loads(store.get(name))
    except (OSError, ValueError, RecursionError) as error:
        raise EarlierIndexError(f"{place}/{name} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise EarlierIndexError(f"{place}/{name} is damaged: it holds no JSON object")
    return data


def _tombstones(place: Place, store: Store) -> Tombstones:
    try:
        content = store.get(TOMBSTONES)
    except FileNotFoundError:
        return NO_TOMBSTONES
    except OSError as error:
        raise WorkspaceError(f"{place}/{TOMBSTONES} cannot be read: {error}") from error
    try:
        return Tombstones(tuple(read_events(content, f"{place}/{TOMBSTONES}")))
    except TombstoneError as error:
        raise EarlierIndexError(str(error)) from error
