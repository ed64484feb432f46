"""Every preset over a file of exactly the columns that its set is documented to have.

The schemas and names of files are those of `presets`; the values are made here.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpuskit.connectors.tables.connector import TablesConnector
from corpuskit.connectors.tables.options import Preset, TablesOptions
from corpuskit.connectors.tables.presets import PRESETS
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

KHMER = "ព្រះរាជាណាចក្រកម្ពុជា\nជាតិ សាសនា ព្រះមហាក្សត្រ"
URL = "https://news.example.com.kh/ក?id=1"
FETCHED = datetime(2023, 12, 1, 3, 4, 5, tzinfo=UTC)
WARC = "s3://commoncrawl/crawl-data/CC-MAIN-2023-50/segments/1/warc/CC-MAIN-1.warc.gz"
TEXT, NUMBER, FLOAT, TEXTS = pa.string(), pa.int64(), pa.float64(), pa.list_(pa.string())


@dataclass
class Case:
    """A set's file and what its first row is to give."""

    preset: str
    file: str
    columns: dict[str, pa.DataType]
    row: dict[str, Any]
    language: str | None
    fetched_at: datetime | None = FETCHED
    url: str | None = URL
    pointer: tuple[Any, ...] | None = None


CASES = [
    Case(
        "fineweb-2",
        "data/khm_Khmr/train/000_00000.parquet",
        {
            "text": TEXT, "id": TEXT, "dump": TEXT, "url": TEXT, "date": TEXT, "file_path": TEXT,
            "language": TEXT, "language_score": FLOAT, "language_script": TEXT,
            "minhash_cluster_size": NUMBER, "top_langs": TEXT,
        },
        {
            "text": KHMER, "id": "<urn:uuid:5f0ba0d8-9c1b-4a4e-9b0e-0c8d6a0f8f2e>",
            "dump": "CC-MAIN-2023-50", "url": URL, "date": "2023-12-01T03:04:05Z",
            "file_path": WARC, "language": "khm", "language_score": 1.0000098943710327,
            "language_script": "Khmr", "minhash_cluster_size": 3, "top_langs": "{}",
        },
        "khm",
        pointer=(WARC, None, None, "<urn:uuid:5f0ba0d8-9c1b-4a4e-9b0e-0c8d6a0f8f2e>"),
    ),
    Case(
        "hplt-2",
        "khm_Khmr/train-00000-of-00013.parquet",
        {
            "f": TEXT, "o": NUMBER, "s": NUMBER, "rs": NUMBER, "u": TEXT, "c": TEXT,
            "ts": pa.timestamp("s"), "collection": TEXT, "lang": TEXTS, "prob": pa.list_(FLOAT),
            "text": TEXT, "seg_langs": TEXTS, "robotstxt": TEXT, "id": TEXT, "filter": TEXT,
            "pii": pa.list_(pa.list_(NUMBER)), "doc_scores": pa.list_(FLOAT),
        },
        {
            "f": WARC, "o": 578687, "s": 14202, "rs": 60000, "u": URL, "c": "text/html",
            "ts": FETCHED.replace(tzinfo=None), "collection": "cc40",
            "lang": ["khm_Khmr", "tha_Thai", "lao_Laoo"], "prob": [0.98, 0.01, 0.01],
            "text": KHMER, "seg_langs": ["khm_Khmr", "khm_Khmr"], "robotstxt": "allowed",
            "id": "8c5e1b6a", "filter": "keep", "pii": [[3, 9]], "doc_scores": [8.1, 10.0],
        },
        "khm_Khmr",
        pointer=(WARC, 578687, 14202, None),
    ),
    Case(
        "hplt-3",
        "three/sorted/khm_Khmr/10_1.jsonl.zst",
        {},
        {
            "f": "./crawl/1.warc.gz", "o": 578687, "s": 14202, "rs": 60000, "u": URL,
            "c": "text/html", "ts": "2023-12-01T03:04:05Z", "de": "utf-8",
            "crawl_id": "CC-MAIN-2023-50", "lang": ["khm_Khmr", "tha_Thai"], "prob": [0.98, 0.01],
            "text": KHMER, "id": "8c5e1b6a", "filter": "keep", "cluster_size": 2, "pii": [[3, 9]],
            "doc_scores": [10.0, 9.8], "web-register": {"NA": 0.7, "ne": 0.6},
        },
        "khm_Khmr",
        pointer=("./crawl/1.warc.gz", 578687, 14202, None),
    ),
    Case(
        "glotcc",
        "v1.0/khm-Khmr/khm-Khmr_0.parquet",
        {
            "content": TEXT, "warc-target-uri": TEXT, "warc-date": TEXT, "warc-record-id": TEXT,
            "quality-warnings": TEXTS, "categories": TEXTS, "identification-language": TEXT,
            "identification-prob": FLOAT, "identification-consistency": FLOAT,
            "script-percentage": FLOAT, "num-sents": NUMBER, "content-length": NUMBER,
            "tlsh": TEXT,
        },
        {
            "content": KHMER, "warc-target-uri": URL, "warc-date": "2023-12-01T03:04:05Z",
            "warc-record-id": "<urn:uuid:1>", "quality-warnings": ["short_sentences"],
            "categories": None, "identification-language": "khm-Khmr",
            "identification-prob": 0.99, "identification-consistency": 0.98,
            "script-percentage": 0.97, "num-sents": 2, "content-length": 120, "tlsh": "T1",
        },
        "khm-Khmr",
        pointer=("", None, None, "<urn:uuid:1>"),
    ),
    Case(
        "culturax",
        "km/km_part_00000.parquet",
        {"text": TEXT, "timestamp": TEXT, "url": TEXT, "source": TEXT},
        {"text": KHMER, "timestamp": "2023-12-01T03:04:05Z", "url": URL, "source": "OSCAR-2301"},
        None,
    ),
    Case(
        "madlad-400",
        "data/km/km_clean_0000.jsonl.gz",
        {},
        {"text": KHMER.replace("\n", "\\n")},
        None,
        fetched_at=None,
        url=None,
    ),
    Case(
        "dolma",
        "books/books-0000.json.gz",
        {},
        {
            "id": "1", "text": KHMER, "source": "common-crawl", "added": "2023-12-02T00:00:00Z",
            "created": "2020-01-01T00:00:00Z", "metadata": {"url": URL, "title": "ចំណងជើង"},
        },
        None,
        fetched_at=None,
    ),
]  # fmt: skip


