"""Writing an index of builds: their parts, what they are, and what was taken down of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from corpuskit.earlier.index import FORMAT, INDEX, EarlierCorpus, IndexPart, open_earlier
from corpuskit.earlier.parts import SIGNATURES, part_key, put_part
from corpuskit.errors import EarlierIndexError
from corpuskit.identity import key_of
from corpuskit.store import Store, as_json
from corpuskit.store_url import Place, place_of
from corpuskit.tombstones import FILE as TOMBSTONES
from corpuskit.tombstones import NO_TOMBSTONES
from corpuskit.workspace import store_at

_PARTS: Final = "parts"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class WrittenIndex:
    """An index as it was written."""

    place: Place
    builds: tuple[dict[str, Any], ...]
    """Name, build id, documents, and documents by language of each build."""
    documents: int
    bytes: int
    digest: str

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "place": str(self.place),
            "builds": list(self.builds),
            "documents": self.documents,
            "bytes": self.bytes,
            "digest": self.digest,
        }


def write_index(builds: Sequence[str | Path | Place], out: str | Path | Place) -> WrittenIndex:
    """Write an index of some builds (or of other indexes) to a folder or object store.

    An index that is there is replaced: parts that no longer belong to it are deleted, so that what
    was taken down of a build since is gone from it as well. The same builds give the same bytes.
    Raises EarlierIndexError where a build cannot be read, or `out` holds something else.
    """
    place = place_of(out)
    store = store_at(place)
    _refuse_others(place, store)
    corpora = [corpus for build in builds for corpus in open_earlier(build)]
    labels = [corpus.label for corpus in corpora]
    if twice := sorted({label for label in labels if labels.count(label) > 1}):
        raise EarlierIndexError(f"{twice[0]} is named twice")
    if str(place) in {str(corpus.place) for corpus in corpora}:
        raise EarlierIndexError(f"{place} is one of the builds; name another folder with --out")
    old = {output.name for output in store.list(_PARTS)}
    # An index without its list cannot be read, so nobody reads one whose parts are being replaced.
    store.delete(INDEX)
    written = [replace(corpus, parts=_written_parts(corpus, store)) for corpus in corpora]
    names = {part.name for corpus in written for part in corpus.parts}
    for name in old - names:
        store.delete(name)
    _write_tombstones(store, corpora)
    return commit_index(place, store, written)


def _refuse_others(place: Place, store: Store) -> None:
    if store.exists("manifest.json"):
        raise EarlierIndexError(f"{place} is a build; name another folder with --out")
    if isinstance(place, Path) and not store.exists(INDEX) and place.exists():
        if not place.is_dir():
            raise EarlierIndexError(f"{place} is a file; name a folder with --out")
        strange = sorted(path.name for path in place.iterdir()
                         if path.name not in (_PARTS, TOMBSTONES, ".work"))  # fmt: skip
        if strange:
            raise EarlierIndexError(
                f"{place} holds other files ({strange[0]}); name an empty or new folder with --out"
            )


def _written_parts(corpus: EarlierCorpus, store: Store) -> tuple[IndexPart, ...]:
    return tuple(replace(part, name=_write(corpus, part, store)) for part in corpus.parts)


def _write(corpus: EarlierCorpus, part: IndexPart, store: Store) -> str:
    """Copy a part, or make it from the shard; its name in the index.

    What is copied is read first, with the checksums of its columns.
    """
    name = f"{_PARTS}/{part_key(part.sha256)}.table"
    source = corpus.store
    if corpus.has_texts and not source.exists(part.name):
        _check_rows(corpus, part, part.shard, put_part(store, name, corpus.batches(part)))
        return name
    rows = sum(batch.table.num_rows for batch in corpus.batches(part))
    _check_rows(corpus, part, part.name, rows)
    with source.reading(part.name) as file, store.writing(name) as target:
        while chunk := file.read(_CHUNK):
            target.write(chunk)
    return name


def _check_rows(corpus: EarlierCorpus, part: IndexPart, name: str, rows: int) -> None:
    if rows != part.rows:
        raise EarlierIndexError(f"{corpus.place}/{name} has {rows} rows, not {part.rows}")


def _write_tombstones(store: Store, corpora: Sequence[EarlierCorpus]) -> None:
    tombstones = NO_TOMBSTONES
    for corpus in corpora:
        tombstones |= corpus.tombstones
    if tombstones:
        store.put(TOMBSTONES, "".join(event.line() for event in tombstones.events).encode())
    else:
        store.delete(TOMBSTONES)


def commit_index(place: Place, store: Store, corpora: Sequence[EarlierCorpus]) -> WrittenIndex:
    """List the parts that were written, which makes them an index."""
    sizes = {part.name: store.size(part.name) or 0 for corpus in corpora for part in corpus.parts}
    digest = key_of([replace(corpus, has_texts=False).digest for corpus in corpora], sizes)
    builds = [
        {
            "name": corpus.name,
            "build_id": corpus.build_id,
            "parts": [
                {
                    "file": part.name,
                    "bytes": sizes[part.name],
                    "shard": part.shard,
                    "sha256": part.sha256,
                    "lang": part.lang,
                    "rows": part.rows,
                }
                for part in corpus.parts
            ],
        }
        for corpus in corpora
    ]
    index = {"format": FORMAT, "signatures": SIGNATURES, "digest": digest, "builds": builds}
    store.commit(INDEX, as_json(index), sorted(sizes))
    if isinstance(place, Path):
        for folder in (place / ".work" / "tmp", place / ".work"):
            with suppress(OSError):  # a folder that is not empty is somebody else's
                folder.rmdir()
    return WrittenIndex(
        place,
        tuple(_about(corpus) for corpus in corpora),
        sum(corpus.documents for corpus in corpora),
        sum(sizes.values()),
        digest,
    )


def _about(corpus: EarlierCorpus) -> dict[str, Any]:
    languages: dict[str, int] = {}
    for part in corpus.parts:
        languages[part.lang] = languages.get(part.lang, 0) + part.rows
    return {
        "name": corpus.name,
        "build_id": corpus.build_id,
        "documents": corpus.documents,
        "languages": dict(sorted(languages.items())),
    }
