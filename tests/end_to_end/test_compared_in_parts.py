"""A corpus that is compared in parts, because its signatures exceed the memory of a process."""

from __future__ import annotations

import json
from pathlib import Path

from end_to_end.builds import published, run

import corpuskit as ck

LANGUAGES = ("ind_Latn", "jav_Latn", "khm_Khmr", "lao_Laoo", "mya_Mymr", "sun_Latn", "tha_Thai")


def recipe(folder: Path, data_dir: Path, memory: str) -> Path:
    """The constructed copies of the test data, in the languages that have most of them."""
    codes = [code[:3] for code in LANGUAGES]
    lines = (data_dir / "neardup/constructed/docs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    chosen = [{"text": row["text"]} for row in rows if row["lang"] in codes]
    path = folder / "docs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in chosen * 3), encoding="utf-8")
    recipe = folder / f"{memory}.toml"
    recipe.write_text(
        f"""
        name = "parts"
        languages = {json.dumps(LANGUAGES)}
        operator = {{ name = "corpuskit tests", contact = "https://corpuskit.test/" }}
        [[source]]
        name = "texts"
        connector = "files"
        path = "docs.jsonl"
        license = "NOASSERTION"
        [dedup]
        memory = "{memory}"
        """
    )
    return recipe


def test_the_corpus_is_the_same(tmp_path: Path, data_dir: Path) -> None:
    whole = ck.build(ck.load_recipe(recipe(tmp_path, data_dir, "1GB")), tmp_path / "whole")
    parted = ck.build(
        ck.load_recipe(recipe(tmp_path, data_dir, "1MB")),
        tmp_path / "parts",
        workers=2,
        task_records=60,
    )
    assert not (whole.folder / ".work/pairs").exists()
    assert len(list((parted.folder / ".work/pairs").iterdir())) >= 2
    assert not list((parted.folder / ".work/bands").iterdir())
    assert published(parted.folder) == published(whole.folder)
    reasons = parted.ledger.reasons
    assert reasons["dedup/exact"] > 500
    assert reasons["dedup/near"] > 50


def test_it_is_told_and_done_once(tmp_path: Path, data_dir: Path) -> None:
    path = recipe(tmp_path, data_dir, "1MB")
    first = run("build", path, "--out", tmp_path / "b")
    assert "candidates" in first.stderr + first.stdout
    again = run("build", path, "--out", tmp_path / "b")
    assert "pairs" in again.stderr + again.stdout
    assert "done before" in again.stderr + again.stdout
