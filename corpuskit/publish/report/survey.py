"""What the report shows of published files: counts by bin, and the samples with the smallest order.

Every file gives one table; `merge_surveys` adds counts up and keeps the first samples of each
group, so that memory does not grow with the corpus. A sample's order is a hash of its id, or how
close a document is to a threshold: the same documents are shown for any number of files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.store import Store

SCHEMA: Final = pa.schema(
    {
        "group": pa.string(),  # one of the names below
        "lang": pa.string(),
        "name": pa.string(),  # a signal, a rule, a reason
        "bin": pa.int64(),
        "documents": pa.int64(),  # 0 for a sample
        "order": pa.float64(),  # of a sample; null for a count
        "record": pa.string(),  # of a sample, as JSON
    }
)
_COUNT_KEYS: Final = ("group", "lang", "name", "bin")

SIGNAL, BROKEN, BROKE_ONLY, DECISIVE = "signal", "broken", "broke_only", "decisive"
"""Kept documents by value of a signal; records that broke a rule by value; of these, how many broke
no other; how many were lost by it."""
CLUSTER, SIMILARITY, LOST_SCORE, YEAR = "cluster", "similarity", "lost_score", "year"
KEPT, CLOSE_KEPT, CLOSE_LOST, RULE, REASON = "kept", "close_kept", "close_lost", "rule", "reason"
DOUBTFUL, MIXED, LARGEST = "doubtful", "mixed", "largest"
SAMPLES: Final[dict[str, int]] = {
    KEPT: 3, CLOSE_KEPT: 2, CLOSE_LOST: 2, RULE: 2, REASON: 3, DOUBTFUL: 2, MIXED: 2, LARGEST: 8,
}  # fmt: skip
"""Samples that are kept of each group, language and name."""
EXCERPT: Final = 280
"""Characters of a sample: three to five lines on a screen."""

Policies = Mapping[str, Mapping[str, float]]
"""Per language, thresholds of the rules in force."""


class Survey:
    """Counts and samples of a corpus; see the names of groups in this module."""

    def __init__(self, table: pa.Table) -> None:
        self._counts: dict[str, dict[tuple[str, str], dict[int, int]]] = {}
        self._samples: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for row in table.to_pylist():
            key = (row["lang"], row["name"])
            if row["record"] is None:
                group = self._counts.setdefault(row["group"], {})
                group.setdefault(key, {})[row["bin"]] = row["documents"]
            else:
                record = json.loads(row["record"])
                self._samples.setdefault((row["group"], *key), []).append(record)

    def bins(self, group: str, lang: str, name: str) -> dict[int, int]:
        """Documents by bin."""
        return self._counts.get(group, {}).get((lang, name), {})

    def total(self, group: str, lang: str, name: str) -> int:
        """Documents in all bins."""
        return sum(self.bins(group, lang, name).values())

    def added(self, group: str, name: str = "") -> dict[int, int]:
        """Documents of all languages by bin."""
        total: dict[int, int] = {}
        for (_, other), bins in self._counts.get(group, {}).items():
            if other == name:
                for number, count in bins.items():
                    total[number] = total.get(number, 0) + count
        return dict(sorted(total.items()))

    def samples(self, group: str, lang: str, name: str = "") -> list[dict[str, Any]]:
        """Samples of a language, first in order first."""
        return self._samples.get((group, lang, name), [])

    def all_samples(self) -> list[dict[str, Any]]:
        """Every sample."""
        return [record for records in self._samples.values() for record in records]

    def spread(self, group: str, name: str, count: int) -> list[dict[str, Any]]:
        """Up to `count` samples of all languages: the first of each, then the second ones."""
        lists = [rows for (of, _, other), rows in sorted(self._samples.items())
                 if (of, other) == (group, name)]  # fmt: skip
        ranked = [row for at in range(count) for rows in lists for row in rows[at : at + 1]]
        return ranked[:count]


def merge_surveys(tables: Iterable[pa.Table]) -> pa.Table:
    """Tables of several files as one: counts added up, the first samples of each group."""
    merged = SCHEMA.empty_table()
    for table in tables:
        whole = pa.concat_tables([merged, table])
        is_count = pc.is_null(whole["record"])
        merged = pa.concat_tables(
            [_added(whole.filter(is_count)), _first(whole.filter(pc.invert(is_count)))]
        )
    return merged.combine_chunks()


def _added(counts: pa.Table) -> pa.Table:
    added = counts.group_by(list(_COUNT_KEYS), use_threads=False).aggregate([("documents", "sum")])
    added = added.sort_by([(name, "ascending") for name in _COUNT_KEYS])
    columns = {name: added[name] for name in _COUNT_KEYS} | {"documents": added["documents_sum"]}
    rows = added.num_rows
    return pa.table(
        [columns.get(field.name, pa.nulls(rows, field.type)) for field in SCHEMA], schema=SCHEMA
    )


def _first(samples: pa.Table) -> pa.Table:
    keys = ("group", "lang", "name", "order", "record")
    ordered = samples.sort_by([(name, "ascending") for name in keys])
    seen: dict[tuple[str, str, str], int] = {}
    keep = []
    columns = (ordered[name].to_pylist() for name in keys[:3])
    for group, lang, name in zip(*columns, strict=True):
        count = seen.get((group, lang, name), 0)
        seen[group, lang, name] = count + 1
        keep.append(count < SAMPLES[group])
    return ordered.filter(pa.array(keep, pa.bool_()))


def survey_files(store: Store, entries: Sequence[Mapping[str, Any]], policies: Policies) -> Survey:
    """Counts and samples of all published files that manifest entries name."""
    chosen = [entry for entry in entries if entry["kind"] in ("data", "rejects")]
    with ThreadPoolExecutor() as threads:  # Arrow leaves the interpreter to others
        tables = threads.map(lambda e: survey_file(store, e["kind"], e["path"], policies), chosen)
        return Survey(merge_surveys(tables))


def survey_file(store: Store, kind: str, path: str, policies: Policies) -> pa.Table:
    """Counts and samples of one published file. WorkspaceError where it is damaged."""
    from corpuskit.publish.report.documents import survey_shard
    from corpuskit.publish.report.lost import survey_rejects

    return survey_shard(store, path, policies) if kind == "data" else survey_rejects(store, path)


class Findings:
    """What was counted and sampled so far in a file."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str, int], int] = {}
        self._samples: dict[tuple[str, str, str], list[tuple[float, str, Any]]] = {}

    def count(self, group: str, lang: str, name: str, bins: np.ndarray[Any, Any]) -> None:
        """Count documents by bin."""
        for number, count in zip(*np.unique(bins, return_counts=True), strict=True):
            key = (group, lang, name, int(number))
            self._counts[key] = self._counts.get(key, 0) + int(count)

    def offer(
        self, group: str, lang: str, name: str, order: np.ndarray[Any, Any], rows: Sequence[int]
    ) -> None:
        """Offer rows of the file as samples: those with the smallest order stay."""
        most = SAMPLES[group]
        chosen = np.argsort(order, kind="stable")[: 4 * most]
        held = self._samples.setdefault((group, lang, name), [])
        held += [(float(order[at]), "", rows[at]) for at in chosen.tolist()]
        held.sort()
        del held[most:]

    @property
    def rows(self) -> list[int]:
        """Rows of the file that are samples, in order."""
        return sorted({row for held in self._samples.values() for *_, row in held})

    def table(self, records: Mapping[int, Mapping[str, Any]]) -> pa.Table:
        """All of it; `records` has what is shown of every row that is a sample."""
        rows = [
            {"group": group, "lang": lang, "name": name, "bin": number, "documents": count}
            for (group, lang, name, number), count in self._counts.items()
        ]
        rows += [
            {"group": group, "lang": lang, "name": name, "documents": 0, "order": order,
             "record": json.dumps(records[row], ensure_ascii=False)}
            for (group, lang, name), held in self._samples.items()
            for order, _, row in held
        ]  # fmt: skip
        return merge_surveys([pa.Table.from_pylist(rows, schema=SCHEMA)])


def hash_order(ids: Sequence[str | None]) -> np.ndarray[Any, Any]:
    """An order that looks random and is the same everywhere: the second half of each id.

    The first half decides into which shard a document goes.
    """
    return np.array([int(name[16:29] or "0", 16) if name else 0 for name in ids], dtype=np.float64)


def excerpt(text: str | None) -> str | None:
    """The beginning of a text, with its line breaks."""
    if text is None:
        return None
    lines = (" ".join(line.split()) for line in text[: 4 * EXCERPT].splitlines())
    whole = "\n".join(line for line in lines if line)
    return whole if len(whole) <= EXCERPT else f"{whole[: EXCERPT - 1]}…"
