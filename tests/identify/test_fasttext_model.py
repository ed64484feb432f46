"""Any fastText model by one class; the embedded one says nothing while it loads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import fasttext
import pytest

from corpuskit.errors import ModelError
from corpuskit.identify.fasttext_model import MAX_CHARS, FastTextModel
from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_spec import ModelSpec, embedded_file, model_options

Samples = dict[str, list[str]]
Train = Callable[..., Path]


def test_a_model_whose_labels_are_codes(own_model: Path, samples: Samples) -> None:
    model = FastTextModel(own_model, {})
    assert model.codes == set(samples)
    for code, texts in samples.items():
        for guesses in model.predict(texts, 2):
            assert len(guesses) == 2
            assert guesses[0].codes == (code,)
            assert guesses[0].score > 0.9 > guesses[1].score


def test_a_model_whose_labels_a_table_maps(tmp_path: Path, train: Train, samples: Samples) -> None:
    path = train(tmp_path / "x.ftz", prefix="x-")
    with pytest.raises(ModelError, match="4 of its 4 labels have no language code: __label__x-eng"):
        FastTextModel(path, {})
    table = {f"x-{code}": (code,) for code in samples}
    guesses = FastTextModel(path, table).predict(["selamat pagi"], 1)
    assert guesses[0][0].codes == ("ind_Latn",)


def test_loading_and_asking_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    embedded_file("sea-2").predict(["text"], 1)
    assert capfd.readouterr() == ("", "")


def test_texts_that_fasttext_would_choke_on() -> None:
    model = embedded_file("lid176")
    line, broken, odd = model.predict(
        ["good morning to all of you", "good morning\nto all\nof you", "a\ud800b\0c"], 1
    )
    assert line == broken
    assert len(odd) == 1
    assert model.predict([], 1) == []


def test_only_the_beginning_of_a_long_text_counts() -> None:
    model = embedded_file("lid176")
    text = "This is an English sentence about nothing at all. " * (MAX_CHARS // 50)
    assert model.predict([text], 3) == model.predict([text + "ភាសាខ្មែរ " * 10_000], 3)


def test_scores_are_probabilities(own_model: Path, samples: Samples) -> None:
    for guesses in FastTextModel(own_model, {}).predict([*samples["khm_Khmr"], "", "?"]):
        assert all(0 <= guess.score <= 1 for guess in guesses)
        assert sum(guess.score for guess in guesses) == pytest.approx(1, abs=0.01)


def test_files_that_are_no_classifier(tmp_path: Path) -> None:
    (tmp_path / "text.bin").write_text("no model " * 100)
    with pytest.raises(ModelError, match="not a fastText model"):
        FastTextModel(tmp_path / "text.bin", {})
    (tmp_path / "words.txt").write_text("some words to learn from " * 50)
    vectors = fasttext.train_unsupervised(
        str(tmp_path / "words.txt"), dim=4, minCount=1, bucket=100, verbose=0, thread=1
    )
    vectors.save_model(str(tmp_path / "vectors.bin"))
    with pytest.raises(ModelError, match="not a classifier"):
        FastTextModel(tmp_path / "vectors.bin", {})


def test_options_of_the_embedded_model() -> None:
    with pytest.raises(ModelError, match=r"lid176 has its own labels; remove .* \(glotlid\)"):
        model_options("lid176", sha256=None, labels="glotlid", root=Path())
    record, options, places = model_options("lid176", sha256=None, labels=None, root=Path())
    known = EMBEDDED_MODELS["lid176"]
    assert record == {"name": "lid176", "sha256": known.sha256, "license": "CC-BY-SA-3.0"}
    assert ModelSpec.of(**options, **places) == ModelSpec.of(sha256=known.sha256)
    with pytest.raises(ModelError, match="no embedded model has"):
        ModelSpec.of(sha256="0" * 64)


def test_options_of_another_model(tmp_path: Path, train: Train, samples: Samples) -> None:
    path = train(tmp_path / "x.bin", prefix="x-")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    table = "\n".join(f'x-{code} = "{code}"' for code in samples)
    (tmp_path / "labels.toml").write_text(f"[labels]\n{table}\n")
    record, options, places = model_options(
        "x.bin", sha256=digest, labels="labels.toml", root=tmp_path
    )
    assert record["sha256"] == options["sha256"] == digest
    assert places == {"path": str(path)}
    assert ModelSpec.of(**options, **places).load().codes == set(samples)
    with pytest.raises(ModelError, match="have no language code"):
        model_options("x.bin", sha256=digest, labels=None, root=tmp_path)
    with pytest.raises(ModelError, match="give its sha256"):
        model_options("x.bin", sha256=None, labels=None, root=tmp_path)
