"""A finished build, opened for reading."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.errors import UnknownNameError, WorkspaceError
from corpuskit.ledger import Ledger
from corpuskit.minhash_objects import as_minhash
from corpuskit.object_store.filesystem import arrow_filesystem
from corpuskit.object_store.store import ObjectStore
from corpuskit.progress import counted
from corpuskit.publish.published import Published, digest_of
from corpuskit.schema import REJECTS, document_schema
from corpuskit.store import Store
from corpuskit.store_url import Place, StoreUrl, place_of
from corpuskit.workspace import IDENTITY, Workspace, store_at

if TYPE_CHECKING:
    import pyarrow.dataset as ds
    from datasketch import MinHash


class Build:
    """What a build left on disk; WorkspaceError where there is no build.

    Tables come as pyarrow has them:

        build = ck.open_build("builds/khmer")
        build.ledger["dedup/near"]
        for batch in build.documents(columns=["text", "url"]): ...
    """

    def __init__(self, folder: str | Path | StoreUrl) -> None:
        """`folder` may also be a prefix in an object store, such as `s3://corpora/khmer`."""
        if not isinstance(folder, str | Path | StoreUrl):
            raise TypeError(f"a build is opened by its folder, got {type(folder).__name__}")
        self.folder: Place = place_of(folder)
        self.store: Store = store_at(self.folder)
        if not self.store.exists("manifest.json"):
            raise WorkspaceError(_what_is_there(self.folder, self.store))

    def __repr__(self) -> str:
        documents = counted(self.manifest["documents"], "document")
        return f"<Build {self.manifest['name']} {self.manifest['build_id']}: {documents}>"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """manifest.json; WorkspaceError if it is damaged."""
        manifest = self._json("manifest.json")
        missing = [name for name, kind in _MANIFEST.items()
                   if not isinstance(manifest.get(name), kind)]  # fmt: skip
        if missing:
            raise WorkspaceError(
                f"{self.folder}/manifest.json is damaged ({', '.join(missing)} missing or "
                "malformed); run the build again"
            )
        return manifest

    @cached_property
    def ledger(self) -> Ledger:
        """ledger.json; WorkspaceError if it is damaged."""
        data = self._json("ledger.json")
        try:
            return Ledger.from_json(data)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            raise WorkspaceError(
                f"{self.folder}/ledger.json is damaged ({type(error).__name__}: {error}); "
                "run the build again"
            ) from error

    def files(self, kind: str) -> list[Place]:
        """Published files of a kind (`data` or `rejects`), in order: paths, or in an object store
        URLs."""
        return [self.folder / name for name in self.names(kind)]

    def names(self, kind: str) -> list[str]:
        """The same files by their names in the build."""
        return [str(entry["path"]) for entry in self.manifest["files"] if entry["kind"] == kind]

    @cached_property
    def dataset(self) -> ds.Dataset:
        """The corpus as a pyarrow dataset."""
        return self._dataset("data")

    @cached_property
    def rejected(self) -> ds.Dataset:
        """The rejects as a pyarrow dataset."""
        return self._dataset("rejects")

    def documents(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The published documents, in record batches.

        Raises UnknownNameError for a column that they do not have, WorkspaceError for a file that
        is damaged, TypeError if `columns` is not a list of names.
        """
        return self._batches("data", columns)

    def rejects(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rejected records, in record batches. Raises as `documents`."""
        return self._batches("rejects", columns)

    def select(
        self,
        kind: str,
        columns: Mapping[str, pc.Expression],
        where: pc.Expression | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Expressions over the columns of a kind (`data` or `rejects`), of the rows for which
        `where` is true. WorkspaceError for a file that is damaged."""
        batches = self._opened(kind).to_batches(columns=dict(columns), filter=where)
        return self._each(kind, batches)

    def head(
        self,
        kind: str,
        count: int,
        columns: Sequence[str] | None = None,
        where: pc.Expression | None = None,
    ) -> list[dict[str, Any]]:
        """The first rows of a kind (`data` or `rejects`) for which `where` is true. Raises as
        `documents`."""
        dataset = self._opened(kind)
        names = _known_columns(columns, dataset.schema)
        with self._damage_named(kind):
            rows: list[dict[str, Any]] = dataset.head(
                count, columns=names, filter=where
            ).to_pylist()
        return rows

    def _batches(self, kind: str, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        dataset = self._opened(kind)
        batches = dataset.to_batches(columns=_known_columns(columns, dataset.schema))
        return self._each(kind, batches)

    def _each(self, kind: str, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        while True:
            with self._damage_named(kind):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def _opened(self, kind: str) -> ds.Dataset:
        with self._damage_named(kind):
            return self.dataset if kind == "data" else self.rejected

    @contextmanager
    def _damage_named(self, kind: str) -> Iterator[None]:
        """Name the damaged file where Arrow cannot read one of a kind."""
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            lines = str(error).splitlines() or [type(error).__name__]
            raise WorkspaceError(
                f"{self._damaged(kind)} cannot be read ({lines[0]:.{_LONGEST_CAUSE}}); "
                f"`corpuskit verify {self.folder}` checks every file, and building again mends them"
            ) from error

    def _damaged(self, kind: str) -> Place:
        """The first file of a kind that is not as it was published; else the folder."""
        for entry in self.manifest["files"]:
            if entry["kind"] == kind and not _is_as_published(self.store, entry):
                return self.folder / str(entry["path"])
        return self.folder

    def signatures(self) -> Iterator[tuple[str, MinHash]]:
        """Id and MinHash signature of every published document, ready for datasketch's LSH
        classes; WorkspaceError where `.work`, in which they are kept, is gone."""
        record = Published.read(Workspace(self.folder, self.store))
        if record is None:
            raise WorkspaceError(
                f"{self.folder} has no record of what it was made of (.work); run the build again"
            )
        store = self.store
        clusters = store.table(record.clusters, ["task", "row", "id", "reason"])
        kept = clusters.filter(pc.is_null(clusters["reason"]))
        for number, outputs in enumerate(record.outputs):
            rows = kept.filter(pc.equal(kept["task"], number))
            signatures = store.table(outputs.signed, ["signature"])["signature"]
            for name, row in zip(rows["id"], rows["row"], strict=True):
                yield name.as_py(), as_minhash(signatures[row.as_py()].as_py())

    def _dataset(self, kind: str) -> ds.Dataset:
        import pyarrow.dataset as ds  # loads pandas where there is one: half a second

        names = self.names(kind)
        if not names:  # nothing was kept
            return ds.dataset((document_schema() if kind == "data" else REJECTS).empty_table())
        if missing := [name for name in names if not self.store.exists(name)]:
            raise WorkspaceError(f"{self.folder / missing[0]} is missing; run the build again")
        if isinstance(self.store, ObjectStore):
            return ds.dataset(names, format="parquet", filesystem=arrow_filesystem(self.store))
        return ds.dataset([str(self.folder / name) for name in names], format="parquet")

    def _json(self, name: str) -> dict[str, Any]:
        try:
            data = json.loads(self.store.get(name))
        except (OSError, ValueError, RecursionError) as error:
            raise WorkspaceError(f"{self.folder / name} cannot be read: {error}") from error
        if not isinstance(data, dict):
            raise WorkspaceError(f"{self.folder / name} is damaged: it holds no JSON object")
        return data


_MANIFEST: Final[dict[str, type | tuple[type, ...]]] = {
    "name": str,
    "build_id": str,
    "documents": int,
    "text_bytes": int,
    "languages": dict,
    "files": list,
    "recipe": dict,
}
"""What every reader of a manifest needs."""


_LONGEST_CAUSE: Final = 120
"""Characters of a library's message that ours repeats."""


def _is_as_published(store: Store, entry: Mapping[str, Any]) -> bool:
    try:
        return digest_of(store, str(entry["path"])) == entry.get("sha256")
    except OSError:
        return False


def _known_columns(columns: Sequence[str] | None, schema: pa.Schema) -> list[str] | None:
    """The columns to read, None for all; UnknownNameError for one that is not there."""
    if isinstance(columns, str):
        raise TypeError(f"columns is a list of names, got the string {columns!r}")
    for name in columns or ():
        if name not in schema.names and name.partition(".")[0] not in schema.names:
            close = difflib.get_close_matches(str(name), schema.names, n=1)
            near = f"did you mean {close[0]!r}? " if close else ""
            raise UnknownNameError(f"no column {name!r}; {near}there are {', '.join(schema.names)}")
    return list(columns) if columns else None


def open_build(folder: str | Path | StoreUrl) -> Build:
    """A finished build in a folder or an object store, to be read; WorkspaceError says what there
    is instead."""
    return Build(folder)


def _what_is_there(place: Place, store: Store) -> str:
    if isinstance(place, StoreUrl):
        is_unfinished, is_empty = store.exists(IDENTITY), _is_empty(store)
    else:
        is_unfinished, is_empty = (place / ".work").is_dir(), not place.is_dir()
    if is_unfinished:
        return f"{place} is an unfinished build; run the same command again to finish it"
    if not is_empty:
        return f"{place} holds no build of corpuskit (no manifest.json)"
    return f"no build at {place}"


def _is_empty(store: Store) -> bool:
    return isinstance(store, ObjectStore) and store.is_empty()
