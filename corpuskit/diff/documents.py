"""Which documents two builds have, and not: by id first, then by the record that they come from.

Four columns are read: `id`, `source_ref`, `text_sha256` and `source`, which has few values.
Documents are joined in ranges of ids: shards are sorted by id, and the row groups of a range are
known from their statistics, so memory holds one range at a time. Of a document that only one build
has, 64 bytes stay until its record has been looked for in the other build.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit.errors import WorkspaceError
from corpuskit.publish import Build

ROWS_PER_RANGE: Final = 250_000
"""Documents of both builds that are in memory at a time: some 200 MB."""
EXAMPLES: Final = 10
_COLUMNS: Final = ("id", "source", "source_ref", "text_sha256")
_FIRST_DIGITS: Final = 4
"""Hex digits of an id that ranges are cut at."""
_SPACE: Final = 16**_FIRST_DIGITS

Ids = npt.NDArray[np.bytes_]


@dataclass
class DocumentDiff:
    """Documents that two builds share, and those that they do not."""

    same: int = 0
    """Documents with the same id and text."""
    changed: int = 0
    """Documents of the same record with another text."""
    gained: int = 0
    """Documents of the new build whose record gave none to the old one."""
    lost: int = 0
    """Documents of the old build whose record gives none to the new one."""
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The first documents by id that changed, were gained and were lost."""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        counts = {name: getattr(self, name) for name in ("same", "changed", "gained", "lost")}
        return counts | {"examples": self.examples}


@dataclass(frozen=True)
class _Unmatched:
    """Documents of one build that the other does not have: ids and digests of their records."""

    ids: Ids
    records: Ids


def diff_documents(old: Build, new: Build, rows_per_range: int = ROWS_PER_RANGE) -> DocumentDiff:
    """Compare the documents of two published builds.

    Raises WorkspaceError for a shard that is missing or damaged.
    """
    result = DocumentDiff()
    unmatched: tuple[list[_Unmatched], list[_Unmatched]] = ([], [])
    edited: list[Ids] = []
    for first, last in _ranges(old, new, rows_per_range):
        tables = [_range_of(build, first, last) for build in (old, new)]
        (old_ids, old_texts), (new_ids, new_texts) = (_ids_and_texts(table) for table in tables)
        _, at_old, at_new = np.intersect1d(
            old_ids, new_ids, assume_unique=True, return_indices=True
        )
        is_same = old_texts[at_old] == new_texts[at_new]
        result.same += int(is_same.sum())
        edited.append(old_ids[at_old[~is_same]])
        for table, ids, matched, rest in zip(
            tables, (old_ids, new_ids), (at_old, at_new), unmatched, strict=True
        ):
            others = np.setdiff1d(np.arange(len(ids)), matched, assume_unique=True)
            rest.append(_Unmatched(ids[others], _records(table.take(pa.array(others)))))
    _match_records(result, _joined(unmatched[0]), _joined(unmatched[1]), np.concatenate([
        np.empty(0, "S32"), *edited]))  # fmt: skip
    _name_examples(result, old, new)
    return result


