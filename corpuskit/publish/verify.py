"""Check a finished build against its own manifest, schema and ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit.document import text_sha256
from corpuskit.errors import LedgerError, WorkspaceError
from corpuskit.publish.read import Build
from corpuskit.publish.removed import count_removed
from corpuskit.schema import ALWAYS, FIELDS, REJECTS
from corpuskit.workspace import file_sha256


def verify(build: Build) -> list[str]:
    """Everything that is wrong with a build, one line each; empty if it is as its manifest says.

    Checks digests and sizes of all files, that no file is missing or left over, the schema,
    required columns, text digests, unique ids, the ledger, and that rows published and
    rejected, and lines taken out, are what the ledger counts.
    """
    try:
        files = build.manifest["files"]
        found = [*_check_files(build, files)]
        if found:
            return found
        return [*_check_data(build), *_check_ledger(build)]
    except (WorkspaceError, pa.ArrowException, KeyError) as error:
        return [str(error)]


def _check_files(build: Build, files: list[Mapping[str, Any]]) -> Iterator[str]:
    for one in files:
        path = build.folder / one["path"]
        if not path.is_file():
            yield f"{one['path']}: missing"
        elif path.stat().st_size != one["bytes"]:
            yield f"{one['path']}: {path.stat().st_size} bytes, manifest says {one['bytes']}"
        elif file_sha256(path) != one["sha256"]:
            yield f"{one['path']}: sha256 differs from the manifest's"
    known = {one["path"] for one in files}
    for folder in ("data", "rejects"):
        for path in sorted((build.folder / folder).glob("*")):
            name = f"{folder}/{path.name}"
            if name not in known:
                yield f"{name}: not in the manifest"


def _check_data(build: Build) -> Iterator[str]:
    ids: Counter[str] = Counter()
    for one in build.manifest["files"]:
        if one["kind"] == "data":
            yield from _check_shard(build, one, ids)
        elif one["kind"] == "rejects":
            yield from _check_rejects(build, one)
    for repeated in [name for name, count in ids.items() if count > 1][:10]:
        yield f"id {repeated} stands {ids[repeated]} times"


def _check_shard(build: Build, one: Mapping[str, Any], ids: Counter[str]) -> Iterator[str]:
    name = one["path"]
    with pq.ParquetFile(build.folder / name) as file:
        schema = file.schema_arrow
        for field in FIELDS.values():
            if field.name not in schema.names:
                yield f"{name}: column {field.name!r} is missing"
                return
            if schema.field(field.name).type != field.type:
                yield f"{name}: column {field.name!r} is {schema.field(field.name).type}"
                return
        if file.metadata.num_rows != one["rows"]:
            yield f"{name}: {file.metadata.num_rows} rows, manifest says {one['rows']}"
        for batch in file.iter_batches(columns=list(ALWAYS)):
            ids.update(batch.column("id").to_pylist())
            for column in ALWAYS:
                if batch.column(column).null_count:
                    yield f"{name}: column {column!r} holds nulls"
            if not pc.all(pc.equal(batch.column("lang"), one["lang"])).as_py():
                yield f"{name}: holds documents in other languages than {one['lang']}"
            pairs = zip(batch["text"].to_pylist(), batch["text_sha256"].to_pylist(), strict=True)
            if any(text_sha256(text) != digest for text, digest in pairs):
                yield f"{name}: a text does not match its text_sha256"


def _check_rejects(build: Build, one: Mapping[str, Any]) -> Iterator[str]:
    with pq.ParquetFile(build.folder / one["path"]) as file:
        if file.schema_arrow.remove_metadata() != REJECTS:
            yield f"{one['path']}: schema differs from what rejects have"
        if file.metadata.num_rows != one["rows"]:
            yield f"{one['path']}: {file.metadata.num_rows} rows, manifest says {one['rows']}"


def _check_ledger(build: Build) -> Iterator[str]:
    ledger = build.ledger
    try:
        ledger.check()
    except LedgerError as error:
        yield str(error)
    last = list(ledger.stages.values())[-1:] or None
    published = build.manifest["documents"]
    if last and last[0].passed != published:
        yield f"ledger passed on {last[0].passed} documents, the shards hold {published}"
    yield from _check_removed(build)
    counted: Counter[str] = Counter()
    for batch in build.rejects(columns=["reason"]):
        counted.update(batch.column("reason").to_pylist())
    for reason in sorted(set(counted) | set(ledger.reasons)):
        if counted[reason] != ledger.reasons[reason]:
            yield (
                f"{reason}: rejects hold {counted[reason]} rows, "
                f"the ledger counts {ledger.reasons[reason]}"
            )


def _check_removed(build: Build) -> Iterator[str]:
    counted, removed = count_removed(build.files("data")), build.ledger.removed
    for reason in sorted(counted.keys() | removed.keys()):
        if counted.get(reason) != removed.get(reason):
            found, told = (str(one.get(reason, "none")) for one in (counted, removed))
            yield f"{reason}: the shards tell of {found}, the ledger of {told}"
