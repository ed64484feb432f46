"""SVG and MathML end where browsers end them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.extract import extract_html
from corpuskit.markup.foreign import _FOREIGN, _INTEGRATION, _TAG, _follow, close_foreign

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
        "<svg><title>a <b>b</b></title></svg><p>x",
        "<math><mtext><b>x</b></mtext></math>",
        "<p>1 < 2 and svg</p>",
        "<svg><text>x<tspan>y",
        "",
    ],
)
def test_a_picture_that_is_whole_is_left_alone(markup: str) -> None:
    assert close_foreign(markup.encode()) == markup.encode()


@pytest.mark.parametrize(
    "picture",
    [
        "<svg><foreignObject width=9>{}</foreignObject></svg>",
        "<SVG><g><FOREIGNOBJECT>{}</FOREIGNOBJECT></g><text>label</text></SVG>",
        "<svg><g><svg><foreignObject>{}</foreignObject></svg><path/></g></svg>",
        "<svg><foreignObject><svg><foreignObject>{}</foreignObject></svg></foreignObject></svg>",
        "<svg><foreignObject>{}</svg>",
        "<svg><foreignObject>{}",
        "<svg><foreignObject/><foreignObject>{}</foreignObject><desc>label</desc></svg>",
    ],
)
def test_html_within_a_picture_is_read(picture: str) -> None:
    held = picture.format(f"<p>{PROSE}</p><p>{PROSE}</p>")
    result = extract_html(f"<html><body><main>{held}<p>{PROSE}</p></main></body></html>")
    assert result.text.split("\n") == [PROSE] * 3


def test_hostile_markup_takes_linear_time() -> None:
    """The time limit of each test would end one that does not."""
    for pump in (
        b"<svg ",
        b"<svg>",
        b"<svg><p>",
        b"<svg><title>",
        b"</svg>",
        b"<svg><desc><p ",
        b"<svg><foreignObject>",
        b"<svg><foreignobject></svg>",
    ):
        close_foreign(pump * 100_000)


def closed_by_every_tag(markup: bytes) -> bytes:
    """The same by a look at every tag, also of those outside pictures."""
    parts: list[bytes] = []
    start = 0
    opened: list[bytes] = []
    for tag in _TAG.finditer(markup):
        name = tag[2].lower()
        if name in _FOREIGN or (opened and name in _INTEGRATION):
            if replacement := _follow(opened, name, tag):
                parts += (markup[start : tag.start()], replacement)
                start = tag.end()
        elif not tag[1] and opened and opened[-1] in _FOREIGN:
            parts.append(markup[start : tag.start()])
            start = tag.start()
            while opened and opened[-1] in _FOREIGN:
                parts.append(b"</%s>" % opened.pop())
    return b"".join((*parts, markup[start:]))


PIECES = [
    "<svg>", "<SVG a=b>", "</svg>", "<svg/>", "<math>", "</math>", "<title>", "</title>",
    "<foreignObject>", "</foreignObject>", "<desc>", "</desc>", "<p>", "</p>",
    "<p", "<svg", "<svgx>", "<g>", "x", ">",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_tags_outside_pictures_change_nothing(markup: str) -> None:
    content = markup.encode()
    assert close_foreign(content) == closed_by_every_tag(content)
