"""Label tables: complete, valid, and every mistake named."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpuskit.errors import ModelError
from corpuskit.identify.labels import Reading, is_negative, map_labels, read_labels, read_reading
from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_spec import embedded_file
from corpuskit.languages import BROUGHT, languages
from corpuskit.text.scripts import MEMBERS
from corpuskit.text.tables import SCRIPT_IDS


def test_lid176_is_complete() -> None:
    table = read_labels("lid176", Path())
    assert len(table) == 176
    for codes in table.values():
        for code in codes:
            script = code.partition("_")[2]
            assert script in SCRIPT_IDS or script in MEMBERS, code
    # The Wikipedia code that is another language's ISO code.
    assert table["als"] == ("gsw_Latn",)
    assert table["sq"] == ("als_Latn",)
    codes = [code for codes in table.values() for code in codes]
    assert len(codes) == len(set(codes))


FILES = [name for name, one in EMBEDDED_MODELS.items() if not one.parts]


@pytest.mark.parametrize("name", FILES)
def test_profiles_and_models_agree(name: str) -> None:
    """A profile has the labels of exactly the models in the package that know its language."""
    model, table = embedded_file(name), read_labels(name, Path())
    for profile in languages():
        labels = profile.labels.get(name, ())
        assert bool(labels) == (profile.code in model.codes), profile.code
        for label in labels:
            assert profile.code in table.get(label, (label,))


@pytest.mark.parametrize("name", BROUGHT)
def test_profiles_and_the_tables_of_brought_models_agree(name: str) -> None:
    """Every label that a profile names stands for its language, and each entry is in a profile."""
    table = read_labels(name, Path())
    named = {(label, profile.code) for profile in languages()
             for label in profile.labels.get(name, ())}  # fmt: skip
    assert {(label, code) for label, codes in table.items() for code in codes} <= named
    assert all(code in table.get(label, (label,)) for label, code in named)


def test_a_profile_names_no_model_that_is_not_there() -> None:
    for profile in languages():
        assert set(profile.embedded_models) <= set(EMBEDDED_MODELS), profile.code


def test_labels_that_are_codes_need_no_entry() -> None:
    given = ["__label__khm_Khmr", "__label__und_Zzzz", "__label__zxx_Xxxx", "__label__km"]
    mapped = map_labels(given, {"km": ("khm_Khmr",)}, "m.bin")
    assert mapped["__label__khm_Khmr"] == ("khm_Khmr",)
    assert mapped["__label__und_Zzzz"] == mapped["__label__zxx_Xxxx"] == ("und",)
    assert mapped["__label__km"] == ("khm_Khmr",)


def test_labels_without_a_code_are_named() -> None:
    with pytest.raises(ModelError, match=r"m.bin: 2 of its 3 labels .* __label__km, __label__xx;"):
        map_labels(["__label__xx", "__label__km", "__label__khm_Khmr"], {}, "m.bin")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("km = 1", "no \\[labels\\]"),
        (
            "[labels]\nkm = 'khmer'\nlo = ['lao_Laoo', 3]\nth = 'tha_Thai'",
            "km, lo: expected a code",
        ),
        ("[labels", "Expected ']'"),
        (None, "no such file; the built-in tables are glotlid, lid176, openlid, sea-2"),
    ],
)
def test_a_wrong_table(tmp_path: Path, content: str | None, message: str) -> None:
    if content is not None:
        (tmp_path / "labels.toml").write_text(content)
    with pytest.raises(ModelError, match=message):
        read_labels("labels.toml", tmp_path)


def test_how_a_model_is_read(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(
        '[model]\npreprocess = "lid-sea-1"\nmin_score = 0.5\n[thresholds]\nban_Latn = 0.25\n'
        "[labels]\n"
    )
    reading = read_reading("m.toml", tmp_path)
    assert reading == Reading("lid-sea-1", 0.5, (("ban_Latn", 0.25),))
    assert Reading.of(reading.as_options()) == reading
    assert Reading.of(Reading().as_options()) == Reading() == read_reading("lid176", tmp_path)
    for wrong in ('preprocess = "upper"', "min_score = 2", 'min_known = "x"'):
        (tmp_path / "m.toml").write_text(f"[model]\n{wrong}\n[labels]\n")
        with pytest.raises(ModelError, match="expected"):
            read_reading("m.toml", tmp_path)


def test_negative_labels_keep_their_script() -> None:
    table = map_labels(["__label__und_fra_Latn", "__label__und"], {}, "m")
    assert table == {"__label__und_fra_Latn": ("und_Latn",), "__label__und": ("und",)}
    assert [is_negative(code) for code in ("und_Latn", "und", "uig_Arab")] == [True, True, False]


CERTAINTY = """
[certainty]
letters = [20, 50]
scores = [0.5, 0.9]
shares = [[0.6, 0.8], [0.7, 0.9], [0.8, 0.99]]
"""


def test_how_sure_an_answer_is_depends_on_length_and_score(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(f"[labels]\n{CERTAINTY}")
    reading = read_reading("m.toml", tmp_path)
    assert reading.certainty is not None
    cells = [(5, 0.6), (19, 0.9), (20, 0.5), (49, 1.0), (50, 0.5), (9000, 0.95), (5, 0.2)]
    shares = [reading.certainty.of(letters, score) for letters, score in cells]
    assert shares == [0.6, 0.8, 0.7, 0.9, 0.8, 0.99, 0.6]
    assert Reading.of(reading.as_options()) == reading
    for wrong in (
        CERTAINTY.replace("[20, 50]", "[20]"),
        CERTAINTY.replace("0.99", "9"),
        CERTAINTY.replace("[0.5, 0.9]", "[0.9, 0.5]"),
        "[certainty]\nletters = []",
    ):
        path.write_text(f"[labels]\n{wrong}")
        with pytest.raises(ModelError, match=r"\[certainty\]"):
            read_reading("m.toml", tmp_path)


def test_relatives_are_lists_of_codes(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('[labels]\n[relatives]\npmy_Latn = ["ind_Latn", "zsm_Latn"]\n')
    reading = read_reading("m.toml", tmp_path)
    assert reading.relatives == (("pmy_Latn", ("ind_Latn", "zsm_Latn")),)
    assert Reading.of(reading.as_options()) == reading
    path.write_text('[labels]\n[relatives]\npmy_Latn = "Indonesian"\n')
    with pytest.raises(ModelError, match=r"\[relatives\]"):
        read_reading("m.toml", tmp_path)
