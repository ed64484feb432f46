"""Builds that keep out what earlier builds have."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from earlier.builds import build, documents, rejects_of, write_recipe
from end_to_end.builds import published

import corpuskit as ck
from corpuskit.dedup import partitions
from corpuskit.dedup.shingles import jaccard, shingle_sets
from corpuskit.document import text_sha256
from corpuskit.earlier import write_index
from corpuskit.errors import RecipeError
from corpuskit.pipeline.prune import prune
from corpuskit.pipeline.steps import earlier as steps

pytestmark = pytest.mark.xdist_group("earlier")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Path:
    """A folder with the build `october`, and `november`, which is built against it."""
    folder = tmp_path_factory.mktemp("earlier")
    rows = documents(data_dir)
    build(write_recipe(folder, "october", rows[::2]))
    build(write_recipe(folder, "november", rows[1::2], 'against = ["october"]'))
    return folder


@pytest.fixture(scope="module")
def november(folder: Path) -> ck.Build:
    return ck.open_build(folder / "november")


def texts_of(opened: ck.Build) -> dict[str, str]:
    rows = [row for batch in opened.documents(["id", "text"]) for row in batch.to_pylist()]
    return {row["id"]: row["text"] for row in rows}


def similarity(first: str, second: str) -> float:
    sets = shingle_sets([first, second])
    return jaccard(sets[0], sets[1])


def test_what_an_earlier_build_has_is_rejected_and_named(folder: Path, november: ck.Build) -> None:
    october = ck.open_build(folder / "october")
    earlier, urls = texts_of(october), {}
    for batch in october.documents(["id", "url"]):
        urls |= {row["id"]: row["url"] for row in batch.to_pylist()}
    label = f"october {october.manifest['build_id']}"
    given = {}
    for line in (folder / "november.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        given[row["url"]] = row["text"]
    rows = rejects_of(november)
    assert len(rows) == november.ledger["dedup/earlier"] > 100
    for row in rows:
        assert row["earlier_build"] == label
        assert row["earlier_url"] == urls[row["duplicate_of"]]
        exact = similarity(ck.normalize(given[row["url"]], language="jav_Latn").text,
                           earlier[row["duplicate_of"]])  # fmt: skip
        assert exact >= 0.8
        assert row["similarity"] == pytest.approx(exact, abs=1e-6)
    (corpus,) = november.manifest["earlier"]
    assert corpus["build_id"] == october.manifest["build_id"]
    assert corpus["rejected"] == len(rows)
    ck.verify(november)


def test_what_is_published_is_like_nothing_earlier(folder: Path, november: ck.Build) -> None:
    earlier = list(texts_of(ck.open_build(folder / "october")).values())
    new = list(texts_of(november).values())
    assert new
    sets = shingle_sets([*earlier, *new])
    for text in range(len(earlier), len(sets)):
        for other in range(len(earlier)):
            assert jaccard(sets[text], sets[other]) < 0.8


def test_explain_tells_the_earlier_document(folder: Path, november: ck.Build) -> None:
    row = rejects_of(november)[0]
    (story,) = ck.explain(folder / "november", str(row["id"]))
    assert story.reason == "dedup/earlier"
    assert story.duplicates[0] == {
        "id": row["duplicate_of"],
        "url": row["earlier_url"],
        "source": None,
        "kept": True,
        "reason": None,
        "similarity": pytest.approx(row["similarity"]),
        "build": row["earlier_build"],
    }


def test_parts_memory_and_tasks_make_no_difference(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "WHOLE", 100_000)
    monkeypatch.setattr(steps, "HELD", 20_000)
    monkeypatch.setattr(steps, "_LEAST_ROWS", 20)
    for name in ("november.jsonl", "november.toml"):
        shutil.copy(folder / name, tmp_path)
    (tmp_path / "october").symlink_to(folder / "october")
    text = (tmp_path / "november.toml").read_text()
    (tmp_path / "november.toml").write_text(text.replace("[dedup]", '[dedup]\nmemory = "1MB"'))
    build(tmp_path / "november.toml", task_records=30)
    assert len(list((tmp_path / "november/.work/earlier").iterdir())) == 3
    assert (tmp_path / "november/.work/pairs").exists()
    assert published(tmp_path / "november") == published(folder / "november")


def test_a_second_run_does_nothing_and_a_changed_index_decides_again(
    folder: Path, tmp_path: Path, data_dir: Path
) -> None:
    rows = documents(data_dir)[::5]
    build(write_recipe(tmp_path, "old", rows[:2]))
    recipe = write_recipe(tmp_path, "new", rows[1::2], 'against = ["old"]')
    first = build(recipe)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "new").rglob("*.table")}
    first_id, rejected = first.manifest["build_id"], first.ledger["dedup/earlier"]
    assert build(recipe).manifest == first.manifest
    assert before == {p: p.stat().st_mtime_ns for p in (tmp_path / "new").rglob("*.table")}
    write_recipe(tmp_path, "old", rows[::2])
    build(tmp_path / "old.toml")
    second = build(recipe)
    assert second.manifest["build_id"] != first_id
    assert second.ledger["dedup/earlier"] > rejected
    for step in ("extract", "annotate", "sign"):
        names = list((tmp_path / "new/.work" / step).iterdir())
        assert all(before[path] == path.stat().st_mtime_ns for path in names)


def test_a_build_without_work_serves_as_well(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "october", tmp_path / "october")
    shutil.rmtree(tmp_path / "october/.work")
    for name in ("november.jsonl", "november.toml"):
        shutil.copy(folder / name, tmp_path)
    build(tmp_path / "november.toml")
    assert published(tmp_path / "november") == published(folder / "november")


def test_pruning_keeps_the_index(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "october", tmp_path / "october")
    parts = sorted(path.name for path in (tmp_path / "october/.work/index").iterdir())
    (tmp_path / "october/.work/index/00.table").write_bytes(b"of an option before")
    prune(tmp_path / "october")
    assert sorted(path.name for path in (tmp_path / "october/.work/index").iterdir()) == parts


def test_an_index_without_texts_estimates(folder: Path, tmp_path: Path) -> None:
    write_index([folder / "october"], tmp_path / "index")
    for name in ("november.jsonl", "november.toml"):
        shutil.copy(folder / name, tmp_path)
    text = (tmp_path / "november.toml").read_text()
    (tmp_path / "november.toml").write_text(text.replace('"october"', '"index"'))
    estimated = build(tmp_path / "november.toml")
    assert estimated.manifest["earlier"][0]["similarity"] == "estimated"
    exact = {row["url"] for row in rejects_of(ck.open_build(folder / "november"))}
    rows = rejects_of(estimated)
    agreed = {row["url"] for row in rows} & exact
    assert len(agreed) / len(exact) > 0.9
    assert len(agreed) / len(rows) > 0.9
    assert all(row["similarity"] >= 0.8 for row in rows)


def test_thirty_increments_are_one_build_up_to_which_copy_is_kept(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of both, nobody kept is like another, and who is dropped is like somebody kept."""
    rows = [row for row in documents(data_dir) if row["lang"] == "tha"][:90]
    order = sorted(rows, key=lambda row: text_sha256(row["id"]))
    monkeypatch.setattr(os, "fsync", lambda _: None)  # half of the time of such small builds
    kept: list[str] = []
    dropped = 0
    for day in range(30):
        against = json.dumps([f"day{number:02}" for number in range(day)])
        recipe = write_recipe(tmp_path, f"day{day:02}", order[day::30], f"against = {against}")
        opened = build(recipe, allow_empty=True)
        kept += texts_of(opened).values()
        reasons = opened.ledger.reasons
        dropped += sum(count for code, count in reasons.items() if code.startswith("dedup/"))
    whole = build(write_recipe(tmp_path, "whole", order))
    at_once = list(texts_of(whole).values())
    of_whole = whole.ledger.reasons
    assert dropped + len(kept) == len(at_once) + sum(
        count for code, count in of_whole.items() if code.startswith("dedup/")
    )
    for one_side, other_side in ((kept, at_once), (at_once, kept)):
        sets = shingle_sets([*one_side, *other_side])
        count = len(one_side)
        for first in range(count):
            others = [jaccard(sets[first], sets[other]) for other in range(count) if other != first]
            assert max(others) < 0.8
        for second in range(count, len(sets)):
            assert max(jaccard(sets[second], sets[first]) for first in range(count)) >= 0.8


