from corpuskit.connectors.documents.pdf_chars import Char, lines_of, marks_in_place


def chars(text: str, x: float = 0.0, y: float = 0.0, drawn: int | None = None) -> list[Char]:
    """Characters of a font 10 points high and 5 wide."""
    return [
        Char(one, "F", False, x + 5 * n, y, x + 5 * n + 5, 10.0, drawn)
        for n, one in enumerate(text)
    ]


def texts(*runs: list[Char]) -> list[str]:
    return [line.text for line in lines_of([char for run in runs for char in run])]


def test_a_subscript_below_the_line_stays_in_its_word() -> None:
    assert texts(chars("ក្ន"), chars("ុ", 15, -3), chars("ង", 15)) == ["ក្នុង"]


def test_a_lower_baseline_is_a_line() -> None:
    assert texts(chars("one"), chars("two", 0, -12)) == ["one", "two"]


def test_a_gap_is_a_space_and_a_wide_one_another_column() -> None:
    assert texts(chars("ab"), chars("cd", 10 + 1.7)) == ["abcd"]
    assert texts(chars("ab"), chars("cd", 10 + 2.5)) == ["ab cd"]
    assert texts(chars("ab "), chars("cd", 15 + 2.5)) == ["ab cd"]
    assert texts(chars("ab"), chars("cd", 10 + 40)) == ["ab", "cd"]


def test_pdfium_is_heard_on_spaces_where_words_are_spaced() -> None:
    def seen(text: str) -> list[Char]:
        run = chars(text, 10 + 1)
        run[0].apart = True
        return run

    assert texts(chars("ab"), seen("cd")) == ["ab cd"]
    assert texts(chars("កខ"), seen("គ")) == ["កខគ"]


def test_no_space_is_made_before_a_mark() -> None:
    assert texts(chars("រ"), chars("ី", 15), chars("ភ", 20)) == ["រីភ"]


def test_a_mark_drawn_for_itself_goes_where_it_was_drawn() -> None:
    given = [
        *chars("ម", 0, drawn=1), *chars("ឺន", 5, drawn=3), *chars("៉", 5, drawn=2),
        *chars("យ", 15, drawn=4),
    ]  # fmt: skip
    assert "".join(char.text for char in marks_in_place(given)) == "ម៉ឺនយ"


def test_marks_drawn_one_by_one_keep_their_order() -> None:
    given = [
        *chars("ម", 0, drawn=1), *chars("ន", 5, drawn=4), *chars("ឺ", 5, drawn=3),
        *chars("៉", 5, drawn=2),
    ]  # fmt: skip
    assert "".join(char.text for char in marks_in_place(given)) == "ម៉ឺន"


def test_nothing_is_lost_of_what_has_no_object() -> None:
    given = [*chars("ab"), *chars("ុ", 10), *chars("c", 15, drawn=1)]
    assert marks_in_place(given) == given
