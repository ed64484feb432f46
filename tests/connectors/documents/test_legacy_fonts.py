import pytest

from corpuskit.connectors.documents.legacy_fonts import FontCount, redrawn
from corpuskit.connectors.reasons import LostError


@pytest.mark.parametrize(
    ("font", "char"),
    [
        ("Limon S1", "a"), ("ABCDEF+LimonR1", "k"), ("ABC-TEXT-05", "k"), ("Zawgyi-One", "က"),
        (".VnTime", "µ"), ("VNI-Times", "ñ"), ("Bamini", "j"), ("WinInnwa", "u"),
    ],
)  # fmt: skip
def test_letters_of_a_legacy_font(font: str, char: str) -> None:
    assert redrawn(font, char)


@pytest.mark.parametrize(
    ("font", "char"),
    [
        ("Khmer OS", "ក"), ("Limon S1", "ក"), ("Limon S1", "1"), ("Zawgyi-One", "a"),
        ("Pyidaungsu", "က"), (".VnTime", "a"), ("VnExpress", "ế"), ("ABCDEF+Arial", "a"),
        ("Times New Roman", "a"), (None, "a"), ("Lemon", "a"),
    ],
)  # fmt: skip
def test_letters_that_are_what_they_seem(font: str | None, char: str) -> None:
    assert not redrawn(font, char)


def test_more_than_one_letter_in_a_thousand_rejects() -> None:
    fonts = FontCount()
    fonts.add("Khmer OS", "ក" * 999)
    fonts.add("Limon S1", "a")
    fonts.check()
    fonts.add("ABCDEF+Limon S2", "b")
    with pytest.raises(LostError) as caught:
        fonts.check()
    assert caught.value.detail == "Limon S1, Limon S2: 2 of 1001 letters"
