"""Words that tell a language from those it is confused with."""

from __future__ import annotations

import gzip
import tomllib
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.calibrate.specific_lists import lists_toml, specific_lists_of, write_lists
from corpuskit.calibrate.specific_words import count_words, specific_words, specificity
from corpuskit.cli import cli
from corpuskit.errors import CatalogueError, ModelError
from corpuskit.identify.training.seeds import SeedRow, WordList
from corpuskit.languages import language, specific_lists

DAY = date(2026, 11, 28)
IND = "Dia bisa pergi karena kantor itu tutup, kata Rudi dari NASA pada 2024 https://x.id/div"
ZSM = "Dia boleh pergi kerana pejabat itu tutup, kata Rudi dari NASA pada 2024 https://x.my/div"


def _rows(
    code: str, text: str, times: int = 40, sources: tuple[str, ...] = ("a", "b")
) -> list[SeedRow]:
    return [SeedRow(code, text, source) for source in sources for _ in range(times)]


def test_words_of_one_language_alone_are_listed_and_nothing_else() -> None:
    counted = count_words([*_rows("ind_Latn", IND), *_rows("zsm_Latn", ZSM)])
    listed = specific_words(counted, "ind_Latn", ["zsm_Latn", "iba_Latn", "zsm_Arab"])
    assert [word.word for word in listed.words] == ["bisa", "kantor", "karena"]
    first = listed.words[0]
    assert (first.count, first.sources) == (80, ("a", "b"))
    assert 0.85 <= first.specificity < 1
    assert listed.against == ("zsm_Latn",)
    assert listed.warnings[0] == "not compared with iba_Latn: no texts"


def test_texts_without_a_word_are_no_texts_to_compare_with() -> None:
    rows = [*_rows("ind_Latn", IND), *_rows("zsm_Latn", ZSM), *_rows("jav_Latn", "?!")]
    listed = specific_words(count_words(rows), "ind_Latn", ["zsm_Latn", "jav_Latn"])
    assert listed.against == ("zsm_Latn",)
    assert listed.warnings[0] == "not compared with jav_Latn: no texts"
    assert not specific_words(count_words(rows), "jav_Latn", ["zsm_Latn"]).words


def test_a_word_of_one_source_is_left_out_where_there_are_two() -> None:
    long = " ".join([IND] * 3)
    rows = [*_rows("ind_Latn", long), *_rows("ind_Latn", "sering", sources=("a",)),
            *_rows("zsm_Latn", " ".join([ZSM] * 3))]  # fmt: skip
    listed = specific_words(count_words(rows), "ind_Latn", ["zsm_Latn"])
    assert listed.sources == ("a", "b")
    assert "sering" not in [word.word for word in listed.words]


def test_names_by_their_capitals_and_few_words_are_left_out() -> None:
    rows = [*_rows("ind_Latn", "kata Budi yang jarang"), *_rows("zsm_Latn", "kata Ali yang")]
    rows += _rows("ind_Latn", "kata bukan", times=2)
    listed = specific_words(count_words(rows), "ind_Latn", ["zsm_Latn"])
    assert [word.word for word in listed.words] == ["jarang"]


def test_languages_of_another_script_are_not_compared() -> None:
    counted = count_words([*_rows("lao_Laoo", "ພາສາລາວ"), *_rows("tha_Thai", "ภาษาไทย")])
    listed = specific_words(counted, "lao_Laoo", ["tha_Thai"])
    assert (listed.words, listed.against) == ((), ())
    assert "no other language in its script to compare with" in listed.warnings


def test_a_word_list_counts_as_text_of_another_source() -> None:
    lists = [
        WordList("ind_Latn", "list", {"bisa": 0.01, "rakyat": 0.01}),
        WordList("zsm_Latn", "list", {"boleh": 0.01, "rakyat": 0.001}),
    ]
    rows = [*_rows("ind_Latn", IND, sources=("a",)), *_rows("zsm_Latn", ZSM, sources=("a",))]
    listed = specific_words(count_words(rows, lists), "ind_Latn", ["zsm_Latn"])
    assert [word.word for word in listed.words] == ["bisa", "kantor", "karena"]
    assert listed.words[0].sources == ("a", "list")


@pytest.mark.parametrize(
    ("count", "words", "others", "low", "high"),
    [
        (100, 10_000, [(0, 10_000)], 0.96, 0.97),  # Wilson: 100 / (100 + 1.96^2)
        (100, 10_000, [(100, 10_000)], 0.42, 0.44),  # as often: under a half
        (100, 10_000, [(0, 500)], 0.5, 0.6),  # 500 words cannot tell
        (100, 10_000, [(10, 1_000)], 0.3, 0.36),  # as often, in less text
        (100, 10_000, [(0, 10_000)] * 3, 0.96, 0.97),  # only the least known counts at its limit
        (5, 10_000, [(0, 10_000)], 0.5, 0.6),  # five occurrences say little
    ],
)
def test_specificity(
    count: int, words: int, others: list[tuple[int, int]], low: float, high: float
) -> None:
    assert low <= specificity(count, words, others) <= high


