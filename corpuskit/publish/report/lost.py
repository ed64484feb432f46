"""The survey of a file of rejects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.publish.pages.counts import published_parquet
from corpuskit.publish.report import survey
from corpuskit.publish.report.bins import bins_of
from corpuskit.publish.report.documents import signal_of
from corpuskit.publish.report.survey import Findings, excerpt, hash_order
from corpuskit.store import Store

_BATCH: Final = 10_000
_UNKNOWN: Final = ""
_TEXT: Final = "text"


def survey_rejects(store: Store, path: str) -> pa.Table:
    """Counts and samples of a file of rejects."""
    findings = Findings()
    with published_parquet(store, path) as file:
        first = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=_read_columns(file)):
            _survey_batch(findings, batch, first)
            first += batch.num_rows
        return findings.table(dict(_records(file, findings.rows)))


def _read_columns(file: pq.ParquetFile) -> list[str]:
    names = file.schema_arrow.names
    wanted = ["id", "url", "source", "source_ref", "stage", "reason", "rule", "broken", "lang",
              "lang_score", "similarity"]  # fmt: skip
    return [name for name in wanted if name in names]


def _survey_batch(findings: Findings, batch: pa.RecordBatch, first: int) -> None:
    rows = batch.to_pylist()
    orders = np.where(
        [row["id"] is not None for row in rows],
        hash_order([row["id"] for row in rows]),
        np.array([0.0 if row["id"] else _hash_of_place(row) for row in rows]),
    )
    by_reason: dict[tuple[str, str], list[int]] = {}
    by_rule: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
    only: dict[tuple[str, str], int] = {}
    for at, row in enumerate(rows):
        lang = row["lang"] or _UNKNOWN
        by_reason.setdefault((lang, row["reason"]), []).append(at)
        broken = [rule for rule in row["broken"] or () if rule["value"] is not None]
        for rule in broken:
            by_rule.setdefault((lang, rule["rule"]), []).append((at, rule))
        if len(row["broken"] or ()) == 1 and broken:
            key = (lang, broken[0]["rule"])
            only[key] = only.get(key, 0) + 1
    for (lang, reason), chosen in by_reason.items():
        _survey_reason(findings, rows, lang, reason, chosen)
        shown = [at for at in chosen if rows[at]["source_ref"] or rows[at]["url"]]
        if shown:
            findings.offer(survey.REASON, lang, reason, orders[shown], [at + first for at in shown])
    for (lang, rule), pairs in by_rule.items():
        _survey_rule(findings, lang, rule, pairs, orders, rows, first)
        count = only.get((lang, rule), 0)
        findings.count(survey.BROKE_ONLY, lang, rule, np.zeros(count, dtype=np.int64))


def _survey_reason(
    findings: Findings, rows: list[dict[str, Any]], lang: str, reason: str, chosen: list[int]
) -> None:
    if reason.startswith("language/"):
        scores = [rows[at]["lang_score"] for at in chosen if rows[at]["lang_score"] is not None]
        findings.count(survey.LOST_SCORE, "", reason, bins_of("lang_score", np.array(scores)))
    values = [rows[at]["similarity"] for at in chosen if rows[at]["similarity"] is not None]
    if values:
        findings.count(survey.SIMILARITY, lang, reason, bins_of("lang_score", np.array(values)))


def _survey_rule(
    findings: Findings,
    lang: str,
    rule: str,
    pairs: list[tuple[int, Mapping[str, Any]]],
    orders: Any,
    rows: list[dict[str, Any]],
    first: int,
) -> None:
    values = np.array([broken["value"] for _, broken in pairs], dtype=np.float64)
    thresholds = np.array(
        [np.nan if broken["threshold"] is None else broken["threshold"] for _, broken in pairs]
    )
    findings.count(survey.BROKEN, lang, rule, bins_of(signal_of(rule), values))
    decisive = sum(rows[at]["rule"] == rule for at, _ in pairs)
    findings.count(survey.DECISIVE, lang, rule, np.zeros(decisive, dtype=np.int64))
    places = np.array([at for at, _ in pairs])
    findings.offer(survey.RULE, lang, rule, orders[places], (places + first).tolist())
    far = np.abs(values - thresholds) / np.maximum(np.abs(thresholds), 1e-6)
    close = np.flatnonzero(far <= 0.2)
    if len(close):
        findings.offer(survey.CLOSE_LOST, lang, rule, far[close], (places[close] + first).tolist())


def _hash_of_place(row: Mapping[str, Any]) -> float:
    place = f"{row['source']}\0{row['source_ref']}\0{row['url']}".encode()
    return float(int(hashlib.blake2b(place, digest_size=6).hexdigest(), 16))


def _records(file: pq.ParquetFile, rows: list[int]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    first = 0
    for number in range(file.num_row_groups):
        last = first + file.metadata.row_group(number).num_rows
        chosen = [row for row in rows if first <= row < last]
        if chosen:
            table = file.read_row_group(number).take(pa.array([row - first for row in chosen]))
            yield from zip(chosen, map(_record, table.to_pylist()), strict=True)
        first = last


def _record(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "id": row["id"], "lang": row["lang"], "score": row["lang_score"], "url": row["url"],
        "source": row["source"], "ref": row["source_ref"], "title": None,
        "reason": row["reason"], "detail": row["detail"], "text": excerpt(row.get(_TEXT)),
        "rules": row["broken"] or [], "duplicate_of": row["duplicate_of"],
        "similarity": row["similarity"],
    }  # fmt: skip