def write(folder: Path, case: Case, rows: list[dict[str, Any]]) -> Path:
    path = folder / case.file
    path.parent.mkdir(parents=True)
    if case.columns:
        assert set(case.columns) == set(case.row)
        schema = pa.schema(list(case.columns.items()))
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
        return path
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    zipped = gzip.compress(data) if path.suffix == ".gz" else zstandard.compress(data)
    path.write_bytes(zipped)
    return path


def records(folder: Path, preset: str) -> list[RawRecord]:
    source = TablesConnector(TablesOptions(path=".", preset=preset), folder)  # type: ignore[arg-type]
    return [
        record
        for item in source.inputs()
        for piece in source.scan(item)
        for record in source.read(item, piece)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.preset)
def test_a_file_of_the_documented_columns(tmp_path: Path, case: Case) -> None:
    write(tmp_path, case, [case.row, case.row])
    first, second = records(tmp_path, case.preset)
    assert first.content.decode() == KHMER
    assert (first.reason, first.detail, first.url) == (None, None, case.url)
    assert (first.lang_declared, first.fetched_at) == (case.language, case.fetched_at)
    assert (tuple(first.warc.values()) if first.warc else None) == case.pointer
    assert first.published_at is None  # no set says when its documents were published
    assert first.source_ref.startswith(f"{case.file}@sha256:")
    assert first.source_ref != second.source_ref


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.preset)
def test_without_the_text_no_run_begins(tmp_path: Path, case: Case) -> None:
    column = PRESETS[case.preset]["text"]
    less = Case(
        case.preset, case.file,
        {name: kind for name, kind in case.columns.items() if name != column},
        {name: value for name, value in case.row.items() if name != column} or {"x": 1},
        None,
    )  # fmt: skip
    write(tmp_path, less, [less.row])
    source = TablesConnector(TablesOptions(path=".", preset=case.preset), tmp_path)  # type: ignore[arg-type]
    with pytest.raises(SourceError, match=f"there is no column '{column}' for text; there are "):
        source.inputs()


def test_every_preset_is_tried() -> None:
    assert {case.preset for case in CASES} == set(PRESETS) == set(get_args(Preset))


def test_dolma_has_titles_where_its_metadata_do(tmp_path: Path) -> None:
    case = CASES[-1]
    write(tmp_path, case, [case.row, {key: case.row[key] for key in ("id", "text", "source")}])
    first, second = records(tmp_path, "dolma")
    assert (first.title, second.title, second.url) == ("ចំណងជើង", None, None)
    assert second.content.decode() == KHMER
