"""Wikitext to text: what stays, what goes, and that nothing breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.wikimedia.text import Converter

NAMES = {"ឯកសារ": 6, "ចំណាត់ថ្នាក់ក្រុម": 14, "មេឌា": -2, "ការពិភាក្សា": 1, "Tập tin": 6}
CONVERT = Converter(NAMES, "km")

MARKUP = st.sampled_from(
    ["[[", "]]", "{{", "}}", "{|", "|}", "|-\n", "|", "'''", "''", "==", "\n", "\n\n", "* ", "# ",
     ": ", "; ", "<ref>", "</ref>", "<ref name=a/>", "<!--", "-->", "<div>", "</div>", "<br>",
     "<nowiki>", "</nowiki>", "&nbsp;", "&#x110000;", "[http://a.b ", "]", "File:", "ឯកសារ:",
     "__NOTOC__", "{{{", "}}}", "<gallery>", "<pre>", " "]
)  # fmt: skip


def text(wikitext: str) -> str:
    found = CONVERT.text_of(wikitext, "ភ្នំពេញ")
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize(
    ("wikitext", "expected"),
    [
        ("'''ក''' ''ខ'' '''''គ'''''", "ក ខ គ"),
        ("'''Tadha'''' oreng", "Tadha' oreng"),
        ("==|==a", "a"),
        ("][[]ក", "ក"),
        ("'''''''''ក", "'ក"),
        ("[[ក]] [[ក|ខ]] [[ក#គ|'''ឃ''']] [[:Category:ក]] [[ក]]ខ", "ក ខ ឃ Category:ក កខ"),
        ("ក[[File:a.jpg|thumb|ខ [[គ]] {{ឃ}}]]", "ក"),
        ("ក[[ឯកសារ:a.jpg|200px|ខ]][[ឯកសារ_:b]][[image:c]][[មេឌា:d]]", "ក"),
        ("ក[[Tập_tin:a|ខ]][[tập tin:a|ខ]]", "ក"),
        ("ក[[Hình:a.PNG|nhỏ|ខ]]", "ក"),
        ("ក[[ចំណាត់ថ្នាក់ក្រុម:ខ]][[Category:គ]][[category:គ|x]][[ចំណាត់ក្រុម:ឃ]]", "ក"),
        ("ក[[en:Phnom Penh]][[zh-min-nan:X]][[simple:X]]", "ក"),
        ("[[ការពិភាក្សា:ក|ខ]] [[wikt:ក|គ]] [[BAB : 1]]", "ខ គ BAB : 1"),
        ("ក<ref>ខ [[គ]]</ref><ref name=\"a\" /><ref name='b'>\n* ឃ\n</ref> ង", "ក ង"),
        ("ក<REF>ខ</REF>\n\n<references>\n<ref>x</ref>\n</references>", "ក"),
        ("ក<ref>ខ មិនបិទ\n\nគ", "ក\nគ"),
        ("ក<!-- ខ\n -->គ<!-- មិនបិទ", "កគ"),
        ("ក\n{| class=\"wikitable\"\n! ខ !! គ\n|-\n| ឃ || {{ង}}\n{|\n| ច\n|}\n|}\nឆ", "ក\nឆ"),
        ("ក\n\n{| class=x\n|-\n| ខ\n\nគ", "ក\nគ"),
        (":: {| class=x\n! ខ\n|-\n| គ\n|}\nក", "ក"),
        ("<table><tr><td>ខ</td></tr></table>ក", "ក"),
        ("{{Infobox\n| name = ក {{x|y}}\n| b = [[គ|ឃ]]\n}}\nខ", "ខ"),
        ("{{Infobox មិនបិទ\n| name = ក\nខ", "ខ"),
        ("ក {{lang|en|Angkor}} {{lang-fr|Cambodge}} {{nowrap|១ ២}}", "ក Angkor Cambodge ១ ២"),
        ("{{PAGENAME}} {{formatnum:1234}} {{{1|ខ}}}{{{2}}}", "ភ្នំពេញ 1234 ខ"),
        ("ក ({{lang-pi}}, ) ខ (គ)", "ក ខ (គ)"),
        ("<gallery>\na.jpg|ខ\n</gallery>ក<math>x^2</math><timeline>y</timeline>", "ក"),
        ("<div class=\"navbox\">ខ</div><span style=\"display: none\">គ</span>ក", "ក"),
        ("<div class=\"content\">ខ</div><small>គ</small>", "ខ\nគ"),
        ("__NOTOC__ក __KHÔNGMỤCLỤC__ __init__", "ក __init__"),
        ("<nowiki>'''[ក]'''</nowiki>", "[ក]"),
        ("ក&nbsp;ខ&#8203;គ&zwnj;ឃ", "ក\u00a0ខ\u200bគ\u200cឃ"),
        ("[http://a.b ក] [http://a.b] http://a.b", "ក http://a.b"),
        ("ក\nខ\n\nគ<br>ឃ<br />ង", "ក ខ\nគ ឃ ង"),
        ("* ក\n** ខ\n# គ\n: ឃ\n; ង : ច\n\nឆ", "ក\nខ\nគ\nឃ\nង\nច\nឆ"),
        ("== ក ==\n\n== ខ ==\n=== គ ===\nឃ\n== ង ==\n{{reflist}}", "ខ\nគ\nឃ"),
        ("ក\n----\nខ", "ក\nខ"),
        ("<poem>\nក\nខ\n</poem>", "ក ខ"),
        ("<includeonly>ខ</includeonly><noinclude>ក</noinclude>", "ក"),
        ("1 | 2 {x} [y] a < b", "1 | 2 {x} [y] a < b"),
        ("{{Navbox}}\n[[ចំណាត់ថ្នាក់ក្រុម:ខ]]", ""),
    ],
)  # fmt: skip
def test_what_stays_and_what_goes(wikitext: str, expected: str) -> None:
    assert text(wikitext) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(MARKUP | st.text("កខគ ab១", max_size=5), max_size=40).map("".join))
def test_any_mess_becomes_text_without_markup(wikitext: str) -> None:
    found = text(wikitext)
    for leak in ("[[", "]]", "{{", "}}", "<ref", "</ref", "<!--", "''", "\x01", "\x02", "\n\n"):
        if leak == "<!--" and "<nowiki>" in wikitext:
            continue
        assert leak not in found
    assert all(any(one.isalnum() for one in line) for line in found.split("\n") if found)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("កខគabc១។ ", min_size=1).filter(str.strip), min_size=1, max_size=6))
def test_plain_paragraphs_are_kept_as_they_are(paragraphs: list[str]) -> None:
    clean = [" ".join(one.split(" ")).strip() for one in paragraphs]
    kept = [one for one in (" ".join(each.split()) for each in clean) if one.strip("។ ")]
    assert text("\n\n".join(one.strip() for one in paragraphs)) == "\n".join(kept)


@pytest.mark.parametrize(
    "bomb", ["{{" * 5_000, "[[" * 5_000, "<div>" * 2_000, "{|\n" * 2_000, "'''" * 9_999,
             "<ref>" * 5_000, "* " * 5_000, "<!--" * 5_000, "{{a|" * 2_000 + "}}" * 2_000]
)  # fmt: skip
@pytest.mark.timeout(20)
def test_nested_and_unclosed_markup_ends_soon(bomb: str) -> None:
    assert "{{" not in text("ក\n\n" + bomb)


@pytest.mark.parametrize("bomb", ["<div>", "{|\n"])
@pytest.mark.timeout(20)
def test_more_unclosed_elements_than_any_page_has_are_damage(bomb: str) -> None:
    assert text(bomb * 100 + "ក").endswith("ក") or bomb == "{|\n"
    found = CONVERT.text_of(bomb * 200_000)
    assert isinstance(found, Damage)
    assert (found.reason, "200000 elements" in found.detail) == ("read/corrupt", True)
