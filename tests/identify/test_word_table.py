"""Words as a second opinion: what a table says, and that it comes back from the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpuskit.errors import ModelError
from corpuskit.identify.word_table import WordTable, mixed, read_table, word_shares

INDONESIAN = word_shares(["saya pergi ke kantor karena ada rapat"])
MALAY = word_shares(["saya pergi ke pejabat kerana ada mesyuarat"])
EVEN = {"ind_Latn": 0.45, "zsm_Latn": 0.45, "eng_Latn": 0.1}


@pytest.fixture
def table() -> WordTable:
    return WordTable.of({"ind_Latn": INDONESIAN, "zsm_Latn": MALAY})


def test_words_share_out_what_the_group_has(table: WordTable) -> None:
    office = table.shared_out("di kantor", EVEN)
    assert office["ind_Latn"] > 0.85
    assert sum(office.values()) == pytest.approx(0.9)
    assert table.shared_out("pejabat", EVEN)["zsm_Latn"] > 0.85
    same = table.shared_out("saya pergi", EVEN)
    assert same["ind_Latn"] == pytest.approx(same["zsm_Latn"])
    assert table.shared_out("kantor", {"eng_Latn": 0.97, "ind_Latn": 0.03}) == {}


def test_many_words_are_no_surer_than_thirty(table: WordTable) -> None:
    assert table.votes("kantor " * 30) == pytest.approx(table.votes("kantor " * 900))


def test_behind_a_model(table: WordTable, tmp_path: Path) -> None:
    path = tmp_path / "model.ftz"
    path.write_bytes(b"model" * 10)
    assert read_table(path) is None
    path.write_bytes(b"model" * 10 + table.to_bytes())
    again = read_table(path)
    assert again is not None
    assert again.shared_out("di kantor", EVEN) == table.shared_out("di kantor", EVEN)
    path.write_bytes(b"model" * 10 + b"x" + table.to_bytes()[1:])
    with pytest.raises(ModelError, match="word table is damaged"):
        read_table(path)


def test_mixed() -> None:
    assert mixed({"a": 1.0}, {}) == {"a": 1.0}
    assert mixed({"a": 1.0}, {"b": 1.0}) == {"a": 0.5, "b": 0.5}
