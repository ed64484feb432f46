"""Judgments as Parquet: our own columns, and those of FineWeb-C."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.errors import CatalogueError, ReviewError
from corpuskit.languages import language
from corpuskit.publish import Build
from corpuskit.review.database import Judgment, JudgmentDatabase
from corpuskit.review.questions import FINEWEB_C_PROBLEM, FLAGS
from corpuskit.review.sampling import Item
from corpuskit.review.texts import Details, read_details

JUDGMENTS: Final = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("text", pa.string()),
        pa.field("lang", pa.string()),
        pa.field("source", pa.string()),
        pa.field("url", pa.string()),
        pa.field("stratum", pa.string()),
        pa.field("reason", pa.string()),
        pa.field("reviewer", pa.string()),
        pa.field("pass", pa.int8()),
        pa.field("language", pa.string()),
        pa.field("kreutzer", pa.string()),
        pa.field("education", pa.int8()),
        *(pa.field(flag.name, pa.bool_()) for flag in FLAGS),
        pa.field("good", pa.bool_()),
        pa.field("note", pa.string()),
        pa.field("spans", pa.list_(pa.struct({"start": pa.int32(), "end": pa.int32()}))),
        pa.field("machine_shown", pa.bool_()),
        pa.field("judged_at", pa.timestamp("ms", tz="UTC")),
    ]
)
"""One row a judgment; docs/review.md says what each column holds."""

FINEWEB_C: Final = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("text", pa.string()),
        pa.field("educational_value_labels", pa.list_(pa.string())),
        pa.field("annotator_ids", pa.list_(pa.string())),
        pa.field("problematic_content_label_present", pa.bool_()),
        pa.field("problematic_content_label_agreement", pa.float64()),
        pa.field("language_names", pa.string()),
        pa.field("language_code", pa.string()),
    ]
)
"""The columns of data-is-better-together/fineweb-c: one row a document."""


def write_judgments(
    build: Build, database: JudgmentDatabase, path: Path, layout: str = "judgments"
) -> int:
    """Write judgments as Parquet in a layout, `judgments` or `fineweb-c`; the number of rows.

    Raises ReviewError if there are none, or if the file cannot be written.
    """
    judgments = database.judgments()
    if not judgments:
        raise ReviewError(f"no judgments in {database.path} yet; `corpuskit review` collects some")
    items = {item.id: item for item in database.items()}
    details = read_details(build, {judgment.item for judgment in judgments})
    if layout == "fineweb-c":
        table = pa.Table.from_pylist(list(_fineweb_c(judgments, items, details)), FINEWEB_C)
    else:
        rows = [
            _row(judgment, items[judgment.item], details.get(judgment.item))
            for judgment in judgments
        ]
        table = pa.Table.from_pylist(rows, JUDGMENTS)
    try:
        pq.write_table(table, path, compression="zstd")
    except OSError as error:
        raise ReviewError(f"{path} cannot be written: {error}") from error
    return int(table.num_rows)


def _row(judgment: Judgment, item: Item, details: Details | None) -> dict[str, Any]:
    answers = judgment.answers
    return {
        "id": item.id,
        "text": details.text if details else None,
        "lang": item.language,
        "source": item.source,
        "url": details.url if details else None,
        "stratum": f"{item.kind}/{item.stratum}",
        "reason": item.reason,
        "reviewer": judgment.reviewer,
        "pass": judgment.number,
        "language": answers.language,
        "kreutzer": answers.kreutzer,
        "education": answers.education,
        **{flag.name: bool(answers.flags.get(flag.name)) for flag in FLAGS},
        "good": answers.is_good,
        "note": answers.note or None,
        "spans": [{"start": start, "end": end} for start, end in answers.spans],
        "machine_shown": answers.machine_shown,
        "judged_at": dt.datetime.fromtimestamp(judgment.judged_at, dt.UTC),
    }


def _fineweb_c(
    judgments: Sequence[Judgment], items: Mapping[str, Item], details: Mapping[str, Details]
) -> Iterator[dict[str, Any]]:
    by_document: dict[str, list[Judgment]] = {}
    for judgment in judgments:
        if judgment.number == 1 and judgment.answers.fineweb_c and judgment.item in details:
            by_document.setdefault(judgment.item, []).append(judgment)
    for identifier, group in by_document.items():
        labels = [judgment.answers.fineweb_c for judgment in group]
        code = items[identifier].language or "und"
        yield {
            "id": identifier,
            "text": details[identifier].text,
            "educational_value_labels": labels,
            "annotator_ids": [judgment.reviewer for judgment in group],
            "problematic_content_label_present": FINEWEB_C_PROBLEM in labels,
            "problematic_content_label_agreement": labels.count(FINEWEB_C_PROBLEM) / len(labels),
            "language_names": _name(code),
            "language_code": code,
        }


def _name(code: str) -> str:
    try:
        return language(code).name
    except CatalogueError:
        return code
