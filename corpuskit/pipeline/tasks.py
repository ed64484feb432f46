"""What runs in a worker: scan an input, extract a task's records, run a map segment."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from corpuskit import schema
from corpuskit.connectors.base import Connector, Input, Piece
from corpuskit.connectors.calls import answerable, read_piece
from corpuskit.connectors.reasons import EXCLUDED
from corpuskit.document import Evidence, RawRecord, document_id
from corpuskit.exclusions import is_below
from corpuskit.licenses import NOASSERTION
from corpuskit.pipeline.plan import SourcePlan
from corpuskit.pipeline.segments import Segment
from corpuskit.stage import DETAIL, REASON, Batch, run_chain
from corpuskit.urls import canonical_url, domain, host_of
from corpuskit.workspace import Workspace, file_sha256, task_key

_FROM_CONNECTOR: Final[tuple[str, ...]] = (
    "source_ref", "url", "fetched_at", "http_status", "content_type", "payload_digest", "warc",
    "title", "published_at", "published_at_source", "lang_declared", "license",
    "license_confidence", "license_evidence", "robots", "tdm", "reason", "detail",
)  # fmt: skip
_STORED_RAW: Final[tuple[str, ...]] = (*_FROM_CONNECTOR, "url_canonical", "domain")
_OUTCOME: Final = (pa.field(REASON, pa.string()), pa.field(DETAIL, pa.string()))
_GIVEN_TO_ANNOTATE: Final = ("source_ref", "text", "url", "title", "lang_declared", REASON, DETAIL)


TASK_FORMAT: Final = "2"
"""Part of every task's key: raise it whenever what a task stores changes its form."""

CRASHED: Final[dict[str, str]] = {
    "read/crashed": "Reading this part of a file kills the process that does it, each time.",
    "extract/crashed": "Decoding or extracting this record kills the process that does it.",
    "normalize/crashed": "Normalizing, identifying or measuring this text kills the process.",
}
"""Code -> its meaning in one sentence, for the documentation; see `crashes`."""

_DIED: Final = "alone in a process, it was the end of it"

UNREADABLE: Final = ""
"""Stands for the digest of an input that cannot be read."""


@dataclass(frozen=True)
class ScanTask:
    """Inputs of one source to be digested and cut."""

    workspace: Workspace
    source: SourcePlan
    inputs: tuple[Input, ...]


@dataclass(frozen=True)
class Scanned:
    """What a scan found of one input."""

    input: Input
    sha256: str
    bytes: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Part:
    """One piece of one input, as a task reads it."""

    input: Input
    sha256: str
    piece: Piece


@dataclass(frozen=True)
class MapTask:
    """One task of one segment."""

    workspace: Workspace
    segment: Segment
    key: str
    source: SourcePlan
    parts: tuple[Part, ...] = ()
    """What the first segment reads."""
    before: Path | None = None
    """What the later segments read: the output of the segment before."""
    unreadable: frozenset[int] = frozenset()
    """Parts whose reading kills a worker; each becomes one lost record."""
    deadly: frozenset[int] = frozenset()
    """Rows whose processing kills a worker; they are lost before the segment."""


def scan(task: ScanTask) -> list[Scanned]:
    """Digest and cut inputs; an input whose path, size and time stand is not read again."""
    connector = task.source.open()
    return [_scan_one(task.workspace, task.source, connector, item) for item in task.inputs]


def _cut(source: SourcePlan, connector: Connector, item: Input) -> tuple[Piece, ...]:
    with answerable(connector, source.name, f"scanning {item.name}"):
        return tuple(connector.scan(item))


def _scan_one(
    workspace: Workspace, source: SourcePlan, connector: Connector, item: Input
) -> Scanned:
    state = _state(Path(item.path))
    if state is None:  # the connector says in the ledger why it cannot be read
        return Scanned(item, UNREADABLE, 0, _cut(source, connector, item))
    known = task_key(source.key, str(Path(item.path).absolute()), state.st_size, state.st_mtime_ns)
    path = workspace.path("scan", known, ".json")
    if path.exists():
        return _scanned(item, _load(path))
    found = Scanned(item, file_sha256(item.path), state.st_size, _cut(source, connector, item))
    workspace.write_json(path, {**asdict(found), "input": item.name})
    return found


