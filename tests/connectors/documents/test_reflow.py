import pytest

from corpuskit.connectors.documents.pdf_chars import PdfLine
from corpuskit.connectors.documents.reflow import joined, paragraphs, without_running_heads


def line(text: str, y: float, left: float = 0.0, right: float = 400.0, em: float = 10.0) -> PdfLine:
    width = (right - left) / len(text)
    return PdfLine(text, left, right, y, em, [left + width * (n + 1) for n in range(len(text))])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("one", "two", "one two"),
        ("one ", "two", "one two"),
        ("informa-", "tion", "information"),
        ("Viet-", "Nam", "Viet- Nam"),
        ("1990-", "1995", "1990- 1995"),
        ("ភាសាខ្មែ", "រ", "ភាសាខ្មែរ"),
        ("ភាសា\u200b", "ខ្មែរ", "ភាសា\u200bខ្មែរ"),
        ("ខ្មែរ ។", "ភាសា", "ខ្មែរ ។ ភាសា"),
        ("ภาษา", "ไทย", "ภาษาไทย"),
        ("ภาษา ", "ไทย", "ภาษา ไทย"),
        ("ພາສາ", "ລາວ", "ພາສາລາວ"),
        ("မြန်မာ", "စာ", "မြန်မာစာ"),
        ("ខ្មែរ", "Basic", "ខ្មែរ Basic"),
    ],
)
def test_lines_are_joined_as_their_script_is_written(
    before: str, after: str, expected: str
) -> None:
    assert joined(before, after) == expected


def test_a_full_line_goes_on_and_a_short_one_ends() -> None:
    page = [
        line("a line that is full to its end", 100),
        line("goes on.", 88, right=90),
        line("Another.", 76, right=90),
    ]
    assert paragraphs([page]) == ["a line that is full to its end goes on.", "Another."]


def test_distance_indent_and_size_part_full_lines() -> None:
    texts = ["first full line here", "second full line", "third full line", "fourth full line"]
    plain = [line(text, 100 - 12 * n) for n, text in enumerate(texts)]
    assert len(paragraphs([plain])) == 1
    far = [*plain[:2], line(texts[2], 60), line(texts[3], 48)]
    assert len(paragraphs([far])) == 2
    indented = [*plain[:2], line(texts[2], 76, left=20), plain[3]]
    assert len(paragraphs([indented])) == 2
    large = [line(texts[0], 100, em=14), *plain[1:]]
    assert len(paragraphs([large])) == 2


def test_columns_have_edges_of_their_own() -> None:
    page = [
        line("a full line of the left", 100, 0, 180),
        line("and more of the column", 88, 0, 180),
        line("that ends here, on", 100, 220, 400),
        line("the right.", 88, 220, 280),
        line("Another.", 76, 220, 280),
    ]
    assert paragraphs([page]) == [
        "a full line of the left and more of the column that ends here, on the right.",
        "Another.",
    ]


def test_cells_of_a_table_stay_apart() -> None:
    rows = [[line(f"{name}{n}", 100 - 12 * n, left, left + 40) for name, left in
             (("a", 0), ("b", 100), ("c", 200))] for n in range(3)]  # fmt: skip
    assert len(paragraphs([[cell for row in rows for cell in row]])) == 9


def test_ragged_lines_without_spaces_are_told_by_distance() -> None:
    ragged = [line("ភាសាខ្មែរ", 100), line("ភាសា", 88, right=250), line("ខ្មែរ", 76, right=90)]
    assert len(paragraphs([ragged])) == 2
    spaced = [*ragged, line("ថ្មី", 50, right=60)]
    assert paragraphs([spaced]) == ["ភាសាខ្មែរភាសាខ្មែរ", "ថ្មី"]


def test_a_paragraph_goes_on_over_a_page_unless_it_ended() -> None:
    below = [line("next page", 100, right=80), line("a line to the right edge", 88)]
    assert len(paragraphs([[line("a full line that is not over", 20)], below])) == 2
    assert len(paragraphs([[line("a full line that is over.", 20)], below])) == 3


def test_running_heads_and_page_numbers_go() -> None:
    pages = [
        [line("Gazette no. 7", 200, right=60), line(f"body {chr(97 + n) * 9}", 100),
         line(str(n), 10, right=5)]
        for n in range(4)
    ]  # fmt: skip
    kept = without_running_heads(pages)
    assert [[one.text for one in page] for page in kept] == [
        [f"body {chr(97 + n) * 9}"] for n in range(4)
    ]
    assert without_running_heads(pages[:2]) == pages[:2]


def test_what_pages_repeat_in_their_midst_stays() -> None:
    page = [line(text, 100) for text in ("a", "b", "the same", "c", "d")]
    pages = [[line(f"{n}x{one.text}", 0) if len(one.text) == 1 else one for one in page]
             for n in "pqr"]  # fmt: skip
    assert all(any(one.text == "the same" for one in page) for page in without_running_heads(pages))
