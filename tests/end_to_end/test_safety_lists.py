"""A build with lists of addresses and words, read as their publishers write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from end_to_end.builds import published, run, write_recipe
from end_to_end.test_personal_data import ARTICLE

import corpuskit as ck
from corpuskit.errors import RecipeError

PAGES = {
    "https://news.gov.kh/a": "ទំព័រធម្មតាមួយដែលនិយាយអំពីការអប់រំ។",
    "https://www.slot.example.net/b": "ទំព័រល្បែងស៊ីសងមួយ។",
    "https://news.gov.kh/casino/c": "ទំព័រមួយទៀត។",
    "https://news.gov.kh/d": "អាឆ្កែ អាឆ្កែ អា\u200bឆ្កែ!",
}
LISTS = """
[lists.gambling]
addresses = "ut1/gambling"
max_count = 0

[lists.toxic]
words = "toxicity"
max_count = 2
"""


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    rows = [{"url": url, "text": f"{ARTICLE}\n{text}"} for url, text in PAGES.items()]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
    (folder / "ut1" / "gambling").mkdir(parents=True)
    (folder / "ut1" / "gambling" / "domains").write_text("slot.example.net\n")
    (folder / "ut1" / "gambling" / "urls").write_text("news.gov.kh/casino\n")
    (folder / "toxicity").mkdir()
    (folder / "toxicity" / "khm_Khmr_twl.txt").write_text("អាឆ្កែ\n", encoding="utf-8")
    (folder / "toxicity" / "eng_Latn_twl.txt").write_text("the\n", encoding="utf-8")
    near = ("[dedup]", "near = false")
    return write_recipe(folder, Path("rows.jsonl"), *near, LISTS, connector="tables")


def rows(build: ck.Build) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in build.dataset.to_table().to_pylist()}


@pytest.fixture(scope="module")
def build(recipe: Path) -> ck.Build:
    return ck.build(ck.load_recipe(recipe), recipe.parent / "build", workers=1)


def test_documents_on_a_list_are_rejected_with_the_list(build: ck.Build) -> None:
    assert rows(build).keys() == {"https://news.gov.kh/a"}
    assert rows(build)["https://news.gov.kh/a"]["lists"] == []
    assert build.ledger.reasons == {"lists/gambling": 2, "lists/toxic": 1}
    assert ck.verify(build) == []
    assert "lists/toxic" in (build.folder / "README.md").read_text(encoding="utf-8")
    shown = run("explain", build.folder, "https://news.gov.kh/d").stdout
    assert "lists/toxic" in shown
    assert "toxic count 3 > 2" in shown
    (story,) = ck.explain(build, "https://news.gov.kh/d")
    assert story.row["lists"] == [
        {"list": "toxic", "count": 3, "share": pytest.approx(0.07, abs=0.03)}
    ]


def test_without_bounds_they_are_only_counted_and_nothing_is_measured_again(
    recipe: Path, build: ck.Build
) -> None:
    work = build.folder / ".work" / "annotate"
    measured = {path.name for path in work.iterdir()}
    counting = ck.load_recipe(recipe, ["lists.toxic.max_count=3", "lists.gambling.max_count=1"])
    again = ck.build(counting, build.folder, workers=1)
    assert {path.name for path in work.iterdir()} == measured
    lists = {url: row["lists"] for url, row in rows(again).items()}
    assert lists["https://www.slot.example.net/b"] == [
        {"list": "gambling", "count": 1, "share": None}
    ]
    assert len(lists) == 4


def test_a_changed_list_is_another_build(recipe: Path, tmp_path: Path) -> None:
    first = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    before, build_id = published(first.folder), first.manifest["build_id"]
    words = recipe.parent / "toxicity" / "khm_Khmr_twl.txt"
    content = words.read_bytes()
    try:
        words.write_text("ការអប់រំ\n", encoding="utf-8")
        second = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
        assert second.manifest["build_id"] != build_id
        assert second.ledger.reasons == {"lists/gambling": 2}
    finally:
        words.write_bytes(content)
    third = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=2)
    assert published(third.folder) == before


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ('lists.toxic.words="nowhere"', "nowhere: No such file"),
        ('lists.toxic.words="ut1"', "the folder has no file for khm_Khmr"),
        ('lists.gambling.addresses="ut1"', "neither `domains` nor `urls`"),
        ('lists.gambling.addresses="toxicity/khm_Khmr_twl.txt"', "has no entry of addresses"),
        ('lists.toxic.words="rows.parquet"', "No such file"),
    ],
)
def test_lists_that_cannot_be_used_are_named_before_anything_runs(
    recipe: Path, tmp_path: Path, key: str, message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        ck.build(ck.load_recipe(recipe, [key]), tmp_path / "b", workers=1)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ('lists.toxic.addresses="x"', "either `addresses` or `words`"),
        ('lists.gambling.languages=["khm_Khmr"]', "are for `words`"),
        ("lists.Toxic.max_count=1", "lists"),
        ("lists.toxic.max_share=2", "max_share"),
    ],
)
def test_tables_that_make_no_sense_are_refused(recipe: Path, key: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        ck.load_recipe(recipe, [key])
