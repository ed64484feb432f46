"""SVG and MathML end where browsers end them."""

from __future__ import annotations

import pytest

from corpuskit.extract import extract_html
from corpuskit.markup.foreign import close_foreign

PROSE = "Setiap orang dilahirkan merdeka dan mempunyai martabat yang sama."


@pytest.mark.parametrize(
    "opened",
    [
        "<svg viewBox='0 0 8 8'><path d='M0 0h8'>",
        "<SVG><g><g><path d=x/>",
        "<svg><title>Ikon</title><path/>",
        "<math><mrow><mi>x</mi>",
        "<svg><g><math><mi>x</mi>",
        "<div><svg><use href=#a>",
        "<svg><desc>gambar</desc><g><svg><path>",
    ],
)
@pytest.mark.parametrize("element", ["p", "div", "h2", "ul><li", "table><tr><td", "main"])
def test_a_page_after_a_picture_that_is_left_open_is_read(opened: str, element: str) -> None:
    result = extract_html(f"<html><body>{opened}<{element}>{PROSE}<p>{PROSE}</body></html>")
    assert result.text.split("\n")[-2:] == [PROSE, PROSE]
    assert "Ikon" not in result.text


def test_two_pictures_that_are_left_open() -> None:
    result = extract_html(f"<body><svg><path><p>{PROSE}<svg><path><p>{PROSE}")
    assert result.text == f"{PROSE}\n{PROSE}"


@pytest.mark.parametrize(
    "markup",
    [
        "<svg><path d='M0'/></svg><p>x",
        "<svg/><p>x",
        "<svg><g><foreignObject><p>x</p></foreignObject></g></svg>",
        "<svg><title>a <b>b</b></title></svg><p>x",
        "<math><mtext><b>x</b></mtext></math>",
        "<p>1 < 2 and svg</p>",
        "<svg><text>x<tspan>y",
        "",
    ],
)
def test_a_picture_that_is_whole_is_left_alone(markup: str) -> None:
    assert close_foreign(markup) == markup


def test_hostile_markup_takes_linear_time() -> None:
    """The time limit of each test would end one that does not."""
    for pump in ("<svg ", "<svg>", "<svg><p>", "<svg><title>", "</svg>", "<svg><desc><p "):
        close_foreign(pump * 100_000)
