"""A build that looks for evaluation items: marked, rejected, told; the same bytes however built."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from end_to_end.builds import khmer, published, run, write_recipe

import corpuskit as ck
from corpuskit.errors import RecipeError

pytestmark = pytest.mark.xdist_group("decontamination")

ITEM = "តើប្រាសាទបន្ទាយស្រីត្រូវបានសាងសង់ឡើងក្នុងរជ្ជកាលព្រះបាទណា?\nព្រះបាទរាជេន្ទ្រវរ្ម័នទី២\nព្រះបាទសូរ្យវរ្ម័នទី១"
QUESTION, FIRST, SECOND = ITEM.split("\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six Khmer texts, the third with an item of a benchmark, the fifth with its question alone."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    texts = [khmer(number) for number in range(6)]
    texts[2] = f"{texts[2]}\n{ITEM}"
    texts[4] = f"{texts[4]}\n{QUESTION[:30]}"
    lines = [
        json.dumps({"text": text, "url": f"https://a.example/{number}"}, ensure_ascii=False)
        for number, text in enumerate(texts)
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "evals").mkdir()
    record = {
        "dialect": "khm_Khmr", "link": "angkor", "question_number": 1, "flores_passage": "",
        "question": QUESTION, "mc_answer1": FIRST, "mc_answer2": SECOND, "mc_answer3": "",
        "mc_answer4": "", "correct_answer_num": "1",
    }  # fmt: skip
    row = json.dumps(record, ensure_ascii=False)
    (tmp_path / "evals" / "khm_Khmr.jsonl").write_text(row, encoding="utf-8")
    return tmp_path


def recipe_of(folder: Path, *lines: str, layout: str = "belebele") -> Path:
    table = f'items = [{{ path = "evals/*.jsonl", layout = "{layout}" }}]'
    return write_recipe(
        folder, Path("rows.jsonl"), "[decontamination]", table, *lines, connector="files"
    )


def build(recipe: Path, out: str, workers: int = 1, task_records: int = 1000) -> ck.Build:
    loaded = ck.load_recipe(recipe)
    return ck.build(loaded, recipe.parent / out, workers=workers, task_records=task_records)


def test_documents_are_marked(folder: Path) -> None:
    marked = build(recipe_of(folder), "marked")
    assert ck.verify(marked) == []
    (batch,) = marked.documents(columns=["url", "contamination"])
    rows = {row["url"]: row["contamination"] for row in batch.to_pylist()}
    assert len(rows) == 6
    (item,) = rows.pop("https://a.example/2")
    assert item == {"benchmark": "belebele", "item": "khm_Khmr/angkor/1", "score": 1.0}
    assert list(rows.values()) == [[]] * 5
    assert marked.manifest["contamination"] == {
        "action": "mark",
        "benchmarks": {"belebele": {"items": 1, "too_short": 0, "documents": 1}},
    }
    card = (marked.folder / "README.md").read_text(encoding="utf-8")
    assert "| belebele | 1 | 0 | 1 |" in card
    shown = run("explain", "marked", "https://a.example/2", cwd=folder).stdout
    assert re.search(r"^holds item +belebele khm_Khmr/angkor/1: 100\.0% of the item", shown, re.M)


def test_documents_are_rejected_and_nothing_is_searched_again(folder: Path) -> None:
    build(recipe_of(folder), "build")
    annotated = sorted((folder / "build" / ".work" / "annotate").iterdir())
    rejecting = build(recipe_of(folder, 'action = "reject"'), "build")
    assert sorted((folder / "build" / ".work" / "annotate").iterdir()) == annotated
    assert ck.verify(rejecting) == []
    assert rejecting.manifest["documents"] == 5
    assert rejecting.ledger.reasons == {"decontamination/evaluation_item": 1}
    (batch,) = rejecting.rejects(columns=["reason", "detail", "rule", "value", "stage"])
    (reject,) = batch.to_pylist()
    assert reject == {
        "reason": "decontamination/evaluation_item",
        "detail": "belebele khm_Khmr/angkor/1 (1.00)",
        "rule": "evaluation_item", "value": 1.0, "stage": "decontamination",
    }  # fmt: skip
    shown = run("explain", "build", "https://a.example/2", cwd=folder).stdout
    assert "decontamination/evaluation_item (belebele khm_Khmr/angkor/1 (1.00))" in shown
    assert re.search(r"evaluation_item +1 +0  ← broken", shown), shown
    listed = run("inspect", "build", cwd=folder).stdout
    assert "evaluation_item: 1, threshold 0 · belebele khm_Khmr/angkor/1 (1.00)" in listed
    stages = listed[: listed.index("\n\n", listed.index("  stage"))]
    heading, *counts = re.findall(r"^  (?:stage|[a-z]+) +(?:read|\d+) +\S+ +\S+", stages, re.M)
    assert any("decontamination" in line for line in counts)
    assert {len(line) for line in counts} == {len(heading)}


def test_workers_sizes_of_tasks_and_places_do_not_matter(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = recipe_of(folder)
    build(recipe, "a")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "elsewhere"))
    build(recipe, "b", workers=2, task_records=2)
    assert published(folder / "a") == published(folder / "b")
    texts = [path.read_bytes() for path in (folder / "a").iterdir() if path.is_file()]
    assert not any(str(folder).encode() in text for text in texts)


def test_an_index_that_is_gone_is_built_again(folder: Path) -> None:
    recipe = recipe_of(folder)
    before = build(recipe, "a")
    shutil.rmtree(folder / "cache")
    assert build(recipe, "b").manifest["build_id"] == before.manifest["build_id"]


def test_another_item_measures_again(folder: Path) -> None:
    before = build(recipe_of(folder), "a").manifest["build_id"]
    path = folder / "evals" / "khm_Khmr.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("angkor", "wat"), encoding="utf-8")
    after = build(recipe_of(folder), "a")
    assert after.manifest["build_id"] != before
    (batch,) = after.documents(columns=["contamination"])
    names = [item["item"] for row in batch.to_pylist() for item in row["contamination"]]
    assert names == ["khm_Khmr/wat/1"]


def test_without_items_nothing_is_searched_for(folder: Path) -> None:
    plain = build(write_recipe(folder, Path("rows.jsonl"), connector="files"), "plain")
    (batch,) = plain.documents(columns=["contamination"])
    assert batch["contamination"].null_count == 6
    assert "contamination" not in plain.manifest
    assert "Evaluation items" not in (plain.folder / "README.md").read_text(encoding="utf-8")


def test_a_bad_item_file_is_told_before_anything_runs(folder: Path) -> None:
    with pytest.raises(RecipeError, match=r'decontamination\.items\[1\].*layout = "belebele"'):
        build(recipe_of(folder, layout="m3exam"), "bad")
    assert not (folder / "bad").exists()
    done = run("build", recipe_of(folder, layout="m3exam"), cwd=folder)
    assert done.returncode == 1
    assert "khm_Khmr.jsonl, line 1: no text in the fields of layout 'm3exam'" in done.stderr


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("items = []", "decontamination.items"),
        ('action = "reject"', "decontamination.items: missing"),
        ('items = ["a"]\naction = "remove"', "decontamination.action"),
        ('items = [{ path = "a", layout = "bebele" }]', "decontamination.items[1]"),
        ('items = [{ layout = "belebele" }]', "decontamination.items[1]"),
        ('items = ["a"]\nmin_score = 2', "decontamination.min_score"),
    ],
)
def test_mistakes_in_the_table(folder: Path, table: str, message: str) -> None:
    recipe = write_recipe(folder, Path("rows.jsonl"), "[decontamination]", table, connector="files")
    with pytest.raises(RecipeError) as caught:
        ck.load_recipe(recipe)
    assert message in str(caught.value)
