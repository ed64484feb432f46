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
        ("<nowiki>'''[ក]'''</nowiki>", "'''[ក]'''"),
        ("ក&nbsp;ខ&#8203;គ&zwnj;ឃ", "ក\u00a0ខ\u200bគ\u200cឃ"),
        ("[http://a.b ក] [http://a.b] http://a.b", "ក http://a.b"),
        ("ក\nខ\n\nគ<br>ឃ<br />ង", "ក ខ\nគ ឃ ង"),
        ("* ក\n** ខ\n# គ\n: ឃ\n; ង : ច\n\nឆ", "ក\nខ\nគ\nឃ\nង\nច\nឆ"),
        ("== ក ==\n\n== ខ ==\n=== គ ===\nឃ\n== ង ==\n{{reflist}}", "ខ\nគ\nឃ"),
        ("ក\n----\nខ", "ក\nខ"),
        ("<poem>\nក\nខ\n</poem>", "ក\nខ"),
        ("<poem>\nក [[ខ|គ]]\n:ឃ\n\nង<br>ច\n</poem>ឆ", "ក គ\nឃ\nង\nច\nឆ"),
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
        if leak > "\n\n" and "<nowiki>" in wikitext:
            continue
        assert leak not in found
    assert all(any(one.isalnum() for one in line) for line in found.split("\n") if found)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("កខគabc១។ ", min_size=1).filter(str.strip), min_size=1, max_size=6))
def test_plain_paragraphs_are_kept_as_they_are(paragraphs: list[str]) -> None:
    clean = [" ".join(paragraph.split(" ")).strip() for paragraph in paragraphs]
    kept = [one for one in (" ".join(each.split()) for each in clean) if one.strip("។ ")]
    assert text("\n\n".join(paragraph.strip() for paragraph in paragraphs)) == "\n".join(kept)


