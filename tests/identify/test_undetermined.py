"""Why a text has no language is told by the very rules that left it without one."""

from __future__ import annotations

import pytest

from corpuskit.identify.identification import Identifier
from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_spec import ModelSpec, embedded_file
from corpuskit.identify.undetermined import named, undetermined_because
from corpuskit.text import TextBatch

TEXTS = {
    "ok": "letters, fewer than few_letters",
    "selamat pagi": "short_score",
    "12345 !!! ។": "no letters",
    "xq zvw bnk trp mln ghw qpz xvv kkl zzt wqr nnb ghj klp " * 3: "its label und_",
    "Le gouvernement a annoncé hier une nouvelle loi sur les transports publics. " * 3: "sea-2",
    "សូមចុច Click the button to open the file and then choose Save from the menu ប៊ូតុង": "sea-2",
}


@pytest.fixture(scope="module")
def model() -> Identifier:
    return ModelSpec.of().load()


@pytest.mark.parametrize(("text", "expected"), TEXTS.items())
def test_the_rule_is_named(text: str, expected: str) -> None:
    regional = embedded_file("sea-2")
    (line,) = undetermined_because(regional, text)
    if not regional.identify(TextBatch([text]))[0].score:
        assert "is believed" not in line
        assert expected == "sea-2" or expected in line


def test_no_text_without_a_language_lacks_a_rule(model: Identifier) -> None:
    """Pieces of mixed text of every length: every text without a language has a reason."""
    mixed = (
        "ភាសាខ្មែរ selamat datang di negeri kami ສະບາຍດີ the quick brown fox สวัสดีครับ "
        "bonjour tout le monde မင်္ဂလာပါ xin chào các bạn привет мир こんにちは"
    )
    texts = [mixed[start : start + length] for start in range(0, 120, 3) for length in (4, 20, 70)]
    answers = model.identify(TextBatch(texts))
    undetermined = [text for text, answer in zip(texts, answers, strict=True) if not answer.score]
    assert len(undetermined) > 20
    for text in undetermined:
        lines = undetermined_because(model, text)
        assert lines
        assert "is believed" not in lines[0], text


def test_two_languages_are_named(model: Identifier) -> None:
    (first, *_) = undetermined_because(model, "Open the file ភាសាខ្មែរ និង English both here ok")
    assert first.startswith("sea-2: ")
    assert " or " in first
    assert named("khm_Khmr") == "Khmer (khm_Khmr)"
    assert named("xxx_Latn") == "xxx_Latn"
    assert "does not know" in named("und_Latn")


def test_every_embedded_model_can_be_asked(model: Identifier) -> None:
    assert {*EMBEDDED_MODELS} == {"sea-2+lid176", "sea-2", "lid176"}
    assert undetermined_because(embedded_file("lid176"), "x")
