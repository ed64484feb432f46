"""Samples: read through the connectors, kept apart, none outweighing the others."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.calibrate import sample
from corpuskit.calibrate.sample import Collection, balanced, joined, read_sample, spread
from corpuskit.connectors.base import Connector, Input
from corpuskit.errors import SourceError

KHMER = "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។"


def test_text_html_lines_and_tables_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.txt").write_text(KHMER, encoding="utf-8")
    (folder / "b.html").write_text(
        f"<html><body><nav>ទំព័រដើម</nav><article><p>{KHMER * 3}</p></article></body></html>",
        encoding="utf-8",
    )
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        "".join(json.dumps({"text": f"{KHMER}{n}"}) + "\n" for n in range(5)) + '{"no": 1}\n',
        encoding="utf-8",
    )
    pq.write_table(pa.table({"text": [KHMER, KHMER]}), tmp_path / "t.parquet")
    found = read_sample([folder, rows, tmp_path / "t.parquet"])
    assert [(one.name, len(one.records)) for one in found.collections] == [
        ("folder", 2), ("rows.jsonl", 5), ("t.parquet", 2),
    ]  # fmt: skip
    assert found.collections[0].records == (KHMER, KHMER * 3)
    assert dict(found.lost) == {"read/no_text": 1}


def test_an_empty_folder_and_a_sample_without_text_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no files"):
        read_sample([tmp_path])
    (tmp_path / "x.jsonl").write_text('{"body": "a"}\n')
    with pytest.raises(SourceError, match=r"no text in .*read/no_text 1"):
        read_sample([tmp_path])
    assert read_sample([tmp_path], text_column="body").records == 1


def test_short_records_make_documents_of_thirty_words() -> None:
    records = ["satu dua tiga empat lima"] * 13
    assert [len(document.split()) for document in Collection("x", tuple(records)).documents] == [
        30,
        35,
    ]
    long = "kata " * 40
    assert Collection("x", (*records[:7], long)).documents == (" ".join(records[:7]), long)


def test_no_collection_outweighs_the_others() -> None:
    assert balanced([1000], 59) == [1000]
    assert balanced([1000, 300, 20], 59) == [320, 300, 20]
    assert balanced([1000, 10], 59) == [59, 10]
    assert spread(["a", "b", "c", "d"], 2) == ["a", "c"]


@given(st.lists(st.text(max_size=5)), st.integers(1, 12))
def test_joining_loses_nothing_but_a_rest_too_short_for_anything(texts: list[str], n: int) -> None:
    found = list(joined(texts, len, n, ""))
    whole = "".join(texts)
    assert "".join(found) == (whole if len(whole) >= n else "")
    assert all(len(one) >= n for one in found)


def abort_over_the_second(
    file: None, connector: Connector, item: Input
) -> tuple[list[str], Counter[str]]:
    if item.name == "b.jsonl":
        os.abort()
    return READ(file, connector, item)


READ = sample._texts_of_input


def test_a_file_that_ends_the_process_that_reads_it_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Arrow does over some damaged Parquet."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"text": f"{KHMER}{name}"}) + "\n")
    monkeypatch.setattr(sample, "_texts_of_input", abort_over_the_second)
    found = read_sample([tmp_path])
    assert found.collections[0].records == (f"{KHMER}a", f"{KHMER}c")
    assert dict(found.lost) == {"read/crashed": 1}
