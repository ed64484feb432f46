"""`[output] reject_text`: what rejects keep of a text, what they never keep, and takedown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.privacy.excerpts import Excerpts

pytestmark = pytest.mark.xdist_group("reject_text")

RECIPE = """
name = "judged"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[[source]]
name = "texts"
connector = "files"
path = "texts"
license = "NOASSERTION"
[exclude]
domains = ["excluded.example"]
[extract]
screen = false
[output]
reject_text = 120
"""
ENGLISH = (
    "Write to the editor at sok.dara@camnet.com.kh or call 012 345 678 before noon, if you "
    "have any question about the programme of the festival and its guests from abroad. " * 4
)


def write(folder: Path) -> Path:
    (folder / "texts").mkdir()
    article = khmer(3)
    rows = [
        {"url": "https://a.example/kept", "text": article},
        {"url": "https://a.example/copy", "text": article},
        {"url": "https://a.example/english", "text": ENGLISH},
        {"url": "https://a.example/short", "text": "ភាសាខ្មែរ"},
        {"url": "https://excluded.example/page", "text": khmer(1)},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "texts" / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "r.toml").write_text(RECIPE, encoding="utf-8")
    return folder / "r.toml"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    folder = tmp_path_factory.mktemp("judged")
    return ck.build(ck.load_recipe(write(folder)), folder / "b", workers=1)


def rejected(build: ck.Build) -> dict[str, dict[str, Any]]:
    rows = [row for batch in build.rejects() for row in batch.to_pylist()]
    return {row["url"].rpartition("/")[2]: row for row in rows if row["url"]}


def test_a_first_part_is_kept_with_personal_data_masked(judged: ck.Build) -> None:
    rows = rejected(judged)
    assert rows["english"]["reason"] == "language/other"
    text = rows["english"]["text"]
    assert text.startswith("Write to the editor at ")
    assert len(text) == 120
    assert "sok.dara" not in text
    assert "345" not in text
    (copy,) = (row for row in rows.values() if row["reason"] == "dedup/exact")
    assert len(copy["text"]) == 120
    assert rows["short"]["text"] == "ភាសាខ្មែរ"
    assert ck.verify(judged) == []


def test_what_must_not_be_used_keeps_no_text(judged: ck.Build) -> None:
    row = rejected(judged)["page"]
    assert (row["reason"], row["text"]) == ("policy/excluded_domain", None)


def test_it_is_off_by_default_and_decides_nothing_anew(judged: ck.Build, tmp_path: Path) -> None:
    off = ck.load_recipe(write(tmp_path), ["output.reject_text=0"])
    build = ck.build(off, tmp_path / "b", workers=1)
    assert {row["text"] for row in rejected(build).values()} == {None}
    tables = [pq.read_table(b.folder / "data/train/khm_Khmr-00000-of-00001.parquet")
              for b in (build, judged)]  # fmt: skip
    assert tables[0].equals(tables[1])


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_takedown_purges_it_for_good(judged: ck.Build, tmp_path: Path) -> None:
    recipe = ck.load_recipe(write(tmp_path))
    build = ck.build(recipe, tmp_path / "b", workers=1)
    assert b"Write to the editor" in everything(build.folder / ".work" / "tally")
    ck.takedown(build, urls=["https://a.example/english"], reason="asked")
    assert "english" not in rejected(ck.open_build(build.folder))
    ck.takedown(build, texts=["ភាសា ខ្មែរ"], reason="asked")
    assert "short" not in rejected(ck.open_build(build.folder))
    assert b"Write to the editor" not in everything(build.folder)
    again = ck.build(recipe, build.folder, workers=1)
    texts = [text for batch in again.rejects(["text"]) for text in batch["text"].to_pylist()]
    assert [text is None for text in texts].count(False) == 1  # the copy's
    assert ck.verify(again) == []


@pytest.mark.parametrize("chars", [1, 30, 200])
def test_personal_data_at_the_end_of_what_is_kept_is_not_cut_free(chars: int) -> None:
    excerpts = Excerpts(chars, ("email", "phone"), regions=("KH",))
    for padding in range(0, 2 * chars + 400, 7):
        text = "x " * (padding // 2) + "sok.dara.of.phnom.penh@mail.camnet.com.kh " * 30
        (shown,) = excerpts.of([text], [None])
        assert shown is not None
        assert len(shown) <= chars
        assert "dara" not in shown


def test_no_text_is_no_excerpt() -> None:
    assert Excerpts(10, ("email",)).of([None, "", "a" * 20], [None] * 3) == [None, None, "a" * 10]
