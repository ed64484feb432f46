"""What is in published files, counted in the files themselves.

Every figure of the description files comes from one table of counts per file, made by whoever has
the file: a worker of the build, or a takedown in a published folder. Tables of several files are
added up by `merge_counts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit.errors import WorkspaceError
from corpuskit.store import Store

SCHEMA: Final = pa.schema(
    {
        "group": pa.string(),  # what is counted: one of the names below
        "lang": pa.string(),
        "source": pa.string(),
        "value": pa.string(),
        "documents": pa.int64(),
        "items": pa.int64(),  # of lists, how many entries; else as many as documents
        "text_bytes": pa.int64(),
    }
)
_KEYS: Final = ("group", "lang", "source", "value")
_SUMS: Final = ("documents", "items", "text_bytes")

SPLIT, DOMAIN, CAPTURED = "split", "domain", "captured"
LICENSE, CONFIDENCE = "license", "license_confidence"
ROBOTS, AGENT, TDM, SIGNAL = "robots", "robots_agent", "tdm", "tdm_signal"
PERSONAL_DATA, SEARCHED = "pii", "pii_searched"
SECOND_LANGUAGE, SOURCE_TYPE = "second_language", "source_type"
REJECTED: Final = "rejected"
CONTAMINATION: Final = "contamination"
"""Documents by benchmark of which they hold an item, where that was searched for."""
NO_VALUE: Final = ""
"""Where a row has no value: no domain, nobody looked, no date."""

SECOND_SCORE: Final = 0.1
"""Least probability of the model's second label that counts as a doubt: at .1 the model is at most
nine to one sure of its first."""

_COLUMNS: Final = (
    "text", "lang", "source", "split", "source_type", "domain", "license", "license_confidence",
    "robots", "tdm", "pii", "fetched_at", "lid_top",
)  # fmt: skip
_BATCH_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Count:
    """Documents of one kind, the entries of their lists, and bytes of their text in UTF-8."""

    documents: int = 0
    items: int = 0
    text_bytes: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.documents + other.documents,
            self.items + other.items,
            self.text_bytes + other.text_bytes,
        )


class Counts:
    """Counts of a corpus, by group; see the names of groups in this module."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def by(self, group: str, *keys: str) -> dict[tuple[str, ...], Count]:
        """Counts of a group by some of `lang`, `source` and `value`, in the order of the keys."""
        counts: dict[tuple[str, ...], Count] = {}
        for row in self._rows(group):
            key = tuple(str(row[name]) for name in keys)
            count = Count(*(row[name] for name in _SUMS))
            counts[key] = counts.get(key, Count()) + count
        return dict(sorted(counts.items()))

    def of(self, group: str, **where: str) -> dict[str, Count]:
        """Counts of a group by value, of one language or source if named; most documents first."""
        counts: dict[str, Count] = {}
        for row in self._rows(group):
            if all(row[name] == value for name, value in where.items()):
                count = Count(*(row[name] for name in _SUMS))
                counts[row["value"]] = counts.get(row["value"], Count()) + count
        return dict(sorted(counts.items(), key=lambda item: (-item[1].documents, item[0])))

    def domains(self) -> pa.Table:
        """Every domain with its documents and bytes of text, most text first: columns `domain`,
        `documents`, `text_bytes`."""
        table = self.table.filter(pc.equal(self.table["group"], DOMAIN))
        table = table.filter(pc.not_equal(table["value"], NO_VALUE))
        renamed = table.select(["value", "documents", "text_bytes"]).rename_columns(
            ["domain", "documents", "text_bytes"]
        )
        return renamed.sort_by([("text_bytes", "descending"), ("domain", "ascending")])

    def _rows(self, group: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.table.filter(
            pc.equal(self.table["group"], group)
        ).to_pylist()
        return rows


def merge_counts(tables: Iterable[pa.Table]) -> pa.Table:
    """Tables of counts added up, one row per group, language, source and value, sorted."""
    whole = pa.concat_tables([SCHEMA.empty_table(), *tables])
    added = whole.group_by(list(_KEYS), use_threads=False).aggregate(
        [(name, "sum") for name in _SUMS]
    )
    columns = {name: added[name] for name in _KEYS} | {name: added[f"{name}_sum"] for name in _SUMS}
    table = pa.table({name: columns[name].cast(SCHEMA.field(name).type) for name in SCHEMA.names})
    return table.sort_by([(name, "ascending") for name in _KEYS])


def count_files(store: Store, entries: Sequence[Mapping[str, Any]]) -> Counts:
    """Counts of all published files that manifest entries name, several files at a time."""
    kinds = {"data": count_shard, "rejects": count_rejects}
    counted = [(kinds[entry["kind"]], entry["path"]) for entry in entries if entry["kind"] in kinds]
    with ThreadPoolExecutor() as threads:  # Arrow leaves the interpreter to others
        tables = threads.map(lambda pair: pair[0](store, pair[1]), counted)
        return Counts(merge_counts(tables))


@contextmanager
def published_parquet(store: Store, name: str) -> Iterator[pq.ParquetFile]:
    """A published Parquet file, opened; WorkspaceError where it is missing or damaged."""
    try:
        with store.reading(name) as source, pq.ParquetFile(source) as file:
            yield file
    except FileNotFoundError as error:
        raise WorkspaceError(
            f"{name} disappeared; run the build again, or fetch the corpus anew"
        ) from error
    except (OSError, pa.ArrowException) as error:
        raise WorkspaceError(
            f"{name} cannot be read ({str(error).splitlines()[0]:.120}); `corpuskit verify` checks "
            "every file, and building again mends them"
        ) from error


def count_shard(store: Store, name: str) -> pa.Table:
    """Counts of a shard of documents."""
    with published_parquet(store, name) as file:
        columns = [*_COLUMNS, *({CONTAMINATION} & {*file.schema_arrow.names})]
        batches = file.iter_batches(batch_size=_BATCH_ROWS, columns=columns)
        total = SCHEMA.empty_table()
        for batch in batches:
            total = merge_counts([total, *_counts_of(batch)])
    return total


def count_rejects(store: Store, name: str) -> pa.Table:
    """Counts of a file of rejects: records by language, source and reason."""
    with published_parquet(store, name) as file:
        total = SCHEMA.empty_table()
        for batch in file.iter_batches(columns=["lang", "source", "reason"]):
            lang, source_name, reason = (batch.column(column) for column in batch.schema.names)
            no_text = pa.repeat(pa.scalar(0, pa.int64()), batch.num_rows)
            total = merge_counts([total, _table(REJECTED, lang, source_name, reason, no_text)])
    return total


def _counts_of(batch: pa.RecordBatch) -> Iterator[pa.Table]:
    lang, source = batch.column("lang"), batch.column("source")
    size = pc.binary_length(batch.column("text")).cast(pa.int64())
    nothing = pa.repeat(pa.scalar(NO_VALUE), batch.num_rows)

    def counted(group: str, values: pa.Array) -> pa.Table:
        return _table(group, lang, source, values, size)

    for name in (SPLIT, SOURCE_TYPE, LICENSE, CONFIDENCE):
        yield counted(name, batch.column(name))
    yield _table(DOMAIN, nothing, nothing, batch.column("domain"), size)
    yield counted(CAPTURED, batch.column("fetched_at").cast(pa.date32()).cast(pa.string()))
    robots, tdm = batch.column("robots"), batch.column("tdm")
    yield counted(ROBOTS, pc.struct_field(robots, "verdict"))
    yield counted(AGENT, pc.struct_field(robots, "ua"))
    yield counted(TDM, pc.struct_field(tdm, "verdict"))
    yield _listed(SIGNAL, batch, pc.struct_field(tdm, "signals"), size)
    yield counted(SEARCHED, pc.is_valid(batch.column("pii")))
    yield _listed(PERSONAL_DATA, batch, batch.column("pii"), size, items="count")
    yield counted(SECOND_LANGUAGE, _second_labels(batch.column("lid_top")))
    if CONTAMINATION in batch.schema.names:
        yield _listed(CONTAMINATION, batch, batch.column(CONTAMINATION), size, name="benchmark")


def _table(
    group: str, lang: pa.Array, source: pa.Array, values: pa.Array, size: pa.Array
) -> pa.Table:
    """A row per document; null is NO_VALUE."""
    ones = pa.repeat(pa.scalar(1, pa.int64()), len(values))
    columns = [
        pa.repeat(pa.scalar(group), len(values)),
        *(pc.fill_null(column.cast(pa.string()), NO_VALUE) for column in (lang, source, values)),
        ones,
        ones,
        size,
    ]
    return pa.table(columns, schema=SCHEMA)


def _listed(
    group: str,
    batch: pa.RecordBatch,
    lists: pa.Array,
    size: pa.Array,
    items: str | None = None,
    name: str = "kind",
) -> pa.Table:
    """A row per document and kind (`name`) of a list of structs, and `items` if that counts."""
    parents, entries = pc.list_parent_indices(lists), pc.list_flatten(lists)
    kinds = pc.fill_null(pc.struct_field(entries, name), NO_VALUE)
    number = (
        pc.fill_null(pc.struct_field(entries, items), 0).cast(pa.int64())
        if items
        else pa.repeat(pa.scalar(1, pa.int64()), len(entries))
    )
    by_document = pa.table({"parent": parents, "kind": kinds, "items": number}).group_by(
        ["parent", "kind"], use_threads=False
    )
    rows = by_document.aggregate([("items", "sum")])
    taken = rows["parent"].combine_chunks()
    table = _table(
        group,
        batch.column("lang").take(taken),
        batch.column("source").take(taken),
        rows["kind"].combine_chunks(),
        size.take(taken),
    )
    return table.set_column(SCHEMA.get_field_index("items"), "items", rows["items_sum"])


def _second_labels(lists: pa.Array) -> pa.Array:
    """The model's second label where its score is at least SECOND_SCORE, else null."""
    has_two = pc.fill_null(pc.greater_equal(pc.list_value_length(lists), 2), False)
    empty = pa.scalar([{"label": None, "score": 0.0}] * 2, lists.type)
    second = pc.list_element(pc.if_else(has_two, lists, empty), 1)
    is_close = pc.greater_equal(pc.struct_field(second, "score"), pa.scalar(SECOND_SCORE))
    return pc.if_else(is_close, pc.struct_field(second, "label"), pa.scalar(None, pa.string()))
