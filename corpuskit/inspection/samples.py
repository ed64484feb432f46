"""Random samples of documents and rejects, the same for the same seed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.inspection.queries import SampleQuery
from corpuskit.publish import Build

SHOWN: Final = ("id", "url", "source", "source_ref", "lang", "lang_score", "text")
"""Columns of a document that are shown."""


@dataclass(frozen=True)
class Sample:
    """Some rows, and how many there are of their kind."""

    rows: list[dict[str, Any]]
    total: int


def sample_documents(build: Build, count: int, query: SampleQuery) -> Sample:
    """Published documents that a query asks for, chosen at random: some columns of them."""
    draw = Draw(count, query.seed)
    columns = {"id": pc.field("id")}
    for batch in build.select("data", columns, query.documents()):
        draw.add(batch["id"])
    rows = _rows(build, "data", draw.of(), list(SHOWN))
    return Sample(rows, draw.totals[""])


def sample_rejects(
    build: Build, count: int, query: SampleQuery, *, each_reason: bool = False
) -> Sample:
    """Rejects that a query asks for, chosen at random; records that were taken down have no id and
    are only counted.

    With `each_reason` one of every reason, of as many reasons as `count`, the commonest first;
    records that could not be read come last.
    """
    draw = Draw(1 if each_reason else count, query.seed)
    columns = {name: pc.field(name) for name in ("id", "reason")}
    for batch in build.select("rejects", columns, query.rejects()):
        if not each_reason:
            draw.add(batch["id"])
            continue
        for reason in batch["reason"].unique().to_pylist():
            rows = batch.filter(pc.equal(batch["reason"], reason))
            draw.add(rows["id"], str(reason))
    if not each_reason:
        return Sample(_rows(build, "rejects", draw.of()), draw.totals[""])
    order = sorted(draw.totals, key=lambda name: (name.startswith("read/"), -draw.totals[name]))
    ids = [identifier for reason in order for identifier in draw.of(reason)]
    rows_of = {row["id"]: row for row in _rows(build, "rejects", ids[:count])}
    chosen = [rows_of[identifier] for identifier in ids[:count] if identifier in rows_of]
    return Sample(chosen, draw.totals.total())


class Draw:
    """Keeps the ids of each group that a seed puts first."""

    def __init__(self, count: int, seed: int) -> None:
        self.count = count
        self.totals: Counter[str] = Counter()
        """Rows by group, those without an id included."""
        digest = hashlib.sha256(f"sample\0{seed}".encode()).digest()
        self._mask = np.frombuffer(digest[:8], ">u8")[0]
        self._first: dict[str, list[tuple[int, str]]] = {}

    def add(self, ids: pa.Array, group: str = "") -> None:
        """Take note of more rows of a group."""
        self.totals[group] += len(ids)
        valid = ids.filter(pc.is_valid(ids))
        if not len(valid) or not self.count:
            return
        ranks = _ranks(valid) ^ self._mask
        first = np.argsort(ranks, kind="stable")[: self.count]
        names = valid.take(pa.array(first)).to_pylist()
        pairs = zip(ranks[first].tolist(), names, strict=True)
        self._first[group] = sorted([*self._first.get(group, ()), *pairs])[: self.count]

    def of(self, group: str = "") -> list[str]:
        """The ids of a group that come first."""
        return [name for _, name in self._first.get(group, ())]


def _ranks(ids: pa.Array) -> npt.NDArray[np.uint64]:
    """The first 16 hex digits of ids as numbers: ids are digests, so their order is random."""
    numbers = b"".join(bytes.fromhex(name[:16]) for name in ids.to_pylist())
    return np.frombuffer(numbers, ">u8").astype(np.uint64)


def _rows(
    build: Build, kind: str, ids: Iterable[str], columns: list[str] | None = None
) -> list[dict[str, Any]]:
    """The rows with these ids, in their order; one row for an id."""
    wanted = list(ids)
    if not wanted:
        return []
    rows: Mapping[str, dict[str, Any]] = {
        row["id"]: row
        for row in build.head(kind, len(wanted), columns, where=pc.field("id").isin(wanted))
    }
    return [rows[identifier] for identifier in dict.fromkeys(wanted) if identifier in rows]
