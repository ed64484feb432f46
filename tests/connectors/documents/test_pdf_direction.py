from connectors.documents.test_pdf_chars import chars

from corpuskit.connectors.documents.pdf_bullets import with_bullets
from corpuskit.connectors.documents.pdf_char import Char
from corpuskit.connectors.documents.pdf_chars import lines_of
from corpuskit.connectors.documents.pdf_direction import left_to_right
from corpuskit.connectors.documents.reflow import paragraphs

JAWI = "كتاب ايت دباچ اوليه مريد"


def leftward(text: str, right: float, y: float = 0.0) -> list[Char]:
    """Characters from right to left, of a font 10 points high and 5 wide."""
    return [
        Char(char, "F", False, right - 5 * n - 5, y, right - 5 * n, 10.0)
        for n, char in enumerate(text)
    ]


def texts(*runs: list[Char]) -> list[str]:
    return [line.text for line in lines_of([char for run in runs for char in run], 600.0)]


def test_a_line_from_right_to_left_is_one_line() -> None:
    assert texts(leftward(JAWI * 3, 560)) == [JAWI * 3]


def test_gaps_from_right_to_left_are_spaces_and_columns() -> None:
    assert texts(leftward("اب", 560), leftward("تث", 549)) == ["ابتث"]
    assert texts(leftward("اب", 560), leftward("تث", 547)) == ["اب تث"]
    assert texts(leftward("اب", 560), leftward("تث", 500)) == ["اب", "تث"]
    assert texts(leftward("اب", 560), leftward("تث", 560, -12)) == ["اب", "تث"]


def test_words_and_numbers_that_run_the_other_way_stay_in_their_line() -> None:
    latin = "Perpustakaan Negara Malaysia 2024"
    start = 560 - 5 * len(JAWI) - 5
    left = start - 5 * len(latin)
    runs = (leftward(JAWI + " ", 560), chars(latin, left), leftward(" " + JAWI, left))
    assert texts(*runs) == [f"{JAWI} {latin} {JAWI}"]
    words = "Judulnya ialah "
    jawi = leftward(JAWI, 5 * len(words) + 5 * len(JAWI))
    after = chars(" dalam tulisan Jawi.", 5 * len(words) + 5 * len(JAWI))
    assert texts(chars(words), jawi, after) == [f"{words}{JAWI} dalam tulisan Jawi."]


def test_places_of_other_text_are_as_they_were() -> None:
    page = [*chars("ភាសា"), *chars("2024", 30)]
    assert left_to_right(page) is page


def test_a_broken_line_from_right_to_left_goes_on() -> None:
    full = (JAWI + " ") * 4
    lines = [
        *leftward(full.strip(), 560, 700),
        *leftward(full.strip(), 560, 686),
        *leftward(JAWI, 560, 672),
        *leftward(full.strip(), 560, 658),
    ]
    assert paragraphs([lines_of(lines, 600.0)]) == [full + full + JAWI, full.strip()]


def test_two_short_lines_are_paragraphs() -> None:
    both = [*leftward(JAWI, 560, 700), *leftward(JAWI, 560, 675)]
    assert paragraphs([lines_of(both, 600.0)]) == [JAWI, JAWI]
    wide = chars("x" * 110, 30, 700)
    assert paragraphs([lines_of([*wide, *chars("yy", 30, 686)], 600.0)]) == ["x" * 110 + " yy"]


def test_a_bullet_starts_a_line_or_is_of_a_font_of_pictures() -> None:
    def marked(*runs: list[Char]) -> str:
        return "".join(char.text for char in with_bullets([char for run in runs for char in run]))

    assert marked(chars("\uf0b7 ab")) == "• ab"
    assert marked(chars("a "), chars("\uf0d8", 0, -12), chars("b", 10, -12)) == "a •b"
    assert marked(chars("a"), chars("\uf0a7", 60), chars("b", 70)) == "a•b"
    assert marked(chars("\uf0b7ab")) == "\uf0b7ab"
    assert marked(chars("ab \uf0b7 cd")) == "ab \uf0b7 cd"
    picture = chars("\uf028", 20)
    picture[0].font = "ABCDEF+Wingdings-Regular"
    assert marked(chars("ab "), picture, chars("cd", 25)) == "ab •cd"
    unmapped = chars("x", 0)
    unmapped[0].unmapped = True
    assert [char.unmapped for char in with_bullets([*unmapped, *chars(" a", 5)])] == [False] * 3
