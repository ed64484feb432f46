"""The survey of a shard of published documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit.publish.pages.counts import published_parquet
from corpuskit.publish.report import survey
from corpuskit.publish.report.bins import bins_of
from corpuskit.publish.report.survey import Findings, Policies, excerpt, hash_order
from corpuskit.store import Store
from corpuskit.thresholds import RULES, SIGNALS

LENGTHS: Final = ("chars", "words")
_ALWAYS: Final = ("lang_score", "lang_line_share", *LENGTHS)
_COLUMNS: Final = ("id", "lang", "lid_top", "duplicates", "published_at")
_SHOWN: Final = ("id", "lang", "lang_score", "lang_line_share", "url", "source", "source_ref",
                 "title", "text", "lid_top", "duplicates", "quality")  # fmt: skip
_CLOSE: Final = 0.2
"""A value within a fifth of its threshold is borderline."""
_MIXED: Final = 0.9
"""Share of letters in the document's language below which it counts as mixed."""
_DOUBT: Final = 0.1
"""Least probability of a second language that counts as a doubt, as in the card."""
_BATCH: Final = 10_000


def signal_of(rule: str) -> str:
    """The signal that a rule bounds."""
    return RULES[rule].signal if rule in RULES else rule.partition("_")[2]


def survey_shard(store: Store, path: str, policies: Policies) -> pa.Table:
    """Counts and samples of a shard; `policies` has the thresholds in force by language."""
    findings = Findings()
    with published_parquet(store, path) as file:
        first = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=_read_columns(file, policies)):
            _survey_batch(findings, batch, first, policies)
            first += batch.num_rows
        return findings.table(dict(_records(file, findings.rows, policies)))


def _read_columns(file: pq.ParquetFile, policies: Policies) -> list[str]:
    names = file.schema_arrow.names
    own = {signal_of(rule) for rules in policies.values() for rule in rules} - {*SIGNALS}
    wanted = [*_COLUMNS, "lang_score", "script_ratio", "lang_line_share", "quality", *sorted(own)]
    return [name for name in wanted if name in names]


def _survey_batch(
    findings: Findings, batch: pa.RecordBatch, first: int, policies: Policies
) -> None:
    langs = np.array(batch["lang"].to_pylist(), dtype=object)
    for lang in sorted(set(langs.tolist())):
        rows = np.flatnonzero(langs == lang)
        _survey_language(findings, batch.take(pa.array(rows)), lang, rows + first, policies)


def _survey_language(
    findings: Findings, batch: pa.RecordBatch, lang: str, rows: Any, policies: Policies
) -> None:
    rules = policies.get(lang, {})
    for signal in dict.fromkeys((*_ALWAYS, *map(signal_of, rules))):
        values = signal_values(batch, signal)
        known = ~np.isnan(values)
        findings.count(survey.SIGNAL, lang, signal, bins_of(signal, values[known]))
    for rule, threshold in rules.items():
        values = signal_values(batch, signal_of(rule))
        far = np.abs(values - threshold) / max(abs(threshold), 1e-6)
        _offer(findings, survey.CLOSE_KEPT, lang, rule, far, rows, far <= _CLOSE)
    hashes = hash_order(batch["id"].to_pylist())
    findings.offer(survey.KEPT, lang, "", hashes, rows.tolist())
    line_shares = signal_values(batch, "lang_line_share")
    _offer(findings, survey.MIXED, lang, "", line_shares, rows, line_shares < _MIXED)
    seconds = np.array([_second(labels)[1] for labels in batch["lid_top"].to_pylist()])
    _offer(findings, survey.DOUBTFUL, lang, "", -seconds, rows, seconds >= _DOUBT)
    sizes = pc.fill_null(pc.struct_field(batch["duplicates"], "count"), 0).to_numpy(False) + 1
    findings.count(survey.CLUSTER, lang, "", np.array([size_class(size) for size in sizes]))
    _offer(findings, survey.LARGEST, "", "", -sizes, rows, sizes > 1)
    years = pc.drop_null(pc.year(batch["published_at"])).to_numpy(False)
    findings.count(survey.YEAR, lang, "", years)


def _offer(
    findings: Findings, group: str, lang: str, name: str, order: Any, rows: Any, where: Any
) -> None:
    chosen = np.flatnonzero(where)
    if len(chosen):
        findings.offer(group, lang, name, order[chosen], rows[chosen].tolist())


def size_class(size: int) -> int:
    """The class of a cluster's size: 1 to 5 each, then by powers of ten: 6, 11, 101, 1001, ..."""
    if size <= 5:
        return int(size)
    return 6 if size <= 10 else 10 ** (len(str(size - 1)) - 1) + 1


def signal_values(batch: pa.RecordBatch, signal: str) -> Any:
    """A signal of all documents, NaN for null and where there is no such column."""
    names = batch.schema.names
    if signal in names:
        column = batch[signal]
    elif "quality" in names and batch.schema.field("quality").type.get_field_index(signal) >= 0:
        column = pc.struct_field(batch["quality"], signal)
    else:
        return np.full(batch.num_rows, np.nan)
    return np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _second(labels: list[dict[str, Any]] | None) -> tuple[str, float]:
    second = (labels or [])[1:2]
    return (second[0]["label"], second[0]["score"]) if second else ("", 0.0)


def _records(
    file: pq.ParquetFile, rows: list[int], policies: Policies
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What is shown of some rows; only their row groups are read."""
    own = [name for name in _read_columns(file, policies) if name not in _SHOWN]
    columns = [name for name in (*_SHOWN, *own) if name in file.schema_arrow.names]
    first = 0
    for number in range(file.num_row_groups):
        last = first + file.metadata.row_group(number).num_rows
        chosen = [row for row in rows if first <= row < last]
        if chosen:
            table = file.read_row_group(number, columns).take(
                pa.array([row - first for row in chosen])
            )
            records = (_record(row, policies) for row in table.to_pylist())
            yield from zip(chosen, records, strict=True)
        first = last


def _record(row: Mapping[str, Any], policies: Policies) -> Mapping[str, Any]:
    values = {**row, **(row.get("quality") or {})}
    label, score = _second(row["lid_top"])
    duplicates = row["duplicates"] or {}
    return {
        "id": row["id"], "lang": row["lang"], "score": row["lang_score"],
        "line_share": row["lang_line_share"], "url": row["url"], "source": row["source"],
        "ref": row["source_ref"], "title": row["title"], "text": excerpt(row["text"]),
        "second": label, "second_score": score, "size": (duplicates.get("count") or 0) + 1,
        "examples": (duplicates.get("examples") or [])[:3],
        "rules": [
            {"rule": rule, "value": values.get(signal_of(rule)), "threshold": threshold}
            for rule, threshold in policies.get(row["lang"], {}).items()
            if _is_close(values.get(signal_of(rule)), threshold)
        ],
    }  # fmt: skip


def _is_close(value: float | None, threshold: float) -> bool:
    return value is not None and abs(value - threshold) <= _CLOSE * max(abs(threshold), 1e-6)
