"""What judgments mean: precision, agreement, thresholds, card and export."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from review.builds import judge

import corpuskit as ck
from corpuskit.classify.examples import read_examples
from corpuskit.cli import run
from corpuskit.errors import ReviewError
from corpuskit.pipeline.steps.describe import DescribeStep
from corpuskit.publish.published import Published
from corpuskit.review.database import JudgmentDatabase
from corpuskit.review.export import write_judgments
from corpuskit.review.intervals import wilson
from corpuskit.review.publishing import publish_judgments
from corpuskit.review.sampling import Item, SampleOptions
from corpuskit.review.server import open_review
from corpuskit.review.suggestions import suggest_thresholds
from corpuskit.review.summary import JudgmentSummary, judgment_summary
from corpuskit.workspace import Workspace

pytestmark = pytest.mark.xdist_group("review")


@pytest.fixture(scope="module")
def judged(reviewed: ck.Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Judgments: all published news are good, one in four blogs is spam; rejected ones are not
    language; Dara agrees on everything but the educational value."""
    path = tmp_path_factory.mktemp("judged") / "judgments.sqlite"
    review = open_review(reviewed, path, SampleOptions(interval=0.2, overlap=1.0))
    for number, item in enumerate(review.database.items()):
        spam = item.source == "blogs" and number % 4 == 0
        answers = {"spam": spam} if item.reason is None else {"language": "not_language"}
        judge(review.database, item, "Sok", **answers)
        if number % 3 == 0:
            judge(review.database, item, "Dara", **{"education": number % 6, **answers})
            judge(review.database, item, "Sok", 2, **answers)
    review.database.close()
    return path


@pytest.fixture(scope="module")
def summary(reviewed: ck.Build, judged: Path) -> JudgmentSummary:
    return judgment_summary(reviewed, judged)


def test_precision_per_language_source_and_rule(
    reviewed: ck.Build, judged: Path, summary: JudgmentSummary
) -> None:
    database = JudgmentDatabase(judged)
    blogs = [i for i in database.items() if (i.kind, i.source) == ("kept", "blogs")]
    spam = {j.item for j in database.judgments() if j.answers.flags["spam"]}
    database.close()
    good = sum(item.id not in spam for item in blogs)
    assert 0 < good < len(blogs)
    share = summary.sources["blogs"]
    assert share.judged == len(blogs)
    assert share.share == pytest.approx(good / len(blogs))
    assert (share.low, share.high) == pytest.approx(wilson(good, len(blogs)))
    assert summary.sources["news"].share == 1.0
    news, blog = (
        sum(batch["source"].to_pylist().count(name) for batch in reviewed.documents(["source"]))
        for name in ("news", "blogs")
    )
    expected = (news + blog * share.share) / (news + blog)
    assert summary.languages["khm_Khmr"].share == pytest.approx(expected)
    assert summary.in_language["khm_Khmr"].share == 1.0
    assert summary.rules["quality/clusters"].share == 1.0
    assert 0 < summary.flags["spam"].share < 1


def test_agreement_of_reviewers_and_of_passes(summary: JudgmentSummary) -> None:
    agreement = {entry.question: entry for entry in summary.agreement}
    assert agreement["language"].alpha == 1.0
    assert agreement["language"].documents > 10
    education = agreement["education"].alpha
    assert education is not None and education < 0.5
    assert {entry.question: entry.alpha for entry in summary.consistency}["language"] == 1.0
    assert summary.reviewers == 2


def test_without_judgments_there_is_a_hint(reviewed: ck.Build) -> None:
    with pytest.raises(ReviewError, match="corpuskit review BUILD"):
        judgment_summary(reviewed)


def items(values: list[tuple[float, bool, bool]]) -> Iterator[tuple[Item, float]]:
    """(value, is good, is kept) as judged documents, with a rule at 40."""
    for number, (value, is_good, is_kept) in enumerate(values):
        broken = [] if is_kept else [{"rule": "min_clusters", "value": value, "threshold": 40.0}]
        facts = {"signals": {"clusters": value}, "broken": broken}
        reason = None if is_kept else "quality/clusters"
        item = Item(str(number), "kept", "", "khm_Khmr", "s", reason, False, facts)
        yield item, float(is_good)


POLICY = {"khm_Khmr": {"min_clusters": 40.0}}


