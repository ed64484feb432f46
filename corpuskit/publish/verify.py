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
from corpuskit.publish.edits import COLUMNS, count_edits, disagreements, merged
from corpuskit.publish.manifest import FORMAT
from corpuskit.publish.published import digest_of
from corpuskit.publish.read import Build
from corpuskit.schema import ALWAYS, FIELDS, REJECTS
from corpuskit.store import name_parts


def verify(build: Build) -> list[str]:
    """Everything that is wrong with a build, one line each; empty if it is as its manifest says.

    Checks digests and sizes of all files, that no file is missing or left over, the schema,
    required columns, text digests, splits, unique ids, the ledger, and that the rows published
    and rejected, and the edits made, are what the ledger counts.
    """
    if not isinstance(build, Build):
        raise TypeError(f"verify takes a Build: verify(open_build({str(build)!r:.80}))")
    try:
        return _problems(build)
    except (WorkspaceError, pa.ArrowException) as error:
        return [str(error)]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return [f"manifest or ledger are damaged ({type(error).__name__}: {error})"]


def _problems(build: Build) -> list[str]:
    if build.manifest.get("format") != FORMAT:
        return [
            f"the manifest is of format {build.manifest.get('format')}, this version of "
            f"corpuskit verifies format {FORMAT}; build again, or verify with the version that "
            "built it"
        ]
    files = build.manifest["files"]
    # What follows reads what came before: a damaged file is not worth reading.
    for check in (_check_files(build, files), _check_data(build), _check_ledger(build)):
        if problems := list(check):
            return problems
    return []


def _check_files(build: Build, files: list[Mapping[str, Any]]) -> Iterator[str]:
    for entry in files:
        name = entry["path"]
        if not _is_within(name):
            yield f"{name}: leads out of the build"
        elif (size := build.store.size(name)) is None:
            yield f"{name}: missing"
        elif size != entry["bytes"]:
            yield f"{name}: {size} bytes, manifest says {entry['bytes']}"
        elif digest_of(build.store, name) != entry["sha256"]:
            yield f"{name}: sha256 differs from the manifest's"
    known = {entry["path"] for entry in files}
    for folder in ("data", "rejects"):
        for output in build.store.list(folder):
            if output.name not in known:
                yield f"{output.name}: not in the manifest"


def _is_within(name: str) -> bool:
    try:
        name_parts(name)
    except ValueError:
        return False
    return True


def _check_data(build: Build) -> Iterator[str]:
    ids: Counter[str] = Counter()
    for entry in build.manifest["files"]:
        if entry["kind"] == "data":
            yield from _check_shard(build, entry, ids)
        elif entry["kind"] == "rejects":
            yield from _check_rejects(build, entry)
    for repeated in [name for name, count in ids.items() if count > 1][:10]:
        yield f"id {repeated} occurs {ids[repeated]} times"


def _check_shard(build: Build, entry: Mapping[str, Any], ids: Counter[str]) -> Iterator[str]:
    name = entry["path"]
    with build.store.reading(name) as source, pq.ParquetFile(source) as file:
        if wrong := _wrong_column(file.schema_arrow):
            yield f"{name}: {wrong}"
            return
        if file.metadata.num_rows != entry["rows"]:
            yield f"{name}: {file.metadata.num_rows} rows, manifest says {entry['rows']}"
        for batch in file.iter_batches(columns=[*ALWAYS, "removed"]):
            ids.update(batch.column("id").to_pylist())
            for column in ALWAYS:
                if batch.column(column).null_count:
                    yield f"{name}: column {column!r} holds nulls"
            for column in ("lang", "split"):
                if not pc.all(pc.equal(batch.column(column), entry[column])).as_py():
                    yield f"{name}: not every row has {column} {entry[column]}"
            pairs = zip(batch["text"].to_pylist(), batch["text_sha256"].to_pylist(), strict=True)
            if any(text_sha256(text) != digest for text, digest in pairs):
                yield f"{name}: a text does not match its text_sha256"
            for identifier in disagreements(batch):
                yield f"{name}: {identifier}: `removed` is not what `edits` counts"


def _wrong_column(schema: pa.Schema) -> str | None:
    """The first column that is not as published columns are."""
    for field in FIELDS.values():
        if field.name not in schema.names:
            return f"column {field.name!r} is missing"
        if schema.field(field.name).type != field.type:
            return f"column {field.name!r} is {schema.field(field.name).type}"
    return None


def _check_rejects(build: Build, entry: Mapping[str, Any]) -> Iterator[str]:
    with build.store.reading(entry["path"]) as source, pq.ParquetFile(source) as file:
        if file.schema_arrow.remove_metadata() != REJECTS:
            yield f"{entry['path']}: schema differs from what rejects have"
        if file.metadata.num_rows != entry["rows"]:
            yield f"{entry['path']}: {file.metadata.num_rows} rows, manifest says {entry['rows']}"


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
    yield from _check_edits(build)
    counted: Counter[str] = Counter()
    for batch in build.rejects(columns=["reason"]):
        counted.update(batch.column("reason").to_pylist())
    for reason in sorted(set(counted) | set(ledger.reasons)):
        if counted[reason] != ledger.reasons[reason]:
            yield (
                f"{reason}: rejects hold {counted[reason]} rows, "
                f"the ledger counts {ledger.reasons[reason]}"
            )


def _check_edits(build: Build) -> Iterator[str]:
    """Count every edit again in the shards."""
    parts = []
    for name in build.names("data"):
        with build.store.reading(name) as source, pq.ParquetFile(source) as file:
            parts.append(count_edits(file.iter_batches(columns=list(COLUMNS))))
    counted, ledger = merged(parts), build.ledger.edits
    for code in sorted(counted.keys() | ledger.keys()):
        if counted.get(code) != ledger.get(code):
            yield (
                f"{code}: the shards hold {counted.get(code, 'none')}, "
                f"the ledger counts {ledger.get(code, 'none')}"
            )
