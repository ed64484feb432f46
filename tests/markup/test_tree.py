"""Any markup parses, whatever it holds, and nothing after `</html>` is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.markup.foreign import close_foreign
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
    assert b"\0" not in clean(markup)


ENTITIES = {"zwsp": "\u200b", "ZeroWidthSpace": "\u200b", "NoBreak": "\u2060"}


def cleaned_by_patterns(markup: str) -> bytes:
    """The same over characters, one pattern after the other."""
    markup = re.sub(r"[\ud800-\udfff]", "\ufffd", markup)
    entity = r"&(zwsp|ZeroWidthSpace|NoBreak);"
    markup = re.sub(entity, lambda match: ENTITIES[match[1]], markup)
    markup = re.sub(r"<([a-zA-Z][^\s<>/]{0,30}+)[^<>]{100000,}+", r"<\1 ", markup)
    markup = re.sub(r"(?i)</(?:body|html)\s*>", "", markup)
    markup = close_foreign(markup.encode()).decode()
    return re.sub(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]", "", markup).encode()


PIECES = [
    *("<p>", "</p>", "</body>", "</HTML\n>", "&zwsp;", "&NoBreak;", "&amp;", "&zw\0sp;", "<svg>"),
    *("\0", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800", "\ufffd", "ខ្មែរ", "a", " "),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_bytes_are_cleaned_as_characters_are(markup: str) -> None:
    assert clean(markup) == cleaned_by_patterns(markup)


@pytest.mark.parametrize("size", [99_997, 99_998, 99_999, 100_000, 100_001, 250_000])
@pytest.mark.parametrize("before", ["", "<p>", "x" * 60_000 + ">", ">" * 100_001])
def test_long_tags_are_found_wherever_they_are(before: str, size: int) -> None:
    for rest in (">text", "", "<b>text"):
        markup = f"{before}<img{'x' * 40}{'y' * size}{rest}"
        assert clean(markup) == cleaned_by_patterns(markup)


@pytest.mark.data("html-libreoffice-help")
def test_real_pages_are_cleaned_as_before(data_dir: Path) -> None:
    for path in sorted(data_dir.glob("html-*/**/*.html"))[::20]:
        markup = path.read_text(encoding="utf-8", errors="replace")
        assert clean(markup) == cleaned_by_patterns(markup), path.name
