"""What license documents of RSL 1.0 say about training on a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html

from corpuskit.connectors.fetching import opt_outs, rsl
from corpuskit.connectors.fetching.robots import RobotsFile, Rules
from corpuskit.connectors.fetching.rsl import is_feed, judge_terms, terms_of
from corpuskit.document import OptOutSignal

URL = "https://site.example/stories/1"
NAMESPACE = "https://rslstandard.org/rsl"
PROHIBITED = '<prohibits type="usage">ai-train</prohibits>'


def terms(inner: str, url: str = "/") -> str:
    content = f'<content url="{url}"><license>{inner}</license></content>'
    return f'<rsl xmlns="{NAMESPACE}">{content}</rsl>'


def verdict(document: str, url: str = URL) -> str | None:
    found = judge_terms(document, url)
    return found.verdict if found else None


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (PROHIBITED, "disallow"),
        ('<prohibits type="usage">ai-all</prohibits>', "disallow"),
        ('<prohibits type="usage">all</prohibits>', "disallow"),
        ('<prohibits type="usage">search, train-ai</prohibits>', "disallow"),  # draft 0.9
        (f'<permits type="usage">ai-all</permits>{PROHIBITED}', "disallow"),
        ('<permits type="usage">search</permits>', "disallow"),  # permits enumerate
        ('<permits type="usage">search ai-input</permits>', "disallow"),
        ('<permits type="usage">all</permits>', "allow"),
        ('<permits type="usage">search ai-train</permits>', "allow"),
        ('<prohibits type="usage">search</prohibits>', "allow"),
        ("", "allow"),
        ('<permits type="usage">ai-all</permits><payment type="free"/>', "allow"),
        ('<payment type="attribution"><standard>https://a.example/</standard></payment>', "allow"),
        ('<payment type="crawl"><amount currency="USD">0.015</amount></payment>', "disallow"),
        ('<payment type="training"/>', "disallow"),
        ("<payment><standard>https://rslcollective.org/license</standard></payment>", "disallow"),
        ('<payment type="contribution"/>', "disallow"),
        ('<permits type="user">non-commercial</permits>', "disallow"),
        ('<permits type="geo">US EU</permits>', "disallow"),
        ('<reporting type="audit" profile="https://a.example/"/>', "disallow"),
    ],
)
def test_terms(inner: str, expected: str) -> None:
    assert verdict(terms(inner)) == expected


@pytest.mark.parametrize(
    ("address", "is_covered"),
    [
        ("/", True),
        ("", True),
        ("/stories/", True),
        ("/stories/*", True),
        ("*.pdf$", False),
        ("/images/", False),
        ("https://site.example/stories/*", True),
        ("https://other.example/", False),
    ],
)
def test_addresses(address: str, is_covered: bool) -> None:
    assert verdict(terms(PROHIBITED, address)) == ("disallow" if is_covered else None)


def test_the_most_specific_address_decides() -> None:
    document = f"""<rsl xmlns="{NAMESPACE}">
        <content url="/stories/"><license><permits type="usage">all</permits></license></content>
        <content url="/"><license>{PROHIBITED}</license></content></rsl>"""
    assert verdict(document) == "allow"
    assert verdict(document, "https://site.example/news") == "disallow"


def test_licenses_of_an_address_are_alternatives_but_prohibitions_hold() -> None:
    free, paid = "<payment type='free'/>", "<payment type='crawl'/>"
    assert verdict(terms(f"{paid}</license><license>{free}")) == "allow"
    assert verdict(terms(f"{free}</license><license>{PROHIBITED}")) == "disallow"


@pytest.mark.parametrize(
    "document",
    [
        "",
        "no XML",
        "<rsl><content",
        "<html></html>",
        terms("").replace("<license></license>", ""),
        terms("").replace("url=", "server='https://a.example/' url="),
    ],
)
def test_who_has_no_valid_document_has_no_license(document: str) -> None:
    assert verdict(document) == "disallow"


def test_a_declaration_of_encoding_does_not_matter() -> None:
    document = '<?xml version="1.0" encoding="UTF-16"?>\n' + terms(PROHIBITED)
    assert judge_terms(document, URL) == rsl.RslVerdict("disallow", "prohibits ai-train")


def robots(text: str) -> Rules:
    return Rules(RobotsFile(200, text.encode(), datetime.now(UTC)))


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("License: https://a.example/l.xml", ["https://a.example/l.xml"]),
        (
            "User-agent: *\nDisallow:\nLicense: https://a.example/l.xml",
            ["https://a.example/l.xml"],
        ),
        (  # those of our own group replace the ones for all
            "License: https://a.example/all.xml\nUser-agent: corpuskit\nAllow: /\n"
            "License: https://a.example/ours.xml",
            ["https://a.example/ours.xml"],
        ),
        ("User-agent: OtherBot\nDisallow: /\nLicense: https://a.example/theirs.xml", []),
        ("License: /relative.xml", []),
        ("LICENSE : https://a.example/l.xml # terms", ["https://a.example/l.xml"]),
    ],
)
def test_robots_txt_names_documents(text: str, addresses: list[str]) -> None:
    assert robots(text).licenses == addresses


def test_pages_and_headers_name_documents() -> None:
    root = html.document_fromstring(f"""<html><head>
        <link rel="license" type="application/rsl+xml" href="/license.xml">
        <link rel="license" href="https://creativecommons.org/licenses/by/4.0/">
        <script type="application/rsl+xml">{terms(PROHIBITED)}</script></head><body>x</body>""")
    header = '</h.xml>; rel="license"; type="application/rsl+xml", </cc>; rel=license'
    found = terms_of(root, URL, {"link": header})
    assert found.in_headers == ("https://site.example/h.xml",)
    assert found.in_links == ("https://site.example/license.xml",)
    documents = {"https://site.example/h.xml": terms('<permits type="usage">all</permits>')}
    signals = found.signals(URL, documents.get)
    assert [(signal["kind"], signal["verdict"]) for signal in signals] == [
        ("rsl-header", "allow"),
        ("rsl-link", "disallow"),  # it could not be had
        ("rsl-inline", "disallow"),
    ]
    tdm = opt_outs.verdict(signals)
    assert tdm["verdict"] == "disallow"
    assert {signal["protocol"] for signal in tdm["signals"]} == {"rsl"}
    assert {signal["vocabulary"] for signal in tdm["signals"]} == {"RSL 1.0"}


def test_a_document_that_does_not_cover_a_page_says_nothing() -> None:
    document = terms(PROHIBITED, "/images/")
    (signal,) = rsl.signals_of("robots-rsl", ["https://a.example/l"], URL, lambda _: document)
    assert opt_outs.verdict([signal])["verdict"] == "unknown"


def test_only_protocols_that_bind_count() -> None:
    signals = [
        OptOutSignal(kind="content-usage", value="train-genai=n;exceptions=cc-cr"),
        OptOutSignal(kind="x-robots-tag", value="noai"),
    ]
    assert len(opt_outs.binding_signals(signals)) == 2
    (bound,) = opt_outs.binding_signals(signals, ["cc-signals"])
    assert bound["protocol"] == "cc-signals"
    assert bound["vocabulary"] == "CC signals 0.1; draft-ietf-aipref-vocab-07"
    assert opt_outs.binding_signals(signals, ["aipref"]) == []
    assert opt_outs.binding_signals(signals, []) == []


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/public/a", ["train-ai=y"]),
        ("/other", ["train-ai=n"]),
        ("/public/private/b", ["train-ai=n, search=n", "train-ai=y"]),
    ],
)
def test_content_usage_of_the_longest_path_counts(path: str, values: list[str]) -> None:
    rules = robots(
        "User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /public/ train-ai=y\n"
        "Content-Usage: /public/private/\ttrain-ai=n, search=n\n"
        "Content-Usage: /public/private/ train-ai=y"
    )
    assert rules.directives("content-usage", f"https://a.example{path}") == values


@pytest.mark.parametrize(
    ("value", "is_reserved"),
    [
        ("noai", True),
        ("max-image-preview:large, noai", True),
        ("max-snippet:-1 noai noimageai", True),
        ("index\nnoai", True),  # two headers
        ("otherbot: nofollow\nGPTBot: noindex", True),
        ("googlebot: noindex", False),
        ("googlebot: noai", True),
        ("CCBot: none", True),
        ("index, follow, max-image-preview:large", False),
        ("unavailable_after: 25 Jun 2030 15:00:00 PST", False),
    ],
)
def test_x_robots_tag_in_every_form(value: str, is_reserved: bool) -> None:
    signals = opt_outs.of_headers({"x-robots-tag": value})
    assert bool(opt_outs.binding_signals(signals)) is is_reserved


def feed(items: str, channel: str = "") -> bytes:
    return (
        '<?xml version="1.0"?><rss xmlns:rsl="https://rslstandard.org/rsl" version="2.0">'
        f"<channel><link>https://a.org/</link>{channel}{items}</channel></rss>"
    ).encode()


def item(link: str, use: str, attributes: str = "") -> str:
    return (
        f"<item><title>x</title><link>{link}</link><rsl:content{attributes}><rsl:license>"
        f'<rsl:{use} type="usage">ai-train</rsl:{use}></rsl:license></rsl:content></item>'
    )


@pytest.mark.parametrize(
    ("url", "verdict"),
    [
        ("https://a.org/1", "disallow"),
        ("https://a.org/2", "allow"),
        ("https://a.org/12", None),
        ("https://b.org/1", None),
        ("https://a.org/docs/x", "disallow"),
    ],
)
def test_terms_of_a_feed_are_about_its_items(url: str, verdict: str | None) -> None:
    content = feed(
        item("https://a.org/1", "prohibits")
        + item("https://a.org/2", "permits")
        + item("https://a.org/3", "prohibits", ' url="https://a.org/docs/"')
        + "<item><link>https://a.org/12</link></item>"
    )
    judged = judge_terms(content, url)
    assert (judged.verdict if judged else None) == verdict
    assert is_feed(content)


def test_terms_of_a_channel_are_about_its_site_and_items_are_more_specific() -> None:
    content = feed(
        item("https://a.org/free", "permits"),
        '<rsl:content><rsl:license><rsl:prohibits type="usage">all</rsl:prohibits></rsl:license>'
        "</rsl:content>",
    )
    verdicts = [judge_terms(content, f"https://a.org/{path}") for path in ("x", "free")]
    assert [judged.verdict for judged in verdicts if judged] == ["disallow", "allow"]


def test_a_feed_without_terms_is_no_license() -> None:
    judged = judge_terms(feed("<item><link>https://a.org/1</link></item>"), "https://a.org/1")
    assert judged is not None and judged.why == "the terms are not RSL"
