"""Pages become text, or a reason: real ones, malformed ones, hostile ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.document import RawRecord
from corpuskit.extract import REASONS, Extract, extract_html
from corpuskit.extract.html import extract_markup
from corpuskit.stage import Batch

KHMER = (
    "មនុស្ស\u200bទាំងអស់ កើត\u200bមក\u200bមាន\u200bសេរីភាព និង\u200bសមភាព "
    "ក្នុង\u200bសេចក្តី\u200bថ្លៃថ្នូរ និង\u200bសិទ្ធិ ។ "
)
PROSE = "All human beings are born free and equal in dignity and rights. "
MENU = "".join(f"<div><a href=/{n}>Menu entry {n}</a></div>" for n in range(30))


def page(body: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def rows_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


@pytest.mark.data("html-libreoffice-help")
def test_every_zwsp_of_real_khmer_pages_survives(data_dir: Path) -> None:
    """Of what the gold holds: trafilatura keeps none of them."""
    folder = data_dir / "html-libreoffice-help"
    rows = rows_of(folder / "gold.km.jsonl")
    kept = wanted = 0
    for row in rows:
        extracted_lines = set(extract_html((folder / row["html"]).read_bytes()).text.splitlines())
        lines = [line.strip() for line in row["gold_text"].splitlines() if "\u200b" in line]
        wanted += sum(line.count("\u200b") for line in lines)
        kept += sum(line.count("\u200b") for line in extracted_lines)
    assert wanted > 10_000
    assert kept >= 0.9 * wanted  # the rest is in lists of links, which are left out


@pytest.mark.data("mediawiki-sea")
def test_wiki_pages_hold_the_article_and_nothing_else(data_dir: Path) -> None:
    pages = 0
    for file in sorted((data_dir / "mediawiki-sea").glob("*/gold.jsonl")):
        for row in rows_of(file):
            if "html" not in row:
                continue
            result = extract_html((file.parent / row["html"]).read_bytes())
            squeezed = "".join(result.text.split())
            assert all("".join(item.split()) in squeezed for item in row["gold_paragraphs"])
            assert not [item for item in row["must_not_contain"] if item in result.text]
            assert (result.license.id, result.license.confidence) == ("CC-BY-SA-4.0", "declared")
            assert result.lang_declared == file.parent.name
            assert result.title == row["title"]
            pages += 1
    assert pages == 192


@pytest.mark.parametrize("menu", ["", MENU])
@pytest.mark.parametrize("entity", ["&#8203;", "&#x200B;", "&zwsp;", "&ZeroWidthSpace;", "\u200b"])
def test_zero_width_characters_and_private_use_survive(menu: str, entity: str) -> None:
    text = f"{KHMER}a\u200cb\u200dc\u2060d\u00ade\ue000f"
    markup = text.replace("\u200b", entity).replace("\u200c", "&zwnj;").replace("\u200d", "&zwj;")
    result = extract_html(page(f"{menu}<div><p>{markup}</p></div>"))
    assert result.text == text


ZERO_WIDTH = st.text(st.sampled_from("កខគឃងចឆជឈញ\u200b\u200c\u200d\u2060\u00ad\ue000"), min_size=60)


@given(ZERO_WIDTH)
@settings(max_examples=60)
def test_any_text_of_zero_width_characters_comes_back(text: str) -> None:
    for menu in ("", MENU):
        result = extract_html(page(f"{menu}<div><p>ក{text}ក</p></div>"))
        assert result.text == f"ក{text}ក"


def test_what_is_known_of_a_page() -> None:
    head = (
        "<title>Article 1 | Site</title>"
        "<meta property='article:published_time' content='2025-03-04'>"
        "<link rel=license href='https://creativecommons.org/licenses/by/4.0/'>"
    )
    markup = (
        f"<html lang=en><head>{head}</head><body><h1>Article 1</h1><p>{PROSE}</p></body></html>"
    )
    result = extract_html(markup.encode(), charset="iso-8859-1")
    assert result.text == f"Article 1\n{PROSE.strip()}"
    assert (result.title, result.lang_declared) == ("Article 1", "en")
    assert result.published_at == datetime(2025, 3, 4, tzinfo=UTC)
    assert result.license.id == "CC-BY-4.0"
    assert (result.charset, result.charset_method) == ("windows-1252", "http")
    assert result.extractor == {
        "name": "corpuskit", "version": Extract.version, "mode": "region:body", "fallback": None,
    }  # fmt: skip


def test_the_extractor_that_chose_is_recorded() -> None:
    made = extract_html(page(f"{MENU}<div><p>{PROSE * 9}</p></div>")).extractor
    assert made is not None
    assert (made["name"], made["mode"]) == ("trafilatura", "selection")
    assert made["version"]


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("", "extract/empty"),
        ("  \n", "extract/empty"),
        ("<!-- x -->", "extract/empty"),
        (page(""), "extract/empty"),
        (page("", "<title>only a title</title>"), "extract/empty"),
        (page(f"<nav>{MENU}</nav>"), "extract/empty"),
        ("<frameset><frame src=a><noframes>No frames?</noframes></frameset>", "extract/empty"),
        (page("<div id=root></div><script src=app.js></script>"), "extract/needs_js"),
        (page("<p>Loading</p><script>" + "x=1;" * 100 + "</script>"), "extract/needs_js"),
        (page("<div>" * 100_000 + PROSE), "extract/too_deep"),
        (page("<blockquote>" * 600 + PROSE), "extract/too_deep"),
    ],
)
def test_pages_without_text_have_a_reason(markup: str, reason: str) -> None:
    result = extract_html(markup)
    assert (result.reason, result.text, result.extractor) == (reason, "", None)


def test_a_shell_with_its_article_in_json_ld_is_read() -> None:
    script = json.dumps({"@type": "NewsArticle", "articleBody": PROSE * 3})
    result = extract_html(
        page("<div id=app></div><script src=a.js></script>"
             f"<script type='application/ld+json'>{script}</script>")
    )  # fmt: skip
    assert result.text == (PROSE * 3).strip()
    assert result.extractor is not None
    assert result.extractor["mode"] == "json-ld"


def test_a_page_inside_of_its_own_menu_is_read() -> None:
    result = extract_html(page(f"<nav><ul><li><a href=x>Menu</a></ul><p>{PROSE * 4}</p>"))
    assert result.text == (PROSE * 4).strip()
    assert result.extractor is not None
    assert (result.extractor["mode"], result.extractor["fallback"]) == ("prose", "landmarks")


def test_short_text_without_scripts_is_text() -> None:
    assert extract_html(page("<p>Short</p>")).text == "Short"


@pytest.mark.parametrize(
    "markup",
    [
        page("<div>" * 400 + PROSE),
        page(MENU + "<blockquote>x" * 490 + PROSE * 9),
        page(MENU + "<ul><li>x" * 240 + PROSE * 9),
        page(MENU + "<table><tr><td>x" * 160 + PROSE * 9),
        page(f"<p title='{'x' * 5_000_000}'>{PROSE}</p>"),
        page(f"<p>{PROSE * 80_000}</p>"),
        page(f"<p>{PROSE}</p>" * 80_000),
        page("<div><p>unclosed <b>bold <i>it <table><tr><td>cell " + PROSE),
        '<?xml version="1.0" encoding="utf-16"?><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<body><p>{PROSE}</p></body></html>",
        f"<p>a\ud800b\0c {PROSE}",
        PROSE,
    ],
    ids=["400-levels", "quotes", "lists", "tables", "attribute", "one-line", "many-paragraphs",
         "unclosed", "xhtml", "surrogate", "no-markup"],
)  # fmt: skip
def test_hostile_and_broken_pages_give_their_text(markup: str) -> None:
    result = extract_html(markup)
    assert result.reason is None
    assert PROSE.strip() in result.text
    result.text.encode("utf-8")


def test_an_exception_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("corpuskit.extract.html.blocks_of", broken)
    result = extract_html(page(PROSE))
    assert (result.reason, result.detail) == ("extract/failed", "MemoryError")


@pytest.mark.parametrize(
    ("content_type", "markup", "text", "reason"),
    [
        ("text/plain", "a < b\n\nc", "a < b\n\nc", None),
        ("text/plain", f"<!doctype html>{page(PROSE)}", PROSE.strip(), None),
        (None, "just text", "just text", None),
        (None, f"<p>{PROSE}</p>", PROSE.strip(), None),
        ("application/xhtml+xml", page(PROSE), PROSE.strip(), None),
        ("text/xml", page(PROSE), PROSE.strip(), None),
        ("text/xml", "<rss><channel/></rss>", "", "extract/unsupported_type"),
        ("application/json", "{}", "", "extract/unsupported_type"),
        ("text/plain", " \n ", "", "extract/empty"),
    ],
)
def test_media_types(content_type: str | None, markup: str, text: str, reason: str | None) -> None:
    result = extract_markup(markup, content_type)
    assert (result.text, result.reason) == (text, reason)
    if content_type == "text/plain" and text == "a < b\n\nc":
        assert result.extractor is not None
        assert result.extractor["name"] == "plain"


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400)))
def test_anything_gives_text_or_a_known_reason(content: bytes | str) -> None:
    result = extract_html(content)
    assert bool(result.text) != bool(result.reason)
    assert result.reason is None or result.reason in REASONS


def test_the_stage_keeps_what_was_known() -> None:
    head = (
        "<title>Own title</title><meta property='article:published_time' content='2025-03-04'>"
        "<link rel=license href='https://creativecommons.org/licenses/by/4.0/'>"
    )
    record = RawRecord(
        source_ref="a", title="Known", license="CC0-1.0", license_confidence="declared"
    )
    batch = Batch(
        {
            "_markup": [f"<html lang=km><head>{head}</head><body>{PROSE}", "<html>", PROSE],
            "content_type": ["text/html", "text/html", "text/plain"],
            "title": [record.title, None, None],
            "lang_declared": ["en", "lo", "th"],
            "license": [record.license, None, None],
            "license_confidence": [record.license_confidence, None, None],
            "license_evidence": [record.license_evidence, None, None],
            "published_at": [None, None, None],
            "published_at_source": [None, None, None],
        }
    )
    done = Extract().process(batch)
    assert list(done["reason"]) == [None, "extract/empty", None]
    assert list(done["title"]) == ["Known", None, None]
    assert list(done["lang_declared"]) == ["km", "lo", "th"]
    assert list(done["license"]) == ["CC-BY-4.0", None, None]  # the more restrictive one
    assert [item["kind"] for item in done["license_evidence"][0]] == ["rel=license", "conflict"]
    assert list(done["published_at_source"]) == ["meta", None, None]
    for column in Extract.fields:
        pa.array(list(done[column.name]), type=column.type)


@pytest.mark.data("html-libreoffice-help")
def test_a_page_s_result_does_not_depend_on_its_batch(data_dir: Path) -> None:
    files = sorted((data_dir / "html-libreoffice-help" / "km").glob("*.html"))[:12]
    markups = [file.read_text(encoding="utf-8") for file in files]
    together = Extract().process(Batch({"_markup": markups}))
    alone = [Extract().process(Batch({"_markup": [item]}))["text"][0] for item in reversed(markups)]
    assert list(together["text"]) == alone[::-1]


def article(n: int = 3) -> str:
    return "".join(f"<p>{number}. {KHMER.strip()}</p>" for number in range(n))


def lines(n: int = 3) -> list[str]:
    return [f"{number}. {KHMER.strip()}" for number in range(n)]


@pytest.mark.parametrize(
    ("body", "fallback"),
    [
        (f"<div style='VISIBILITY : Hidden'>{article()}</div>", "hidden"),
        (f"<div hidden>{article()}</div>", "hidden"),
        (f"<main aria-hidden=true>{article()}</main><div>Memuat</div>", "hidden"),
        (f"<div style='display:none'><article>{article()}</article></div>", "hidden"),
        (f"<noscript>{article()}</noscript>", "noscript"),
        (f"<div class=entry-content><noscript>{article()}</noscript></div>", "noscript"),
        (f"<template id=story>{article()}</template>", "template"),
        (f"<aside>{article()}</aside>", "landmarks"),
        (f"<div role=dialog>{article()}</div>", "landmarks"),
        (f"<div class=navbox>{article()}</div>", "landmarks"),
    ],
)
@pytest.mark.parametrize("script", ["", "<script src=a.js></script>"])
def test_a_page_that_a_rule_would_empty_is_tried_again(
    body: str, fallback: str, script: str
) -> None:
    result = extract_html(page(body + script))
    assert result.text.split("\n") == lines()
    assert result.extractor is not None
    assert result.extractor["fallback"] == fallback


def test_a_hidden_body_is_read() -> None:
    result = extract_html(f"<html><body style='display:none'>{article()}</body></html>")
    assert result.text.split("\n") == lines()


def test_text_without_frames_is_read() -> None:
    frames = f"<frameset><frame src=a><noframes>{article()}</noframes></frameset>"
    assert extract_html(f"<html>{frames}</html>").text.split("\n") == lines()


def test_a_page_that_a_rule_nearly_empties_is_tried_again() -> None:
    note = "<div>We value your privacy. Read about cookies on this site and choose.</div>"
    result = extract_html(page(f"{note}<main aria-hidden=true>{article(9)}</main>"))
    assert result.text.split("\n")[-9:] == lines(9)
    assert result.extractor is not None
    assert result.extractor["fallback"] == "hidden"


@pytest.mark.parametrize(
    "dropped",
    [
        f"<div hidden>{article(2)}</div>",
        f"<noscript>{article(2)}</noscript>",
        f"<aside>{article(2)}</aside>",
        f"<footer>{article(9)}</footer>",
    ],
)
def test_a_page_with_text_of_its_own_is_not_tried_again(dropped: str) -> None:
    result = extract_html(page(f"<h1>Judul</h1><p>{PROSE * 2}</p>{dropped}"))
    assert result.text == f"Judul\n{(PROSE * 2).strip()}"
    assert result.extractor is not None
    assert result.extractor["fallback"] is None


@pytest.mark.parametrize(
    "note",
    [
        "We are sorry, but this app does not work properly without JavaScript enabled. Please "
        "enable it to continue, and reload the page.",
        "Peramban Anda tidak mendukung halaman ini. Silakan gunakan peramban yang lebih baru, "
        "lalu coba buka kembali halaman ini.",
    ],
)
def test_a_note_to_readers_without_scripts_is_no_article(note: str) -> None:
    result = extract_html(page(f"<noscript>{note}</noscript><script src=a.js></script>"))
    assert result.reason == "extract/needs_js"


def test_templates_with_placeholders_are_no_article() -> None:
    row = "<p>{{title}} by {{author}} on {{date}}, read {{count}} times, with some more text.</p>"
    result = extract_html(page(f"<template>{row * 9}</template>"))
    assert result.reason == "extract/empty"


def test_declarative_shadow_dom_is_content() -> None:
    shadow = f"<x-story><template shadowrootmode=closed>{article()}</template></x-story>"
    result = extract_html(page(f"<p>{KHMER}</p>{shadow}"))
    assert result.text.split("\n") == [KHMER.strip(), *lines()]
    assert result.extractor is not None
    assert result.extractor["fallback"] is None


def test_what_is_hidden_until_found_is_content() -> None:
    result = extract_html(page(f"<p>{KHMER}</p><div hidden='until-found'>{article()}</div>"))
    assert result.text.split("\n") == [KHMER.strip(), *lines()]


def test_an_accordion_keeps_its_questions_and_answers() -> None:
    panels = "".join(
        f"<h3 role=tab><button aria-expanded=false>Question {n}?</button></h3>"
        f"<div role=tabpanel><p>{KHMER}</p></div>"
        for n in range(2)
    )
    result = extract_html(page(f"<main><h1>FAQ</h1><div role=tablist>{panels}</div></main>"))
    answer = KHMER.strip()
    assert result.text.split("\n") == ["FAQ", "Question 0?", answer, "Question 1?", answer]


@pytest.mark.parametrize("heading", ["dt", "summary", "h2"])
def test_a_question_in_a_button_is_kept(heading: str) -> None:
    body = f"<{heading}><button>Question?</button></{heading}><div>{KHMER}</div>"
    result = extract_html(page(f"<main><button>Menu</button>{body}</main>"))
    assert result.text.split("\n") == ["Question?", KHMER.strip()]


def test_tabs_without_their_panels_are_controls() -> None:
    tabs = "<div role=tablist><a role=tab href=#a>One</a><a role=tab href=#b>Two</a></div>"
    assert extract_html(page(f"<main>{tabs}<p>{KHMER}</p></main>")).text == KHMER.strip()


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Luas 5 km<sup>2</sup>.", "Luas 5 km²."),
        ("10<sup><b>-3</b></sup> m", "10⁻³ m"),
        ("CO<sub>2</sub> dan H<sub>2</sub>O", "CO₂ dan H₂O"),
        ("១០<sup>២</sup> ម៉ែត្រ", "១០^២ ម៉ែត្រ"),
        ("the 1<sup>st</sup> of May", "the 1st of May"),
        ("a word<sup>[2]</sup>.", "a word[2]."),
        ("<pre>x<sup>2</sup></pre>", "x2"),
    ],
)
def test_raised_and_lowered_text_keeps_its_meaning(markup: str, text: str) -> None:
    assert extract_html(page(f"<article><p>{markup}</p></article>")).text == text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<p>{PROSE}</p>\n<p>{PROSE}&nbsp;</p>", [PROSE.strip(), f"{PROSE}\xa0".strip(" ")]),
        (f"&lt;p&gt;{PROSE}&lt;/p&gt;&lt;div&gt;x&lt;/div&gt;", [PROSE.strip(), "x"]),
        (f"{PROSE}&amp; more &ldquo;text&rdquo;", [f"{PROSE}& more “text”"]),
        (f"{PROSE} 1 < 2 & 3 > 2", [f"{PROSE} 1 < 2 & 3 > 2"]),
        (f"{PROSE}&#{'9' * 5_000};", [f"{PROSE}&#{'9' * 5_000};"]),
        (f"{PROSE}<br>x<script>var a</script>", [PROSE.strip(), "x"]),
        (f"{PROSE}\n\n{PROSE}", [PROSE, "", PROSE.strip()]),
    ],
    ids=["tags", "escaped", "entities", "plain", "long-reference", "script", "paragraphs"],
)
def test_markup_in_json_ld_is_read(body: str, expected: list[str]) -> None:
    script = json.dumps({"@type": "NewsArticle", "articleBody": body}).replace("</", "<\\/")
    result = extract_html(page(f"<script type='application/ld+json'>{script}</script>"))
    assert result.text.split("\n") == expected
    assert result.extractor is not None
    assert result.extractor["mode"] == "json-ld"


@pytest.mark.parametrize(
    "start",
    [
        "<!-- a -->\n" * 5_000,
        "<?php x ?>" * 5_000,
        "<!--" * 50_000,
        " " * 200_000,
        "<!-- a --> " * 5_000 + "<!--",
    ],
    ids=["comments", "instructions", "unclosed", "spaces", "one-unclosed"],
)
@pytest.mark.parametrize("content_type", [None, "text/plain", "text/xml", "text/html"])
def test_any_start_of_a_page_takes_linear_time(start: str, content_type: str | None) -> None:
    """The time limit of each test would end one that does not."""
    result = extract_markup(f"{start}<div>{PROSE}</div>", content_type)
    assert result.reason is None or result.reason in REASONS


def test_a_long_comment_before_the_document_is_passed_over() -> None:
    markup = f"<?xml version='1.0'?><!--{'license ' * 2_000}--><html><p>{PROSE}</html>"
    assert extract_markup(markup, "text/xml").text == PROSE.strip()


def test_an_address_that_cannot_be_parsed_does_no_harm() -> None:
    links = "<a href='http://['>x</a><a href='//[::1'>y</a><link rel=license href='http://]'>"
    result = extract_html(page(f"<p>{KHMER}{links}</p>", "<base href='http://['>"))
    assert result.text.startswith(KHMER.strip())


@pytest.mark.parametrize("reference", ["&#" + "9" * 5_000, "&#x" + "f" * 5_000 + ";"])
def test_a_reference_of_thousands_of_digits_does_no_harm(reference: str) -> None:
    result = extract_html(page(f"<p>{KHMER}{reference}</p>", f"<title>{reference}</title>"))
    assert result.text.startswith(KHMER.strip())