def test_a_threshold_is_suggested_where_judgments_bear_it() -> None:
    clear = [(50.0 + n, n > 30, True) for n in range(60)] + [(20.0, False, False)] * 3
    (suggestion,) = suggest_thresholds(POLICY, list(items(clear)))
    assert (suggestion.rule, suggestion.threshold) == ("min_clusters", 40.0)
    assert 75 < suggestion.suggested < 86
    assert suggestion.bad_rejected > 25
    assert suggestion.good_lost <= 3
    assert suggestion.good_recovered == suggestion.bad_kept == 0
    assert "bad rejected" in str(suggestion)


def test_a_rule_that_rejects_good_documents_is_loosened() -> None:
    strict = [(20.0 + n / 2, n > 12, n >= 40) for n in range(80)]
    (suggestion,) = suggest_thresholds(POLICY, list(items(strict)))
    assert suggestion.suggested < 30
    assert suggestion.good_recovered > 20


def test_no_threshold_is_suggested_from_few_or_mixed_judgments() -> None:
    few = [(50.0 + n, n > 9, True) for n in range(20)]
    mixed = [(50.0 + n, n % 2 == 0, True) for n in range(80)]
    one_kind = [(50.0 + n, True, True) for n in range(80)]
    for values in (few, mixed, one_kind, []):
        assert suggest_thresholds(POLICY, list(items(values))) == ()


def test_the_export_reads_back(reviewed: ck.Build, judged: Path, tmp_path: Path) -> None:
    database = JudgmentDatabase(judged)
    rows = write_judgments(reviewed, database, tmp_path / "j.parquet")
    documents = write_judgments(reviewed, database, tmp_path / "f.parquet", "fineweb-c")
    judgments = database.judgments()
    sampled = len(database.items())
    database.close()
    assert rows == len(judgments)
    assert documents == sampled
    fineweb = pq.read_table(tmp_path / "f.parquet")
    assert fineweb.column_names == [
        "id", "text", "educational_value_labels", "annotator_ids",
        "problematic_content_label_present", "problematic_content_label_agreement",
        "language_names", "language_code",
    ]  # fmt: skip
    kept = [row for row in fineweb.to_pylist() if not row["problematic_content_label_present"]]
    assert {"Good"} <= {label for row in kept for label in row["educational_value_labels"]}
    good = {example.id for example in read_examples([tmp_path / "j.parquet"]) if example.good}
    theirs = {example.id for example in read_examples([tmp_path / "f.parquet"]) if example.good}
    assert good
    assert good <= theirs | {row["id"] for row in kept}


def test_published_judgments_are_in_the_card_and_the_build_stands(
    reviewed: ck.Build, judged: Path, tmp_path: Path
) -> None:
    shutil.copytree(str(reviewed.folder), tmp_path / "b")
    build = ck.open_build(tmp_path / "b")
    publish_judgments(build, judgment_summary(build, judged))
    again = ck.open_build(tmp_path / "b")
    card = (tmp_path / "b" / "README.md").read_text(encoding="utf-8")
    assert "## Judgments of native speakers" in card
    assert "Krippendorff's alpha" in card
    assert "Sok" not in card
    assert again.manifest["judgments"]["sources"]["news"]["share"] == 1.0
    assert "Sok" not in json.dumps(again.manifest)
    assert list(ck.verify(again)) == list(ck.verify(reviewed))
    record = Published.read(Workspace(again.folder, again.store))
    assert record is not None and record.stands(again.store)
    assert DescribeStep.name == "describe"


def test_judgments_of_another_build_are_not_published(
    reviewed: ck.Build, judged: Path, tmp_path: Path
) -> None:
    shutil.copytree(judged.parent, tmp_path / "j")
    database = JudgmentDatabase(tmp_path / "j" / judged.name)
    database._connection.execute("update about set value = 'other' where key = 'build_id'")
    database.close()
    other = judgment_summary(reviewed, tmp_path / "j" / judged.name)
    assert not other.is_current
    with pytest.raises(ReviewError, match="review it again"):
        publish_judgments(reviewed, other)


def test_the_commands_print_and_refuse(
    reviewed: ck.Build, judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(reviewed.folder)
    assert run(["judgments", folder, "--db", str(judged)]) == 0
    out = capsys.readouterr().out
    assert "published documents that are good, by source" in out
    assert "rejections that were right" in out
    assert run(["judgments", folder, "--db", str(judged), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reviewers"] == 2
    assert run(["judgments", folder]) == 1
    assert "no judgments at" in capsys.readouterr().err
    assert run(["review", folder, "--lang", "tha_Thai"]) == 2
    assert "khm_Khmr" in capsys.readouterr().err
    assert run(["review", folder, "--export", str(tmp_path / "x.parquet")]) == 1
    assert run(["review", str(tmp_path)]) == 2 or run(["review", str(tmp_path)]) == 1
