"""Floors of recall and precision on the pairs of benchmarks/neardup.py, all of the way."""

from __future__ import annotations

import importlib.util
import json
import sys

import pytest

from corpuskit.dedup import near_duplicates
from corpuskit.dedup.shingles import jaccard, shingle_sets


@pytest.fixture(scope="module")
def neardup(repository):
    spec = importlib.util.spec_from_file_location(
        "neardup", repository / "benchmarks" / "neardup.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["neardup"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(neardup, data_dir):
    return {(row["set"], row["by"], row["name"]): row for row in neardup.run(data_dir)}


def test_recall_in_every_language(rows):
    recalls = {key: row for key, row in rows.items() if key[1] == "language"}
    assert len(recalls) == 23
    low = {
        key[2]: (row["recall"], row["cluster_recall"])
        for key, row in recalls.items()
        if min(row["recall"], row["cluster_recall"]) < 0.97
    }
    assert low == {}


def test_of_two_near_duplicates_at_most_one_is_kept(rows):
    kept = sum(row["both_kept"] for key, row in rows.items() if key[1] == "set")
    assert kept <= 2  # of 1,766: what the bands may miss at the threshold


def test_recall_and_precision_over_all_languages(rows):
    whole = rows["constructed", "set", "constructed"]
    assert whole["similar"] == 1598
    assert whole["recall"] >= 0.998
    assert whole["precision"] >= 0.98
    assert whole["cluster_recall"] >= 0.998
    assert whole["cluster_precision"] >= 0.98


def test_no_script_is_far_less_precise(rows):
    low = [key for key, row in rows.items() if key[1] == "script" and row["precision"] < 0.96]
    assert low == []


def test_no_documents_of_different_sources_are_merged(rows):
    whole = {key[0]: row for key, row in rows.items() if key[1] == "set"}
    assert {name: row["merged"] for name, row in whole.items()} == dict.fromkeys(whole, 0)
    assert whole["constructed"]["dropped_wrongly"] == 0
    assert whole["mccormick"]["dropped_wrongly"] == 0
    assert whole["translations"]["pairs"] == 200


def test_planted_copies_of_news_and_real_revisions_are_found(rows):
    assert rows["mccormick", "set", "mccormick"]["recall"] == 1.0
    revisions = rows["revisions", "set", "revisions"]
    assert revisions["recall"] >= 0.99
    assert revisions["precision"] >= 0.97


def test_copies_that_differ_by_zwsp_have_the_same_shingles(neardup, data_dir):
    given = neardup.constructed(data_dir)
    texts = dict(zip(given.ids, given.texts, strict=True))
    copies = [name for name in texts if name.endswith("-zwsp-inserted")]
    assert sum("\u200b" in texts[name] for name in copies) == 41  # the others have no place for it
    for name in copies:
        original = texts[name.replace("-zwsp-inserted", "-orig")]
        assert jaccard(*shingle_sets([texts[name], original])) == 1.0


def test_a_khmer_page_and_its_copy_without_zwsp_are_duplicates(data_dir):
    gold = sorted((data_dir / "html-libreoffice-help").glob("gold*.jsonl"))
    pages = [
        page["gold_text"]
        for path in gold
        for page in map(json.loads, path.read_text(encoding="utf-8").splitlines())
        if page["gold_text"].count("\u200b") > 100
    ][:20]
    assert pages
    bare = [page.replace("\u200b", "") for page in pages]
    clusters = near_duplicates([*pages, *bare], language="khm_Khmr")
    twins = {
        (cluster.kept, other)
        for cluster in clusters
        for other in (cluster.kept, *cluster.duplicates)
    }
    of = {other: kept for kept, other in twins}
    assert all(of[row] == of[row + len(pages)] for row in range(len(pages)))