def test_a_build_against_itself_is_refused(folder: Path, data_dir: Path, tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, "self", documents(data_dir)[:3], 'against = ["self"]')
    (tmp_path / "self").mkdir()
    with pytest.raises(RecipeError, match="this build itself"):
        build(recipe)


def test_the_same_corpus_twice_is_refused(folder: Path, tmp_path: Path, data_dir: Path) -> None:
    write_index([folder / "october"], tmp_path / "index")
    against = f'against = ["index", "{folder / "october"}"]'
    recipe = write_recipe(tmp_path, "new", documents(data_dir)[:3], against)
    with pytest.raises(RecipeError, match="leave one of them out"):
        build(recipe)


def test_a_takedown_purges_the_index_and_nothing_comes_back(tmp_path: Path, data_dir: Path) -> None:
    rows = [row for row in documents(data_dir) if row["lang"] == "tha"][:40]
    build(write_recipe(tmp_path, "old", rows[::2]))
    recipe = write_recipe(tmp_path, "new", rows, 'against = ["old"]')
    first = build(recipe)
    row = rejects_of(first)[0]
    gone, url = str(row["duplicate_of"]), str(row["earlier_url"])
    text = texts_of(ck.open_build(tmp_path / "old"))[gone]
    write_index([tmp_path / "old"], tmp_path / "index")

    ck.takedown(tmp_path / "old", ids=[gone], reason="the owner asks for it")
    left = [path.read_bytes() for path in (tmp_path / "old/.work").rglob("*") if path.is_file()]
    assert not any(url.encode() in content for content in left)
    write_index([tmp_path / "old"], tmp_path / "index")
    left = [path.read_bytes() for path in (tmp_path / "index").rglob("*") if path.is_file()]
    assert not any(gone.encode() in content or url.encode() in content for content in left)

    for against in ("old", "index"):
        write_recipe(tmp_path, "new", rows, f'against = ["{against}"]')
        second = build(recipe)
        assert second.ledger["takedown/tombstone"] >= 1
        assert text not in texts_of(second).values()


def test_a_takedown_blanks_rejects_that_name_an_earlier_document(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / "november", tmp_path / "november")
    row = rejects_of(ck.open_build(tmp_path / "november"))[0]
    url = str(row["earlier_url"])
    ck.takedown(tmp_path / "november", urls=[url], reason="the owner asks for it")
    opened = ck.open_build(tmp_path / "november")
    content = b"".join(path.read_bytes() for path in (tmp_path / "november").rglob("*.parquet"))
    assert url not in {row["earlier_url"] for row in rejects_of(opened)}
    assert url.encode() not in content
    ck.verify(opened)