def _state(path: Path) -> os.stat_result | None:
    """State of a regular file that can be opened; None for anything else."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return None
        with path.open("rb"):
            return state
    except OSError:
        return None


def _load(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _scanned(item: Input, data: Mapping[str, Any]) -> Scanned:
    pieces = tuple(Piece(**piece) for piece in data["pieces"])
    return Scanned(item, data["sha256"], data["bytes"], pieces)


def extract(task: MapTask) -> str:
    """Read a task's records and run the first segment over them; its output's path."""
    with task.workspace.running(task.segment.name, task.key):
        batch = run_chain(task.segment.make(), rows_of(task))
    batch = batch.with_columns(
        url_canonical=[canonical_url(url) for url in batch["url"]],
        domain=[domain(url) for url in batch["url"]],
    )
    fields = {name: schema.FIELDS[name] for name in _STORED_RAW if name in schema.FIELDS}
    fields |= {name: schema.FIELDS.get(name, one) for name, one in task.segment.fields.items()}
    return _store(task, batch, [*fields.values(), *_OUTCOME], compression="lz4")


def rows_of(task: MapTask) -> Batch:
    """What the task's segment is given: its records, or the rows of the segment before."""
    if task.before is None:
        return _without_deadly(task, _raw_batch(read(task), task.source))
    return _without_deadly(task, _read(task, _GIVEN_TO_ANNOTATE))


def read(task: MapTask) -> list[RawRecord]:
    """The records of a task's parts, in order."""
    connector = task.source.open()
    return [
        _without_excluded(record, task.source.avoid)
        for number, part in enumerate(task.parts)
        for record in (
            [_unreadable(part)]
            if number in task.unreadable
            else read_piece(
                connector, task.source.name, replace(part.input, sha256=part.sha256), part.piece
            )
        )
    ]


def _without_excluded(record: RawRecord, avoid: Sequence[str]) -> RawRecord:
    """The record, lost if its page is of a domain that must not be used."""
    host = host_of(record.url) if record.reason is None else None
    if host and is_below(host, avoid):
        record.reason, record.detail, record.content = EXCLUDED, host, b""
    return record


def _unreadable(part: Part) -> RawRecord:
    ref = f"{part.input.name}#{part.piece.start}-{part.piece.stop}"
    return RawRecord(source_ref=ref, reason="read/crashed", detail=_DIED)


def _without_deadly(task: MapTask, batch: Batch) -> Batch:
    """The batch with the deadly rows marked as lost."""
    reasons, details = list(batch.get(REASON)), list(batch.get(DETAIL))
    code = "extract/crashed" if task.parts else "normalize/crashed"
    for row in task.deadly:
        if reasons[row] is None:
            reasons[row], details[row] = code, _DIED
    return batch.with_reasons(reasons, details)


def _raw_batch(records: Sequence[RawRecord], source: SourcePlan) -> Batch:
    columns = raw_columns(records)
    _declare_license(columns, source)
    return Batch({**columns})


def raw_columns(records: Sequence[RawRecord]) -> dict[str, list[Any]]:
    """What the first segment is given of records."""
    return {
        **{name: [getattr(record, name) for record in records] for name in _FROM_CONNECTOR},
        "_content": [record.content for record in records],
        "_charset": [record.charset for record in records],
        "_headers": [record.headers for record in records],
    }


def _declare_license(columns: dict[str, list[Any]], source: SourcePlan) -> None:
    """The operator's word on the whole source, for records that say nothing of their own."""
    if source.license == NOASSERTION:
        return
    said = Evidence(
        kind="operator", value=source.license, where=source.license_verified_by or "recipe"
    )
    for row, own in enumerate(columns["license"]):
        if own is None:
            columns["license"][row] = source.license
            columns["license_confidence"][row] = "declared"
        columns["license_evidence"][row] = [*(columns["license_evidence"][row] or []), said]


def annotate(task: MapTask) -> str:
    """Run the second segment and give every row its id and size."""
    with task.workspace.running(task.segment.name, task.key):
        batch = run_chain(task.segment.make(), rows_of(task))
    texts = [text or "" for text in batch["text"]]
    batch = batch.with_columns(
        id=[document_id(*pair) for pair in zip(batch["source_ref"], texts, strict=True)],
        text_bytes=[len(text.encode("utf-8", "replace")) for text in texts],
    )
    fields = {"id": schema.FIELDS["id"], "text": schema.FIELDS["text"]}
    fields["text_bytes"] = pa.field("text_bytes", pa.int64())
    fields |= {name: schema.FIELDS.get(name, one) for name, one in task.segment.fields.items()}
    return _store(task, batch, [*fields.values(), *_OUTCOME])


def sign(task: MapTask) -> str:
    """Run the signature segment over the annotated texts."""
    batch = run_chain(task.segment.make(), _read(task, ("text", "lang", REASON, DETAIL)))
    return _store(task, batch, list(task.segment.fields.values()))


def _read(task: MapTask, columns: Sequence[str]) -> Batch:
    assert task.before is not None  # only the first segment reads parts
    table = task.workspace.read_table(task.before, list(columns))
    return Batch({name: table.column(name).to_pylist() for name in columns})


def _store(
    task: MapTask, batch: Batch, fields: Sequence[pa.Field], compression: str | None = None
) -> str:
    columns = {field.name: batch.get(field.name) for field in fields}
    path = task.workspace.path(task.segment.name, task.key)
    task.workspace.write_table(path, schema.to_table(columns, fields), compression)
    return os.fspath(path)
