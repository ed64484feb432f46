"""A classifier from judgments: trained, measured, used in a build."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from review.builds import passages

import corpuskit as ck
from corpuskit.classify.examples import Example, read_examples
from corpuskit.classify.features import hashed_ngrams
from corpuskit.classify.logistic import area_under_curve, fit_calibration, sigmoid
from corpuskit.classify.model import load_classifier
from corpuskit.classify.training import train_classifier
from corpuskit.cli import run
from corpuskit.errors import ClassifierError, RecipeError
from corpuskit.review.questions import FINEWEB_C_LABELS, FINEWEB_C_PROBLEM

Rows = list[dict[str, Any]]

DAMAGED = ("question-marks", "utf8-as-latin1", "utf8-as-cp1252", "replacement-chars")
"""Damage that everybody sees; a text that is cut in its last character looks like a clean one."""


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def labelled(data: Path, lang: str) -> tuple[list[str], list[str]]:
    """Clean texts and noise of a language, from labelled data."""

    def clean(name: str) -> list[str]:
        rows = rows_of(data / "text-labelled" / f"{name}.jsonl")
        return [row["text"] for row in rows if row["lang"] == lang]

    damaged = rows_of(data / "encodings-noise" / "mojibake.jsonl")
    noise = [r["text"] for r in damaged if r["lang"] == lang and r["corruption"] in DAMAGED]
    pages = rows_of(data / "encodings-noise" / "noise-documents.jsonl")
    noise += [page["text"] for page in pages]
    if lang == "khm":
        return clean("tatoeba-laser")[:60] + clean("udhr") + passages(range(8)), noise
    web = rows_of(data / "web-noise" / "gold.jsonl")
    noise += [r["text"] for r in web if r["lang"] == lang and r["kind"] == "gambling-seo"]
    return clean("ud")[:110] + clean("nusax")[:60] + clean("udhr"), noise


def write_rows(path: Path, code: str, good: Sequence[str], bad: Sequence[str]) -> Path:
    """Judgments of four sources, each with a quarter of the clean texts and of the noise: the
    quarters follow the order of the data, so that they come from different corpora."""
    rows = [
        {
            "id": f"{code}-{is_good}-{number}", "text": text, "lang": code, "pass": 1,
            "source": f"site-{number * 4 // len(texts)}", "good": is_good,
        }
        for is_good, texts in ((True, good), (False, bad))
        for number, text in enumerate(texts)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.mark.data("text-labelled")
@pytest.mark.parametrize(("lang", "code"), [("khm", "khm_Khmr"), ("ind", "ind_Latn")])
def test_noise_is_told_from_clean_text(
    lang: str,
    code: str,
    data_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    judged = write_rows(tmp_path / "judgments.parquet", code, *labelled(data_dir, lang))
    out = tmp_path / "models" / "quality.json"
    assert run(["classify", "train", str(judged), "--out", str(out)]) == 0
    model = load_classifier(out)
    assert model.about["auc"] >= 0.95
    assert model.about["calibration_error"] < 0.1
    assert f"{code}  AUC 0.9" in capsys.readouterr().out
    card = out.with_suffix(".md").read_text(encoding="utf-8")
    assert "## Limits" in card and code in card and "site-3" in card
    if lang == "khm":
        check_build(tmp_path, out)


def check_build(folder: Path, model: Path) -> None:
    """The score is a column; it rejects only if the recipe says so."""
    code = "def main(path):\n    return open(path).read()  # សួស្តី\n" * 12
    texts = [*passages([9, 10]), "????? ????????? " * 40 + passages([11])[0][:260], code]
    rows = "\n".join(json.dumps({"text": text}) for text in texts)
    (folder / "texts.jsonl").write_text(rows, encoding="utf-8")
    recipe = (
        'name = "scored"\nlanguages = ["khm_Khmr"]\n'
        'operator = { name = "tests", contact = "corpus@example.org" }\n'
        f"classifier = {{ model = {json.dumps(str(model.relative_to(folder)))} }}\n"
        '[[source]]\nname = "texts"\nconnector = "files"\npath = "texts.jsonl"\n'
        'license = "CC0-1.0"\nlicense_verified_by = "the tests"\n'
        "[quality.khm_Khmr]\nmax_punctuation_share = false\nmax_longest_run = false\n"
    )
    path = folder / "recipe.toml"
    path.write_text(recipe, encoding="utf-8")
    build = ck.build(ck.load_recipe(path), folder / "b", workers=1)
    kept = build.dataset.to_table(columns=["text", "classifier_score"]).to_pylist()
    assert kept
    expected = load_classifier(model).score([row["text"] for row in kept])
    assert [row["classifier_score"] for row in kept] == pytest.approx(expected, abs=1e-6)
    assert "rules/classifier_score" not in build.ledger.reasons
    bound = (min(expected) + max(expected)) / 2
    path.write_text(f"{recipe}[rules.classifier_score]\nmin = {bound}\n", encoding="utf-8")
    again = ck.build(ck.load_recipe(path), folder / "b", workers=1)
    lost = sum(score < bound for score in expected)
    assert again.ledger.reasons["rules/classifier_score"] == lost > 0


def examples(
    count: int, source: Callable[[int], str], good: Callable[[int], bool]
) -> list[Example]:
    words = ("ល្អ", "អាក្រក់")
    return [
        Example(str(n), f"{words[not good(n)]} {n}", "khm_Khmr", source(n), good(n))
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("judged", "message"),
    [
        (examples(199, lambda n: f"s{n % 2}", lambda n: n % 3 == 0), "199 judged documents"),
        (examples(300, lambda n: "one", lambda n: n % 3 == 0), "of 1 sources are too few"),
        (examples(300, lambda n: f"s{n % 2}", lambda n: n < 10), "10 documents are good"),
        (examples(300, lambda n: f"s{n % 2}", lambda n: n % 2 == 0), "would learn the source"),
        ([], "0 judged documents"),
    ],
)
def test_too_few_judgments_are_refused(judged: list[Example], message: str) -> None:
    with pytest.raises(ClassifierError, match=message):
        train_classifier(judged)


def test_training_depends_on_no_order_and_reads_its_file_back(tmp_path: Path) -> None:
    judged = examples(240, lambda n: f"s{n % 3}", lambda n: n % 2 == 0 or n % 7 == 0)
    model = train_classifier(judged)
    (tmp_path / "m.json").write_bytes(model.to_bytes())
    assert train_classifier(judged[::-1]).to_bytes() == model.to_bytes()
    loaded = load_classifier(tmp_path / "m.json")
    texts = ["ល្អ", "អាក្រក់", ""]
    assert loaded.score(texts) == model.score(texts)
    assert loaded.score(texts)[0] > 0.5 > loaded.score(texts)[1]
    assert loaded.score(texts[1:]) == loaded.score(texts)[1:]


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"format": 1, "weights": "AAAA"}', b"\xff\xfe"]
)
def test_files_that_are_no_model_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_bytes(content)
    with pytest.raises(ClassifierError, match="is not a classifier"):
        load_classifier(path)
    with pytest.raises(ClassifierError, match="changed while"):
        load_classifier(path, "0" * 64)
    recipe = (
        'name = "x"\nlanguages = ["khm_Khmr"]\n'
        'operator = { name = "tests", contact = "corpus@example.org" }\n'
        'classifier = { model = "m.json" }\n'
        '[[source]]\nname = "t"\nconnector = "files"\npath = "."\nlicense = "NOASSERTION"\n'
    )
    (tmp_path / "r.toml").write_text(recipe, encoding="utf-8")
    with pytest.raises(RecipeError, match=r"classifier\.model"):
        ck.build(ck.load_recipe(tmp_path / "r.toml"), tmp_path / "b")


def test_judgments_of_fineweb_c_are_read(tmp_path: Path) -> None:
    labels = [["None", "Good"], ["Good"], [FINEWEB_C_PROBLEM] * 2 + ["Good"], [*FINEWEB_C_LABELS]]
    rows = [
        {"id": str(n), "text": "x", "educational_value_labels": found, "language_code": "khm_Khmr"}
        for n, found in enumerate(labels)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "f.parquet")
    found = {example.id: example.good for example in read_examples([tmp_path / "f.parquet"])}
    assert found == {"1": True, "2": False, "3": True}  # one on which they are divided is left out
    pq.write_table(pa.table({"a": [1]}), tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("no table", encoding="utf-8")
    for name, message in (("other", "has no judgments"), ("text", "cannot be read as Parquet")):
        with pytest.raises(ClassifierError, match=message):
            read_examples([tmp_path / f"{name}.parquet"])


def test_features_have_length_one_and_do_not_depend_on_form() -> None:
    features = hashed_ngrams(["ខ្មែរ  ល្អ", "ខ្មែរ\nល្អ", "E\u0301", "é", ""])
    assert len(features) == 5
    for row in range(5):
        here = slice(features.starts[row], features.starts[row + 1])
        assert np.linalg.norm(features.values[here]) == pytest.approx(1.0)
    first, second, third, fourth, _ = (features.dense(row, row + 1) for row in range(5))
    assert (first == second).all()
    assert (third == fourth).all()
    assert not (first == third).all()


def test_scores_are_ordered_and_calibrated() -> None:
    good = np.array([True, True, False, False])
    assert area_under_curve(np.array([0.9, 0.4, 0.4, 0.1]), good) == pytest.approx(0.875)
    assert area_under_curve(np.array([0.5] * 4), good) == 0.5
    assert area_under_curve(np.array([0.5] * 4), np.array([True] * 4)) is None
    random = np.random.default_rng(0)
    logits = random.normal(size=4_000) * 3
    happened = random.random(4_000) < sigmoid(0.5 * logits - 1)
    assert fit_calibration(logits, happened) == pytest.approx((0.5, -1.0), abs=0.1)