def _ranges(old: Build, new: Build, rows: int) -> Iterator[tuple[int, int]]:
    """Ranges [first, last) of the first digits of ids that hold about `rows` documents."""
    total = old.manifest["documents"] + new.manifest["documents"]
    number = min(_SPACE, max(1, -(-total // rows)))
    bounds = [_SPACE * at // number for at in range(number + 1)]
    yield from pairwise(bounds)


def _range_of(build: Build, first: int, last: int) -> pa.Table:
    """Rows of a build whose ids are in a range."""
    parts = []
    for name in build.names("data"):
        path = build.folder / name
        try:
            with build.store.reading(name) as source, pq.ParquetFile(source) as file:
                parts += [
                    file.read_row_group(number, list(_COLUMNS))
                    for number in range(file.num_row_groups)
                    if _may_hold(file.metadata.row_group(number), first, last)
                ]
        except FileNotFoundError as error:
            raise WorkspaceError(f"{path} is missing") from error
        except (OSError, pa.ArrowException) as error:
            raise WorkspaceError(
                f"{path} cannot be read; `corpuskit verify {build.folder}` checks every file"
            ) from error
    if not parts:
        return pa.table({name: pa.array([], pa.string()) for name in _COLUMNS})
    table = pa.concat_tables(parts)
    digits = pc.utf8_slice_codeunits(table["id"], 0, _FIRST_DIGITS)
    keep = pc.and_(
        pc.greater_equal(digits, f"{first:0{_FIRST_DIGITS}x}"),
        pc.less(digits, f"{last:0{_FIRST_DIGITS}x}")
        if last < _SPACE
        else pa.scalar(True),  # every id begins with fewer
    )
    return table.filter(keep).combine_chunks()


def _may_hold(group: Any, first: int, last: int) -> bool:
    """Whether a row group may hold ids of a range; always if it does not say."""
    column = next(
        (group.column(at) for at in range(group.num_columns)
         if group.column(at).path_in_schema == "id"), None,
    )  # fmt: skip
    statistics = column.statistics if column is not None else None
    if statistics is None or not statistics.has_min_max:
        return True
    lowest, highest = (str(end)[:_FIRST_DIGITS] for end in (statistics.min, statistics.max))
    begins_before = last >= _SPACE or lowest < f"{last:0{_FIRST_DIGITS}x}"
    return begins_before and highest >= f"{first:0{_FIRST_DIGITS}x}"


def _ids_and_texts(table: pa.Table) -> tuple[Ids, Ids]:
    """Ids, and digests of texts, as arrays of bytes."""
    return (
        np.array(table["id"].to_pylist(), dtype="S32"),
        np.array(table["text_sha256"].to_pylist(), dtype="S64"),
    )


def _records(table: pa.Table) -> Ids:
    """A digest of source and record of every row: 16 bytes, of which no two are alike by chance."""
    pairs = zip(table["source"].to_pylist(), table["source_ref"].to_pylist(), strict=True)
    digests = [
        hashlib.blake2b(f"{source}\0{record}".encode(), digest_size=16).hexdigest()
        for source, record in pairs
    ]
    return np.array(digests, dtype="S32")


def _joined(parts: Sequence[_Unmatched]) -> _Unmatched:
    empty = np.empty(0, "S32")
    return _Unmatched(
        np.concatenate([empty, *(part.ids for part in parts)]),
        np.concatenate([empty, *(part.records for part in parts)]),
    )


def _match_records(result: DocumentDiff, lost: _Unmatched, gained: _Unmatched, edited: Ids) -> None:
    """Pair documents of the same record; where a record gave several, as many as both have."""
    _, at_lost, at_gained = np.intersect1d(
        _numbered(lost.records), _numbered(gained.records), assume_unique=True, return_indices=True
    )
    only_lost = np.delete(lost.ids, at_lost)
    only_gained = np.delete(gained.ids, at_gained)
    result.changed = len(edited) + len(at_lost)
    result.lost, result.gained = len(only_lost), len(only_gained)
    pairs = sorted(zip(lost.ids[at_lost].tolist(), gained.ids[at_gained].tolist(), strict=True))
    same_id = [(name, name) for name in edited[:EXAMPLES].tolist()]
    result.examples = {
        "changed": [
            {"old": before.decode(), "new": after.decode()}
            for before, after in [*same_id, *pairs][:EXAMPLES]
        ],
        "gained": [{"new": name.decode()} for name in np.sort(only_gained)[:EXAMPLES].tolist()],
        "lost": [{"old": name.decode()} for name in np.sort(only_lost)[:EXAMPLES].tolist()],
    }


def _numbered(records: Ids) -> npt.NDArray[np.bytes_]:
    """Digests of records, each with its number among equal ones, so that all are unique."""
    order = np.argsort(records, kind="stable")
    ordered = records[order]
    places = np.arange(len(records))
    is_first = np.ones(len(records), dtype=bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    numbers = places - np.maximum.accumulate(np.where(is_first, places, 0))
    unique = np.empty(len(records), dtype="S48")
    unique[order] = np.char.add(ordered, np.char.mod(b"-%d", numbers).astype("S16"))
    return unique


def _name_examples(result: DocumentDiff, old: Build, new: Build) -> None:
    """Add source and record to every example."""
    for examples in result.examples.values():
        for side, build in (("new", new), ("old", old)):
            wanted = [example[side] for example in examples if side in example]
            rows = {row["id"]: row for row in _rows(build, wanted)}
            for example in examples:
                if (row := rows.get(example.get(side, ""))) is not None:
                    example |= {name: row[name] for name in ("source", "source_ref", "url")}


def _rows(build: Build, ids: Sequence[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    columns = ["id", "source", "source_ref", "url"]
    return build.head("data", len(ids), columns, pc.field("id").isin(list(ids)))
