"""Which documents reviewers see."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from review.builds import judge

import corpuskit as ck
from corpuskit.errors import ReviewError
from corpuskit.review.database import JudgmentDatabase
from corpuskit.review.intervals import sample_size
from corpuskit.review.sampling import SampleOptions, draw_sample
from corpuskit.review.server import open_review
from corpuskit.thresholds import RULES

pytestmark = pytest.mark.xdist_group("review")


def test_every_stratum_has_the_documents_that_its_interval_needs(reviewed: ck.Build) -> None:
    sample = draw_sample(reviewed, SampleOptions(interval=0.2))
    counts = {(item.kind, item.stratum): 0 for item in sample.items}
    for item in sample.items:
        counts[item.kind, item.stratum] += 1
    populations = {(each.kind, each.name): each.population for each in sample.strata}
    for source in ("news", "blogs"):
        population = populations["kept", f"khm_Khmr/{source}"]
        assert population > 40
        assert counts["kept", f"khm_Khmr/{source}"] == sample_size(0.2, population)
    assert populations["dropped", "quality/clusters"] == reviewed.ledger.reasons["quality/clusters"]
    assert counts["dropped", "quality/clusters"] >= 12
    assert not any(stratum.startswith("dedup/") for _, stratum in populations)
    assert len({item.id for item in sample.items}) == len(sample.items)
    assert all(sample.details[item.id].text for item in sample.items)


def test_what_is_borderline_is_near_a_threshold(reviewed: ck.Build) -> None:
    sample = draw_sample(reviewed)
    near = [item for item in sample.items if item.kind == "borderline"]
    assert near
    for item in near:
        threshold = reviewed.manifest["policies"]["khm_Khmr"][item.stratum]
        value = item.facts["signals"][RULES[item.stratum].signal]
        assert abs(value - threshold) <= 0.2 * threshold + 1e-6


def test_a_sample_is_random_limited_and_the_same_again(reviewed: ck.Build) -> None:
    options = SampleOptions(limit=30)
    items = draw_sample(reviewed, options).items
    assert len(items) <= 30
    assert items == draw_sample(reviewed, options).items
    other = draw_sample(reviewed, SampleOptions(limit=30, seed=1)).items
    assert {item.id for item in items} != {item.id for item in other}
    shared = [item for item in items if item.shared]
    assert 0 < len(shared) < len(items)


def test_a_sample_stays_as_it_was_drawn(reviewed: ck.Build, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "judgments.sqlite"
    first = open_review(reviewed, path, SampleOptions(limit=20))
    items = first.database.items()
    assert first.is_new
    judge(first.database, items[0], "Sok")
    first.database.close()
    again = open_review(reviewed, path, SampleOptions(limit=60, seed=5))
    assert not again.is_new
    assert again.database.items() == items
    assert [judgment.item for judgment in again.database.judgments()] == [items[0].id]
    again.database.close()


def test_without_work_only_published_documents_are_judged(
    reviewed: ck.Build, tmp_path: Path
) -> None:
    shutil.copytree(str(reviewed.folder), tmp_path / "b", ignore=shutil.ignore_patterns(".work"))
    sample = draw_sample(ck.open_build(tmp_path / "b"))
    assert {item.reason for item in sample.items} == {None}
    assert sample.without_text > 0


def test_a_file_that_holds_no_judgments_is_refused(reviewed: ck.Build, tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ReviewError, match="cannot be used for judgments"):
        JudgmentDatabase(tmp_path / "x.sqlite")
    with pytest.raises(ReviewError, match="no judgments at"):
        JudgmentDatabase(tmp_path / "missing.sqlite")
