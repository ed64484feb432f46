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
