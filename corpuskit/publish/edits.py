"""What edits did to published documents, counted in the shards themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from corpuskit.ledger import EditCount

COLUMNS = ("edits", "removed")


def count_edits(batches: Iterable[pa.RecordBatch]) -> dict[str, EditCount]:
    """By `stage/kind`, over all documents of record batches with the columns of `COLUMNS`."""
    counts: dict[str, EditCount] = {}
    for batch in batches:
        for row in _rows(batch.column("edits")):
            for edit in row:
                count = counts.setdefault(f"{edit['stage']}/{edit['kind']}", EditCount())
                count.documents += 1
                count.count += edit["count"]
                count.chars += edit["chars"]
        for row in _rows(batch.column("removed")):
            for passage in row:
                if passage["lang"] is not None:
                    count = counts.setdefault(f"{passage['stage']}/{passage['kind']}", EditCount())
                    count.languages[passage["lang"]] += 1
    return counts


def _rows(column: pa.Array) -> list[list[Mapping[str, Any]]]:
    """The lists that hold something; most documents have none."""
    return [row for row in column.drop_null().to_pylist() if row]


def merged(parts: Iterable[Mapping[str, EditCount]]) -> dict[str, EditCount]:
    """The counts of several shards together."""
    total: dict[str, EditCount] = {}
    for part in parts:
        for code, count in part.items():
            total.setdefault(code, EditCount()).add(count)
    return dict(sorted(total.items()))


def disagreements(batch: pa.RecordBatch) -> Iterator[str]:
    """Rows whose removed passages are not what their edits count, by id."""
    columns = (batch.column(name).to_pylist() for name in ("id", "edits", "removed"))
    for identifier, edits, removed in zip(*columns, strict=True):
        if not removed:
            continue
        listed: dict[tuple[str, str], list[int]] = {}
        for passage in removed:
            listed.setdefault((passage["stage"], passage["kind"]), []).append(passage["chars"])
        counted = {(e["stage"], e["kind"]): (e["count"], e["chars"]) for e in edits or ()}
        for key, chars in listed.items():
            if counted.get(key) != (len(chars), sum(chars)):
                yield identifier
                break
