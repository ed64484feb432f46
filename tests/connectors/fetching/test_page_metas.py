"""Meta elements of pages, whatever their markup and charset."""

import pytest

from corpuskit.connectors.fetching.page_metas import metas_in

PAGE = '<html><head><meta name=" Robots " content="noai"><meta content="x"><meta name="ទី">'


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", None, "no-such-charset"])
def test_names_and_contents_in_order(charset: str | None) -> None:
    content = PAGE.encode("utf-16" if charset == "utf-16" else "utf-8")
    metas = metas_in(content, charset)
    assert metas[0] == ("robots", "noai")
    assert len(metas) == 2
    if charset in ("utf-8", "utf-16"):
        assert metas[1] == ("ទី", "")


@pytest.mark.parametrize("content", [b"", b"\x00", b"<!-- -->", b"plain text"])
def test_what_is_no_page_has_none(content: bytes) -> None:
    assert metas_in(content, None) == []


@pytest.mark.parametrize(
    ("markup", "name", "word"),
    [
        ("<meta name=\u201crobots\u201d content=\u201cindex, noai\u201d>", "robots", "noai"),
        ("<meta name='\u2018GPTBot\u2019' content='noindex'>", "gptbot", "noindex"),
        (
            '<x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:head><x:META name="robots" '
            'content="noml"/></x:head></x:html>',
            "robots",
            "noml",
        ),
    ],
)
def test_quotation_marks_and_prefixes_hide_nothing(markup: str, name: str, word: str) -> None:
    [(stated, content)] = metas_in(markup.encode(), "utf-8")
    assert stated == name
    assert word in content


@pytest.mark.parametrize(
    "meta", ['<meta itemprop="robots" content="noai">', '<meta name="robots" value="noai">']
)
def test_a_meta_element_with_another_attribute_for_its_name_or_content(meta: str) -> None:
    assert metas_in(f"<html><head>{meta}</head><body>x</body></html>".encode(), None) == [
        ("robots", "noai")
    ]
