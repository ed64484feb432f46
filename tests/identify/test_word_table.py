"""Words as a second opinion: what a table says, and that it comes back from the file."""

from __future__ import annotations

import lzma
import struct
import zlib
from pathlib import Path

import fasttext
import pytest

from corpuskit.errors import ModelError
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.labels import Reading
from corpuskit.identify.sections import read_sections
from corpuskit.identify.word_table import WORDS, WordTable, mixed, word_shares, word_table
from corpuskit.text import TextBatch


def shared_out(table: WordTable, line: str, scores: dict[str, float]) -> dict[str, float]:
    (shared,) = table.shared_out([line], [scores])
    return shared


INDONESIAN = word_shares(["saya pergi ke kantor karena ada rapat"])
MALAY = word_shares(["saya pergi ke pejabat kerana ada mesyuarat"])
EVEN = {"ind_Latn": 0.45, "zsm_Latn": 0.45, "eng_Latn": 0.1}


@pytest.fixture
def table() -> WordTable:
    return WordTable.of({"ind_Latn": INDONESIAN, "zsm_Latn": MALAY})


def test_words_share_out_what_the_group_has(table: WordTable) -> None:
    office = shared_out(table, "di kantor", EVEN)
    assert office["ind_Latn"] > 0.85
    assert sum(office.values()) == pytest.approx(0.9)
    assert shared_out(table, "pejabat", EVEN)["zsm_Latn"] > 0.85
    same = shared_out(table, "saya pergi", EVEN)
    assert same["ind_Latn"] == pytest.approx(same["zsm_Latn"])
    assert shared_out(table, "kantor", {"eng_Latn": 0.97, "ind_Latn": 0.03}) == {}


def test_lines_of_a_batch_do_not_depend_on_each_other(table: WordTable) -> None:
    lines = ["di kantor", "", "x y z", "pejabat", "kantor rapat mesyuarat saya"]
    scores = [EVEN, EVEN, {"eng_Latn": 1.0}, EVEN, {"ind_Latn": 0.2, "eng_Latn": 0.8}]
    together = table.shared_out(lines, scores)
    assert together == [shared_out(table, *pair) for pair in zip(lines, scores, strict=True)]
    assert together[2] == {}
    assert together[3]["zsm_Latn"] > 0.85


def test_many_words_are_no_surer_than_thirty(table: WordTable) -> None:
    assert table.votes(["kantor " * 30]) == pytest.approx(table.votes(["kantor " * 900]))


def behind(path: Path) -> WordTable | None:
    found = read_sections(path, frozenset((WORDS,)))
    return word_table(found[WORDS]) if WORDS in found else None


def test_behind_a_model(table: WordTable, tmp_path: Path) -> None:
    path = tmp_path / "model.ftz"
    path.write_bytes(b"model" * 10)
    assert behind(path) is None
    path.write_bytes(b"model" * 10 + table.to_bytes())
    again = behind(path)
    assert again is not None
    assert shared_out(again, "di kantor", EVEN) == shared_out(table, "di kantor", EVEN)
    path.write_bytes(b"model" * 10 + b"y" + table.to_bytes()[1:])
    with pytest.raises(ModelError, match="after the model is damaged"):
        behind(path)


def test_sections_of_earlier_models_are_read(table: WordTable, tmp_path: Path) -> None:
    section = table.to_bytes()
    data = lzma.compress(zlib.decompress(section[:-16]), preset=9)
    path = tmp_path / "model.ftz"
    path.write_bytes(b"model" * 10 + data + struct.pack("<Q8s", len(data), WORDS))
    again = behind(path)
    assert again is not None
    assert shared_out(again, "di kantor", EVEN) == shared_out(table, "di kantor", EVEN)


@pytest.fixture(scope="module")
def with_words(tmp_path_factory: pytest.TempPathFactory) -> FastTextModel:
    """A real model, sure of Indonesian where Malay words are, as it has seen none of them."""
    folder = tmp_path_factory.mktemp("words")
    lines = ["__label__ind_Latn saya pergi ke kantor karena ada rapat"] * 60
    lines += ["__label__zsm_Latn \u0643\u0627\u0645\u064a"] * 60
    lines += ["__label__und_eng_Latn the meeting was in the office"] * 60
    (folder / "train.txt").write_text("\n".join(lines), encoding="utf-8")
    model = fasttext.train_supervised(
        str(folder / "train.txt"), dim=16, minn=2, maxn=3, epoch=300, lr=1.5, bucket=2000,
        verbose=0, thread=1,
    )  # fmt: skip
    path = folder / "model.bin"
    model.save_model(str(path))
    path.write_bytes(
        path.read_bytes() + WordTable.of({"ind_Latn": INDONESIAN, "zsm_Latn": MALAY}).to_bytes()
    )
    return FastTextModel(path, {}, Reading("lid-sea-1", 0.5))


def test_a_label_that_stands_alone_is_shared_out(with_words: FastTextModel) -> None:
    """What a model gives to one label alone is not lost where the words speak for another."""
    text = "saya pergi ke kantor kerana ada mesyuarat"
    ((label, score),) = with_words._labels.predict([text], 20, 0.0005)[0]
    assert label == "__label__ind_Latn"
    scores = {guess.codes[0]: guess.score for guess in with_words.guess([text])[0]}
    assert set(scores) == {"ind_Latn", "zsm_Latn"}
    assert sum(scores.values()) == pytest.approx(score, abs=0.001)
    assert with_words.identify(TextBatch([text]))[0].lang == "ind_Latn"


def test_mixed() -> None:
    assert mixed({"a": 1.0}, {}) == {"a": 1.0}
    assert mixed({"a": 1.0}, {"b": 1.0}) == {"a": 0.5, "b": 0.5}