@pytest.mark.parametrize(
    "bomb", ["{{" * 5_000, "[[" * 5_000, "<div>" * 900, "{|\n" * 900, "'''" * 9_999,
             "<ref>" * 5_000, "* " * 5_000, "<!--" * 5_000, "{{a|" * 2_000 + "}}" * 2_000,
             "[http://a " * 16_000, "[[a|" * 20_000, "{{a|" * 20_000, "{{{a|" * 20_000,
             "<b " * 20_000, "<b a=\"" * 20_000, "<nowiki>" * 20_000, "-{a:" * 20_000,
             "[[[http://a " * 9_000, "]]" * 999 + "[[a|" * 9_000, "<!--<nowiki>" * 9_000,
             "#REDIRECT" + " " * 99_000, "{{formatnum:" + " " * 99_000 + "{}}"],
    ids=lambda bomb: bomb[:12].strip(),
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


@pytest.mark.parametrize(
    ("wikitext", "expected"),
    [
        ("{{w|ខ|គ}} {{w|ឃ}} {{W|ង|lang=en}}", "គ ឃ ង"),
        ("{{ill|ក|en|A}} {{ill|ក|en|A|lt=ខ}}", "ក ខ"),
        ("{{abbr|ក|ខ}} {{color|red|គ}} {{small|1=ឃ=ង}} {{nowrap|ច}}", "ក គ ឃ=ង ច"),
        ("{{langx|km|ក|ka|lit=a}} {{lang-km|ខ|kha}} {{lang|km|គ}} {{Lang-vi|ឃ}}", "ក ខ គ ឃ"),
        ("ក {{convert|93|m|ft}} ខ {{cvt|5,5|km2}} គ", "ក 93 m ខ 5,5 km² គ"),
        ("{{convert|5|to|10|km|mi}} {{convert|2|x|3|m}} {{convert|-4|C}}", "5–10 km 2 × 3 m -4 °C"),
        ("{{convert|5}} {{convert}} {{Convert|1/2|in|abbr=on}}", "5 1/2 in"),
        ("ក៖ {{quote|ខ [[គ]]។|ឃ}} ង", "ក៖\nខ គ។\nង"),
        ("{{Blockquote|text=ក\nខ|author=គ}}{{kutipan|1=ឃ}}", "ក\nខ\nឃ"),
        ("ក{{snd}}ខ{{!}}គ{{nbsp}}ឃ{{'}}", "ក – ខ|គ\u00a0ឃ'"),
        ("10{{sup|2}} H{{sub|2}}O x<sup>-1</sup> 1<sup>st</sup>", "10² H₂O x⁻¹ 1st"),
        ("១០<sup>២</sup>", "១០^២"),
        ("{{quote}}{{w}}{{lang}}{{langx|km}}{{sup}}ក", "ក"),
    ],
)
def test_templates_that_stand_for_text(wikitext: str, expected: str) -> None:
    assert text(wikitext) == expected


@pytest.mark.parametrize(
    ("wikitext", "expected"),
    [
        ("-{ban:ក; ban-bali:ខ}- គ", "ក គ"),
        ("-{zh-hans:ក; km:ខ;}-", "ខ"),
        ("-{ក}-ខ-{[[គ|ឃ]]}-", "កខឃ"),
        ("-{A|km:ក;en:ខ}- -{H|km:គ}--{T|ឃ}--{-|km:ង}-", "ក"),
        ("-{R|ក:ខ}- -{zh-hans;zh-hant|គ}-", "ក:ខ គ"),
        ("-{x=>km:ក;}- -{|ខ}- -{}-", "ក ខ"),
        ("-{km:ក -{en:x; km:ខ}-; en:y}-", "ក ខ"),
        ("{{{1|ក}}}-{{{2|ខ}}}-", "ក-ខ-"),
        ("a-{b", "a-{b"),
    ],
)
def test_variants_of_a_language_in_several_scripts(wikitext: str, expected: str) -> None:
    assert text(wikitext) == expected


@pytest.mark.parametrize(
    ("wikitext", "expected"),
    [
        ("ក <nowiki><ref></nowiki> ខ", "ក <ref> ខ"),
        ("ក <nowiki>[[ខ]] {{គ}} ''ឃ''</nowiki>", "ក [[ខ]] {{គ}} ''ឃ''"),
        ("ក &lt;ref&gt;ខ&#91;&#91;គ&#93;&#93;", "ក <ref>ខ[[គ]]"),
        ("<nowiki>&lt;b&gt; __TOC__\n== ក ==</nowiki>", "<b> __TOC__ == ក =="),
        ("<nowiki><!-- ក --></nowiki>ខ<!-- <nowiki> -->គ", "<!-- ក -->ខគ"),
        ("<nowiki/>'''ក'''<nowiki /> <NOWIKI>[ខ]</NOWIKI >", "ក [ខ]"),
        ("ក <nowiki> ខ", "ក ខ"),
        ("<nowiki>-{ក}-</nowiki> <ref><nowiki></ref></nowiki>x</ref>ខ", "-{ក}- ខ"),
        (f"ក <nowiki>&#{'9' * 5_000};</nowiki>", "ក \ufffd"),
    ],
    ids=range(9),
)
def test_literal_text_is_kept_as_it_is_shown(wikitext: str, expected: str) -> None:
    assert text(wikitext) == expected


@pytest.mark.parametrize("page", [":" * 1_500_000 + "ក", ("*" * 30 + "ក\n") * 9_000], ids=["one", "many"])  # fmt: skip  # noqa: E501
def test_thousands_of_levels_of_lists_are_text(page: str) -> None:
    assert set(text(page).split("\n")) == {"ក"}


@pytest.mark.parametrize("mark", [":\n", "[[a]]", "&lt;", "|"])
def test_more_markup_than_any_page_has_is_too_large(mark: str) -> None:
    damage = CONVERT.text_of(mark * 500_000)
    assert isinstance(damage, Damage)
    assert damage.reason == "read/too_large"


@pytest.mark.parametrize(
    "markup",
    [
        "{{a" + "|b" * 300_000,
        "{{a" + "|b=c" * 20_000 + "}}",
        "= a =\n" * 60_000,
        "==b== \n" * 60_000,
    ],
)
def test_markup_that_is_slow_to_parse_is_too_large(markup: str) -> None:
    damage = CONVERT.text_of(f"Kepala.\n\n{markup}\n\nEkor.")
    assert isinstance(damage, Damage)
    assert damage.reason == "read/too_large"


def test_large_templates_and_many_headings_are_read() -> None:
    assert CONVERT.text_of("Kepala {{a" + "|b" * 3_000 + "}} ekor.") == "Kepala ekor."
    text = CONVERT.text_of("".join(f"== Bab {number} ==\nIsi.\n" for number in range(1_000)))
    assert isinstance(text, str)
    assert text.endswith("Bab 999\nIsi.")


@pytest.mark.parametrize("opened", ["{|\n| sel", "{| class=x\n|-\n| a || b", "{{kotak|a=1\n|b=2"])
def test_text_after_what_is_left_open_is_kept(opened: str) -> None:
    """The cells and arguments themselves are dropped, as those of whole tables and templates are:
    MediaWiki shows them, but they are no prose."""
    assert CONVERT.text_of(f"Awal.\n\n{opened}\n\nTengah.\n\nAkhir.") == "Awal.\nTengah.\nAkhir."
