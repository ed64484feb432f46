"""A finished build, opened for reading."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.errors import WorkspaceError
from corpuskit.ledger import Ledger
from corpuskit.minhash_objects import as_minhash
from corpuskit.progress import counted
from corpuskit.publish.published import Published
from corpuskit.schema import document_schema
from corpuskit.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow.dataset as ds
    from datasketch import MinHash


class Build:
    """What a build left on disk.

    build = ck.open_build("builds/khmer")
    build.ledger["dedup/near"]
    for batch in build.documents(columns=["text", "url"]): ...
    """

    def __init__(self, folder: str | Path) -> None:
        if not isinstance(folder, str | Path):
            raise TypeError(f"a build is opened by its folder, got {type(folder).__name__}")
        self.folder = Path(folder)
        if not (self.folder / "manifest.json").is_file():
            raise WorkspaceError(_what_is_there(self.folder))

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

    def files(self, kind: str) -> list[Path]:
        """Published files of a kind (`data` or `rejects`), in order."""
        entries = self.manifest["files"]
        return [self.folder / entry["path"] for entry in entries if entry["kind"] == kind]

    @cached_property
    def dataset(self) -> ds.Dataset:
        """The corpus as a pyarrow dataset."""
        return self._dataset("data")

    @cached_property
    def rejected(self) -> ds.Dataset:
        """The rejects as a pyarrow dataset."""
        return self._dataset("rejects")

    def documents(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The published documents, in record batches."""
        yield from self.dataset.to_batches(columns=list(columns) if columns else None)

    def rejects(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rejected records, in record batches."""
        yield from self.rejected.to_batches(columns=list(columns) if columns else None)

    def signatures(self) -> Iterator[tuple[str, MinHash]]:
        """Id and MinHash signature of every published document, ready for datasketch's LSH
        classes; WorkspaceError where `.work`, in which they are kept, is gone."""
        record = Published.read(workspace := Workspace(self.folder))
        if record is None:
            raise WorkspaceError(
                f"{self.folder} has no record of what it was made of (.work); run the build again"
            )
        store = workspace.store
        clusters = store.table(record.clusters, ["task", "row", "id", "reason"])
        kept = clusters.filter(pc.is_null(clusters["reason"]))
        for number, outputs in enumerate(record.outputs):
            rows = kept.filter(pc.equal(kept["task"], number))
            signatures = store.table(outputs.signed, ["signature"])["signature"]
            for name, row in zip(rows["id"], rows["row"], strict=True):
                yield name.as_py(), as_minhash(signatures[row.as_py()].as_py())

    def _dataset(self, kind: str) -> ds.Dataset:
        import pyarrow.dataset as ds  # loads pandas where there is one: half a second

        files = [str(path) for path in self.files(kind)]
        if not files:  # nothing was kept
            return ds.dataset(document_schema().empty_table())
        if missing := [file for file in files if not Path(file).exists()]:
            raise WorkspaceError(f"{missing[0]} is missing; run the build again")
        return ds.dataset(files, format="parquet")

    def _json(self, name: str) -> dict[str, Any]:
        try:
            data = json.loads((self.folder / name).read_text(encoding="utf-8"))
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


def open_build(folder: str | Path) -> Build:
    """A finished build, to be read; WorkspaceError says what there is instead."""
    return Build(folder)


def _what_is_there(folder: Path) -> str:
    if (folder / ".work").is_dir():
        return f"{folder} is an unfinished build; run the same command again to finish it"
    if folder.is_dir():
        return f"{folder} holds no build of corpuskit (no manifest.json)"
    return f"no build at {folder}"
