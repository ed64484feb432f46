"""Scores by kernels and by numpy are those of fastText, bit by bit and in its order, for every kind
of model."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fasttext
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpuskit.identify import array_model, fasttext_file, label_scores
from corpuskit.identify.fasttext_file import UnreadModelError, read_fasttext
from corpuskit.identify.label_scores import CompiledModel, LabelModel
from corpuskit.identify.model_file import EMBEDDED_MODELS

pytestmark = [pytest.mark.usefixtures("kernels_on"), pytest.mark.xdist_group("kernels")]
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)

CALLS = [(-1, 0.0), (1, 0.0), (5, 0.0), (20, 0.0005), (3, 0.3), (1000, 0.005)]
LINES = [
    "", " ", "selamat pagi semuanya", "a\tb\x0bc\x0cd\re\0f", "ភាសាខ្មែរ ជាភាសាផ្លូវការ", "ພາສາ " * 50,
    "x" * 3000, "ខ" * 200, "the same the same the same", "\U0001f600 \u200b e\u0301 ß İ",
    "a __label__ind word", "before </s> behind", "</s>", "tiếng việt", "1234567890",
]  # fmt: skip


@pytest.fixture(scope="module", params=["sea-2", "lid176"])
def embedded(request: pytest.FixtureRequest) -> LabelModel:
    path = EMBEDDED_MODELS[request.param].file
    return LabelModel(path, fasttext.load_model(str(path)))


def assert_same(model: LabelModel, lines: Sequence[str]) -> None:
    assert model._compiled is not None
    assert model._arrays is not None
    for count, least in CALLS:
        expected = model._by_fasttext(lines, count, least)
        assert model.predict(lines, count, least) == expected
        by_arrays = model._arrays.predict(lines, count, least)
        for labels, labels_expected, line in zip(by_arrays, expected, lines, strict=True):
            assert (
                labels is None or labels == labels_expected or "__label__" in line or "</s>" in line
            )


def test_odd_lines(embedded: LabelModel) -> None:
    assert_same(embedded, LINES)
    assert_same(embedded, [])


@anything
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))))
def test_any_lines(embedded: LabelModel, lines: list[str]) -> None:
    assert_same(embedded, lines)


def test_real_lines(embedded: LabelModel, data_dir: Path) -> None:
    rows = (data_dir / "text-labelled" / "udhr.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(row)["text"].replace("\n", " ") for row in rows[::5]]
    texts += [text.lower() for text in texts[::3]]
    assert_same(embedded, texts)


def test_numpy_is_sure_of_nearly_all_lines(embedded: LabelModel, data_dir: Path) -> None:
    rows = (data_dir / "text-labelled" / "udhr.jsonl").read_text(encoding="utf-8").splitlines()
    lines = [json.loads(row)["text"].replace("\n", " ") for row in rows[::5]]
    assert embedded._arrays is not None
    for count, least in [(-1, 0.005), (20, 0.0005)]:
        answers = embedded._arrays.predict(lines, count, least)
        assert answers.count(None) <= 0.02 * len(lines)


def test_numpy_is_used_once_there_is_much_to_do(
    embedded: LabelModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORPUSKIT_KERNELS", "off")
    model = LabelModel(embedded._path, embedded._model)
    model.predict(["selamat pagi"], 1, 0.0)
    assert "_arrays" not in vars(model)
    lines = ["selamat pagi semuanya " * 50] * 300 + ["ភាសាខ្មែរ" * 50, "a </s> b", ""]
    assert model.predict(lines, 20, 0.0005) == model._by_fasttext(lines, 20, 0.0005)
    assert vars(model)["_arrays"] is not None


def test_words_that_are_forgotten_are_found_again(
    embedded: LabelModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(array_model, "REMEMBERED", 3)
    monkeypatch.setattr(array_model, "LONGEST_REMEMBERED", 5)
    assert_same(LabelModel(embedded._path, embedded._model), LINES * 3)


VARIANTS: dict[str, dict[str, Any]] = {
    "softmax": {"loss": "softmax", "dim": 8},
    "tree": {"loss": "hs", "dim": 8},
    "odd dimension": {"loss": "softmax", "dim": 13},
    "word n-grams": {"loss": "softmax", "wordNgrams": 3, "dim": 16},
    "no n-grams": {"loss": "softmax", "minn": 0, "maxn": 0, "wordNgrams": 1},
    "no character n-grams": {"loss": "hs", "minn": 0, "maxn": 0, "wordNgrams": 2},
    "one label": {"loss": "hs", "labels": 1},
    "rare words left out": {"loss": "softmax", "minCount": 30},
}
QUANTIZED: dict[str, dict[str, Any]] = {
    "as it is": {},
    "pruned": {"cutoff": 300},
    "norms": {"qnorm": True, "cutoff": 300, "dsub": 3},
}


def trained(path: Path, loss: str, labels: int = 7, **options: Any) -> tuple[Path, Any]:
    chosen = random.Random(7)
    words = ["pagi", "malam", "ភាសា", "ខ្មែរ", "saya", "ພາສາ", "kantor", "ဘာသာ", "tiếng", "x"]
    lines = [
        f"__label__{label} " + " ".join(chosen.choices([*words[label:], "y"], k=6))
        for label in range(labels)
        for _ in range(60)
    ]
    path.with_suffix(".txt").write_text("\n".join(lines), encoding="utf-8")
    settings = {"dim": 10, "minn": 1, "maxn": 4, "bucket": 900, "epoch": 5, **options}
    model = fasttext.train_supervised(
        str(path.with_suffix(".txt")), loss=loss, verbose=0, thread=1, **settings
    )
    model.save_model(str(path))
    return path, model


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_kinds_of_models(tmp_path: Path, options: dict[str, Any]) -> None:
    assert_same(LabelModel(*trained(tmp_path / "model.bin", **options)), LINES)


@pytest.mark.parametrize("loss", ["softmax", "hs"])
@pytest.mark.parametrize("options", QUANTIZED.values(), ids=QUANTIZED)
def test_quantized_models(tmp_path: Path, loss: str, options: dict[str, Any]) -> None:
    path, model = trained(tmp_path / "model.bin", loss, dim=8)
    model.quantize(**options)
    path = tmp_path / "model.ftz"
    model.save_model(str(path))
    assert_same(LabelModel(path, fasttext.load_model(str(path))), LINES)


@pytest.mark.parametrize("loss", ["ova", "ns"])
def test_other_losses_are_left_to_fasttext(tmp_path: Path, loss: str) -> None:
    path, model = trained(tmp_path / "model.bin", loss)
    with pytest.raises(UnreadModelError, match="loss"):
        read_fasttext(path)
    scores = LabelModel(path, model).predict(LINES, 2, 0.0)
    assert scores == LabelModel(path, model)._by_fasttext(LINES, 2, 0.0)


def test_models_that_are_left_to_fasttext(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path, model = trained(tmp_path / "model.bin", "softmax")
    (tmp_path / "short.bin").write_bytes(path.read_bytes()[:2000])
    (tmp_path / "other.bin").write_bytes(b"not a model at all")
    for name in ("short.bin", "other.bin"):
        with pytest.raises(UnreadModelError):
            read_fasttext(tmp_path / name)
    _, of_many_labels = trained(tmp_path / "many.bin", "softmax", labels=300)
    of_many_labels.quantize(qout=True)
    of_many_labels.save_model(str(tmp_path / "output.ftz"))
    with pytest.raises(UnreadModelError, match="quantized output"):
        read_fasttext(tmp_path / "output.ftz")
    monkeypatch.setattr(fasttext_file, "MAX_CELLS", 100)
    with pytest.raises(UnreadModelError, match="too large"):
        read_fasttext(path)
    with caplog.at_level("INFO"):
        assert LabelModel(path, model)._compiled is None
    assert "model model.bin is left to fastText: too large" in caplog.text


def test_other_scores_for_the_probes_leave_a_model_to_fasttext(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path, model = trained(tmp_path / "model.bin", "softmax")
    monkeypatch.setattr(CompiledModel, "predict", lambda *_: [[("__label__0", 0.5)]])
    labels = LabelModel(path, model)
    assert labels.predict(LINES, 2, 0.0) == labels._by_fasttext(LINES, 2, 0.0)
    assert "model model.bin is left to fastText: other scores" in caplog.text


@pytest.mark.parametrize(("words", "octets", "rows"), [(16, 1 << 12, 1 << 12), (64, 80, 200)])
def test_a_small_memory_of_words_changes_nothing(
    embedded: LabelModel, monkeypatch: pytest.MonkeyPatch, words: int, octets: int, rows: int
) -> None:
    monkeypatch.setattr(label_scores, "SEEN_WORDS", words)
    monkeypatch.setattr(label_scores, "SEEN_OCTETS", octets)
    monkeypatch.setattr(label_scores, "SEEN_ROWS", rows)
    assert_same(LabelModel(embedded._path, embedded._model), LINES * 3)
