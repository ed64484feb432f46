"""Files of items: what they may look like, and what is said about those that cannot be used."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from corpuskit.decontamination import EvaluationItem, ItemFiles, read_items
from corpuskit.errors import RecipeError

KHMER = "តើប្រាសាទបន្ទាយស្រីស្ថិតនៅខេត្តណា?"


def read(folder: Path, path: str, layout: str = "items", benchmark: str | None = None) -> Any:
    return read_items(ItemFiles(path, layout, benchmark), folder, "recipe.toml", "KEY")


def problem(folder: Path, path: str, layout: str = "items") -> str:
    with pytest.raises(RecipeError) as caught:
        read(folder, path, layout)
    assert {(found.file, found.key) for found in caught.value.problems} == {("recipe.toml", "KEY")}
    return str(caught.value)


def test_jsonl_of_ones_own(tmp_path: Path) -> None:
    rows = [{"id": "q1", "text": KHMER}, {"benchmark": "other", "text": "b"}]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (tmp_path / "quiz.v1.jsonl").write_text("\ufeff" + "\n\n".join(lines), encoding="utf-8")
    assert read(tmp_path, "*.jsonl") == [
        EvaluationItem("quiz", "q1", (KHMER,)),
        EvaluationItem("other", "quiz.v1.jsonl/line 3", ("b",)),
    ]
    assert [item.benchmark for item in read(tmp_path, "*.jsonl", benchmark="B")] == ["B", "B"]


def test_every_kind_of_file_and_gzip(tmp_path: Path) -> None:
    m3exam = {"question_text": "Q", "options": ["(1) a", "(2) b"], "answer_text": "1"}
    (tmp_path / "thai-questions-test.json").write_text(json.dumps([m3exam]))
    (tmp_path / "test.csv").write_text('id,text,label\n1,"two\nlines",positive\n')
    (tmp_path / "test.tsv").write_text("id\ttext\n2\tone\n")
    (tmp_path / "khm_Khmr.devtest").write_text(f"{KHMER}\n\nsecond\n", encoding="utf-8")
    packed = gzip.compress(b'{"premise": "P", "choice1": "a", "choice2": "b", "idx": 4}\n')
    (tmp_path / "test.id.jsonl.gz").write_bytes(packed)
    (item,) = read(tmp_path, "*.json", "m3exam")
    assert (item.benchmark, item.name) == ("m3exam", "thai-questions-test.json/item 1")
    assert read(tmp_path, "test.csv", "nusax")[0].excerpts == ("two\nlines",)
    assert read(tmp_path, "test.tsv", "nusax")[0].name == "test.tsv/2"
    lines = read(tmp_path, "*.devtest", "flores")
    assert [(item.name, item.excerpts) for item in lines] == [
        ("khm_Khmr.devtest/line 1", (KHMER,)), ("khm_Khmr.devtest/line 3", ("second",)),
    ]  # fmt: skip
    (causal,) = read(tmp_path, "*.gz", "xcopa")
    assert (causal.name, causal.excerpts) == ("test.id.jsonl.gz/4", ("P\na\nb",))


def test_json_with_an_object_a_line_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"text": "a"}\n{"text": "b"}\n')
    assert [item.name for item in read(tmp_path, "a.json")] == ["a.json/line 1", "a.json/line 2"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"text": "a"}\n{"text": \n', "a.jsonl, line 2: is not JSON"),
        ("a.jsonl", b"[1]\n", "a.jsonl, line 1: expected an object, got list"),
        ("a.jsonl", b"\n", "a.jsonl holds no items"),
        ("a.jsonl", b'{"text": {"text": [[]]}}', "line 1: `text` holds a list, not text"),
        ("a.jsonl", b"\xff\xfe", "a.jsonl: it is not UTF-8 text (byte 0)"),
        ("a.jsonl.gz", b"no gzip", "a.jsonl.gz: cannot be read"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "a"}' * 99)[:-9], "a.jsonl.gz: cannot be read"),
        ("a.json", b'{"text": "a"}', "a.json: expected a list of items, got dict"),
        ("a.json", b"[", "a.json: is not JSON"),
        ("a.json", b"[" * 100_000, "a.json: is not JSON"),
        ("a.csv", b"id,text\n1,a,b\n", "a.csv, line 2: more fields than the header has"),
        ("a.txt", b"text", "items are read from .jsonl, .ndjson, .json, .csv, .tsv (and .gz)"),
        ("a", b"text", "and .gz), not from ''"),
        ("a.jsonl", b'{"body": "a", "n": 1}', "it has the keys body, n"),
        ("a.jsonl", b"{}", "it has the keys none"),
        ("a.jsonl", b'{"flores_passage": "P"}', 'did you mean layout = "belebele"?'),
        ("a.jsonl", b'{"prompts": [{"sentence1": "P"}]}', 'did you mean layout = "sea-helm"?'),
    ],
)
def test_bad_files_are_named_with_the_place(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert message in problem(tmp_path, name)


def test_each_bad_file_is_reported(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text("no JSON")
    (tmp_path / "c.jsonl").write_text('{"text": "fine"}')
    message = problem(tmp_path, "*.jsonl")
    assert "a.jsonl, line 1" in message
    assert "b.jsonl, line 1" in message
    assert "c.jsonl" not in message


def test_no_file_a_pipe_and_a_broken_link(tmp_path: Path) -> None:
    assert "matches '*.jsonl'" in problem(tmp_path, "*.jsonl")
    assert "there is no" in problem(tmp_path, "evals/*.jsonl")
    os.mkfifo(tmp_path / "pipe.jsonl")
    assert "pipe.jsonl: is not a file that can be read" in problem(tmp_path, "pipe.jsonl")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "nowhere")
    assert "link.jsonl: is not a file that can be read" in problem(tmp_path, "link.jsonl")
