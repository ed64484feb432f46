"""Any markup parses, whatever it holds, and nothing after `</html>` is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.markup.tree import TooDeep, clean, parse


def text_of(markup: str) -> str:
    root = parse(markup)
    return "" if root is None else "".join(root.itertext())


def test_xhtml_with_an_encoding_that_is_no_longer_true() -> None:
    page = '<?xml version="1.0" encoding="iso-8859-1"?><html xml:lang="km"><p>ខ្មែរ</p></html>'
    assert text_of(page) == "ខ្មែរ"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>a&#8203;b&zwsp;c&ZeroWidthSpace;d</p>", "a\u200bb\u200bc\u200bd"),
        ("<p>a&zwnj;b&zwj;c&NoBreak;d&shy;e&#xE000;f</p>", "a\u200cb\u200dc\u2060d\u00ade\ue000f"),
    ],
)
def test_zero_width_entities_become_characters(markup: str, text: str) -> None:
    assert text_of(markup) == text


def test_what_follows_the_end_of_the_page_is_kept() -> None:
    assert text_of("<body><p>a</p></body></html><p>b</p></body>c</html>") == "abc"
    assert text_of("<body>a</body><body>b</body>") == "ab"


def test_nul_control_and_surrogate_characters_do_not_cut_the_text() -> None:
    assert text_of("<p>a\0b\x01c\ud800d\ufffee</p>") == "abc\ufffdde"


@pytest.mark.parametrize("markup", ["", "   ", "<!-- only a comment -->", "<!doctype html>"])
def test_nothing_is_none(markup: str) -> None:
    assert parse(markup) is None


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li", "table><tr><td"])
def test_100_000_levels_are_refused(tag: str) -> None:
    with pytest.raises(TooDeep):
        parse(f"<html><body>{f'<{tag}>' * 100_000}text")


def test_a_tag_of_megabytes_loses_its_attributes_only() -> None:
    attributes = " ".join(f"a{n}=1" for n in range(200_000))
    assert (
        text_of(f"<p {attributes}>text</p><img src='data:{'x' * 5_000_000}'>after") == "textafter"
    )


@given(st.text(max_size=300))
def test_any_text_parses(markup: str) -> None:
    parse(f"<p>{markup}")
    assert "\0" not in clean(markup)
