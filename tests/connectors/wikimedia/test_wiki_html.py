"""Rendered pages to text: what stays, what goes, and that nothing breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.wikimedia.html import HtmlConverter, redirect_of

CONVERT = HtmlConverter({"ទំព័រគំរូ": 10, "ឯកសារ": 6})


def text(html: str) -> str:
    found = CONVERT.text_of(html.encode())
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>ក\n<b>ខ</b>គ</p><p>ឃ</p>", "ក ខគ\nឃ"),
        ("<p>ក\u200bខ&nbsp;គ</p>", "ក\u200bខ\u00a0គ"),
        ("<h2>ក</h2><p>ខ</p><h2>គ</h2><h3>ឃ</h3><h2>ង</h2><p>ច</p>", "ក\nខ\nង\nច"),
        ("<h2>ក<br>ខ</h2><p>គ</p>", "ក ខ\nគ"),
        ("<ul><li>ក<ul><li>ខ</li></ul></li><li>គ</li></ul>", "ក\nខ\nគ"),
        ("<dl><dt>ក</dt><dd>ខ</dd></dl>", "ក\nខ"),
        ("<p>ក<sup class='mw-ref reference' typeof='mw:Extension/ref'>[1]</sup>ខ</p>", "កខ"),
        ("<p>ក<sup id='cite_ref-1' class='reference'><a>[1]</a></sup> ខ</p>", "ក ខ"),
        ("<div class='mw-references-wrap'><ol><li>ក</li></ol></div><p>ខ</p>", "ខ"),
        ("<ol class='references'><li>ក</li></ol><p>ខ</p>", "ខ"),
        ("<table class='infobox'><tr><td>ក</td></tr></table><p>ខ</p>", "ខ"),
        ("<div class='navbox'>ក</div><div role='note'>ខ</div><p>គ</p>", "គ"),
        ("<div class='hatnote navigation-not-searchable'>ក</div><p>គ</p>", "គ"),
        ("<figure typeof='mw:File/Thumb'><figcaption>ក</figcaption></figure>ខ", "ខ"),
        ("<p>ក<span typeof='mw:File'><a>ខ</a></span>គ</p>", "កគ"),
        ("<ul class='gallery mw-gallery-packed'><li>ក</li></ul>ខ", "ខ"),
        ("<p>ក<span style='display: none'>ខ</span>គ</p>", "កគ"),
        ("<h2>ក<span class='mw-editsection'>[កែ]</span></h2><p>ខ</p>", "ក\nខ"),
        ("<div id='toc' class='toc'>ក</div><p>ខ</p>", "ខ"),
        ("<p>ក<span class='mwe-math-element'><math>x</math></span>ខ</p>", "កខ"),
        ("<p>ក<style>.a{}</style><!-- ខ -->គ<script>ឃ</script></p>", "កគ"),
        ("<a rel='mw:WikiLink' typeof='mw:Transclusion'>ទំព័រគំរូ:ក</a><p>ខ</p>", "ខ"),
        ("<p><a class='new'>Template:ក</a>ខ <a class='new'>គ</a></p>", "ខ គ"),
        ("<p>ក (<span class='error'>x</span>; ) ខ</p>", "ក ខ"),
        ("<p>ក <a class='external autonumber'>[1]</a> ខ</p>", "ក ខ"),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字", "漢字"),
        ("<div class='poem'><p>ក<br/>ខ</p></div>", "ក\nខ"),
        ("<p>10<sup>2</sup> H<sub>2</sub>O</p>", "10² H₂O"),
        ("<p>[[ក]] {{ខ}} '''គ'''</p>", "[[ក]] {{ខ}} '''គ'''"),
    ],
)
def test_what_stays_and_what_goes(html: str, expected: str) -> None:
    assert text(html) == expected


def test_where_a_redirect_leads() -> None:
    parsoid = '<link rel="mw:PageProp/redirect" href="./ភ្នំពេញ" id="mwAg"/>'
    assert redirect_of(parsoid) == "./ភ្នំពេញ"
    assert redirect_of('<div class="redirectMsg"><p>ក</p></div>') == ""
    assert redirect_of("<p>redirect</p>") is None


@pytest.mark.parametrize("content", [b"", b"   ", b"<!-- -->"])
def test_what_is_no_page(content: bytes) -> None:
    assert isinstance(CONVERT.text_of(content), Damage) or CONVERT.text_of(content) == ""


def test_depth_and_bad_bytes_break_nothing() -> None:
    assert "ក" in str(CONVERT.text_of(b"<p>\xff\xfe" + "ក".encode() + b"\x00</p>"))
    deep = CONVERT.text_of(b"<div>" * 50_000 + "ក".encode())
    assert isinstance(deep, str | Damage)


TAGS = ("p", "div", "li", "h2", "table", "b", "sup class='reference'", "br", "ul", "style")


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag.split()[0]}>" for tag in TAGS])
        | st.text("កខ a<&", max_size=4),
        max_size=30,
    ).map("".join)
)
def test_any_mess_becomes_lines(html: str) -> None:
    found = CONVERT.text_of(html.encode())
    if isinstance(found, str):
        assert not {"\x01", "\x02"} & set(found)
        assert all(any(one.isalnum() for one in line) for line in found.split("\n") if found)