@given(st.integers(1, 500), st.lists(st.integers(0, 100), min_size=1, max_size=4))
def test_specificity_is_below_the_raw_share(count: int, seen: list[int]) -> None:
    bound = specificity(count, 10_000, [(word, 10_000) for word in seen])
    assert 0 < bound < count / (count + sum(seen)) + 1e-12
    assert bound <= specificity(count, 10_000, [(word, 10_000) for word in seen[:1]]) + 1e-12


def _table(path: Path) -> Path:
    rows = [*_rows("ind", IND, sources=("a",)), *_rows("zsm", ZSM, sources=("a",))]
    lines = ["lang\ttext\tsource", *("\t".join(row) for row in rows)]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_lists_of_a_table_and_of_a_seeds_toml_are_the_same(tmp_path: Path) -> None:
    table = _table(tmp_path / "texts.tsv.gz")
    seeds = tmp_path / "seeds.toml"
    seeds.write_text(
        '[model]\nname = "x"\n[[source]]\nname = "a"\nlicense = "CC0-1.0"\nurl = "https://x.org"\n'
        '[[seed]]\npath = "texts.tsv.gz"\n'
    )
    listed = specific_lists_of(table)
    assert [word_list.language for word_list in listed] == ["ind_Latn", "zsm_Latn"]
    assert [word_list.as_json(DAY) for word_list in specific_lists_of(seeds)] == [
        word_list.as_json(DAY) for word_list in listed
    ]
    with pytest.raises(ModelError, match="no texts in ban_Latn"):
        specific_lists_of(table, ["ban_Latn"])
    read = tomllib.loads(lists_toml(listed, DAY))
    assert read["zsm_Latn"]["from"].startswith("made 2026-11-28 of 40 texts")
    assert [word["word"] for word in read["zsm_Latn"]["words"]] == ["boleh", "kerana", "pejabat"]


def test_the_command_writes_lists_and_profiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    words = " ".join(f"kata{chr(97 + at)}" for at in range(12))
    rows = [*_rows("ind", f"{IND} {words}"), *_rows("zsm", ZSM)]
    table = tmp_path / "texts.tsv"
    table.write_text("\n".join(["lang\ttext\tsource", *("\t".join(row) for row in rows)]))
    for code in ("ind_Latn", "zsm_Latn"):
        (folder / f"{code}.toml").write_text(_plain_profile(code))
    monkeypatch.setenv("CORPUSKIT_CATALOGUE", str(folder))
    before = language("ind_Latn")
    out = tmp_path / "words.toml"
    command = ["lid", "words", str(table), "--out", str(out), "--write", "--date", "2026-11-28"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert done.exit_code == 0
    assert "wrote the profiles of ind_Latn" in done.output  # three words of Malay are too few
    assert len(tomllib.loads(out.read_text())["ind_Latn"]["words"]) == 15
    after = language("ind_Latn")
    assert after.specific_words is not None
    assert "katab" in after.specific_words.values
    assert after.specific_words.origin.startswith("made 2026-11-28")
    assert after.model_copy(update={"specific_words": None}) == before
    assert list(specific_lists(after)) == ["ind_Latn"]


def _plain_profile(code: str) -> str:
    other = "zsm_Latn" if code == "ind_Latn" else "ind_Latn"
    return (
        f'[language]\ncode = "{code}"\nname = "x"\nautonym = "x"\nbcp47 = ["x"]\n'
        f'segmentation = "spaces"\nconfusable = ["{other}"]\n'
    )


def test_a_language_without_a_profile_is_not_written() -> None:
    counted = count_words([*_rows("abs_Latn", IND), *_rows("zsm_Latn", ZSM)])
    with pytest.raises(CatalogueError, match="no profile of abs_Latn"):
        write_lists([specific_words(counted, "abs_Latn", ["zsm_Latn"])], DAY)


def test_rivals_are_the_languages_whose_lists_were_made_against_it() -> None:
    """Betawi's list was compared with Indonesian, Indonesian's with Malay alone."""
    listed = specific_lists(language("ind_Latn"))
    assert next(iter(listed)) == "ind_Latn"
    assert {"zsm_Latn", "bew_Latn", "ban_Latn"} <= listed.keys()
    assert listed["ind_Latn"][0] == "bisa"
    assert "ind_Latn" not in specific_lists(language("ban_Latn"))
    assert specific_lists(language("tha_Thai")) == {}
