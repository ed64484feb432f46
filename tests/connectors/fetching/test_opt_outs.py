"""Opt-outs from text mining and training."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.robots import RobotsFile, Rules

URL = "http://a.example/news/1"


def rules(text: str) -> Rules:
    return Rules(RobotsFile(200, text.encode(), datetime(2026, 11, 1, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "unknown"),
        ({"x-robots-tag": "noai"}, "disallow"),
        ({"x-robots-tag": "NOINDEX, nofollow"}, "disallow"),
        ({"x-robots-tag": "none"}, "disallow"),
        ({"x-robots-tag": "nofollow"}, "unknown"),
        ({"x-robots-tag": "otherbot: noindex, nofollow"}, "unknown"),
        ({"x-robots-tag": "corpuskit: noindex"}, "disallow"),
        ({"x-robots-tag": "unavailable_after: 25 Jun 2030 15:00:00 PST, noai"}, "disallow"),
        ({"tdm-reservation": "1"}, "disallow"),
        ({"tdm-reservation": "0"}, "allow"),
        ({"tdm-reservation": "perhaps"}, "unknown"),
        ({"content-usage": "train-ai=n"}, "disallow"),
        ({"content-usage": "train-ai=y"}, "allow"),
        ({"content-signal": "search=yes, ai-train=no"}, "disallow"),
        ({"content-signal": "search=no"}, "unknown"),
        ({"content-signal": "ai-train=yes", "x-robots-tag": "noai"}, "disallow"),
        ({"x-robots-tag": "noai noimageai"}, "disallow"),
        ({"x-robots-tag": "noimageai;noai"}, "disallow"),
        ({"x-robots-tag": '"noai"'}, "disallow"),
        ({"x-robots-tag": "no-ai"}, "disallow"),
        ({"x-robots-tag": "noml"}, "disallow"),
        ({"x-robots-tag": "[noai/noimageai]"}, "disallow"),
        ({"x-robots-tag": "“noai”."}, "disallow"),
        ({"x-robots-tag": "noai=1"}, "disallow"),
        ({"x-robots-tag": "DisallowAITraining"}, "disallow"),
        ({"x-robots-tag": "max-snippet:-1, noindex"}, "disallow"),
        ({"x-robots-tag": "max-snippet : 20 noindex"}, "disallow"),
        ({"x-robots-tag": "noindex, max-image-preview:large, max-video-preview: -1"}, "disallow"),
        ({"x-robots-tag": "max-image-preview:none, max-snippet:0"}, "unknown"),
        ({"x-robots-tag": "max-image-preview: none"}, "unknown"),
        (
            {"x-robots-tag": "unavailable_after: Fri, 25-Jun-30 15:00:00 UTC, noindex"},
            "disallow",
        ),
        ({"x-robots-tag": "unavailable_after: 2030-06-25T15:00:00+07:00"}, "unknown"),
        ({"x-robots-tag": "noindex, googlebot: index, follow"}, "disallow"),
        ({"x-robots-tag": "googlebot: noindex, corpuskit: noindex"}, "disallow"),
        ({"x-robots-tag": "googlebot: noindex, corpuskit/0.1: none"}, "disallow"),
        ({"x-robots-tag": "googlebot:noindex, otherbot: nofollow"}, "unknown"),
        ({"x-robots-tag": "googlebot: unavailable_after: 25 Jun 2030 15:00:00 PST"}, "unknown"),
        ({"x-robots-tag": "googlebot: noindex, noai"}, "disallow"),
        ({"x-robots-tag": "GPTBot: noindex"}, "disallow"),
        ({"x-robots-tag": "*: noindex"}, "disallow"),
        ({"x-robots-tag": "preview-size: 5, noindex"}, "disallow"),
        ({"x-robots-tag": "all, indexifembedded, notranslate, nositelinkssearchbox"}, "unknown"),
        ({"tdm-reservation": "1, 0"}, "disallow"),
        ({"tdm-reservation": "0, 1"}, "disallow"),
        ({"tdm-reservation": '"1"'}, "disallow"),
        ({"content-usage": "search=y, train-ai=n"}, "disallow"),
        ({"content-usage": "train-ai=y, train-genai=n"}, "disallow"),
        ({"content-usage": "train-ai = ?0"}, "disallow"),
        ({"content-usage": "not-train-ai=n"}, "unknown"),
        ({"content-usage": "train-ai=nothing"}, "unknown"),
        ({"content-signal": 'ai-train="no"'}, "disallow"),
    ],
)
def test_headers(headers: dict[str, str], expected: str) -> None:
    column = opt_outs.verdict(opt_outs.of_headers(headers))
    assert column["verdict"] == expected
    assert {signal["kind"]: signal["value"] for signal in column["signals"]} == headers


def test_meta_elements_and_nofollow() -> None:
    signals = opt_outs.of_meta([("robots", "noai, noimageai"), ("viewport", "x")])
    assert opt_outs.verdict(signals)["verdict"] == "disallow"
    assert not opt_outs.nofollow(signals)
    assert opt_outs.nofollow(opt_outs.of_meta([("robots", "index, NoFollow")]))
    assert not opt_outs.nofollow(opt_outs.of_headers({"x-robots-tag": "otherbot: nofollow"}))


def test_robots_that_shut_out_training() -> None:
    read = rules(
        "User-agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /\n\n"
        "User-agent: GPTBot\nDisallow: /news\n"
    )
    signals = opt_outs.of_robots(read, URL, ["GPTBot", "CCBot"])
    assert signals == [
        {"kind": "robots-ai", "value": "GPTBot"},
        {"kind": "robots-content-signal", "value": "search=yes,ai-train=no"},
    ]
    assert opt_outs.of_robots(rules(""), URL, ["GPTBot"]) == []
    # A site that forbids everything to all but names nobody says nothing about training.
    assert opt_outs.of_robots(rules("User-agent: *\nDisallow: /\n"), URL, ["GPTBot"]) == []


def test_half_a_surrogate_pair_in_a_tdmrep_hides_no_other_entry() -> None:
    text = (
        r'[{"location": "/\ud800*", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]'
    )
    signals = opt_outs.of_tdmrep(text, "http://a.example/x")
    assert opt_outs.verdict(signals)["verdict"] == "disallow"


def test_the_first_entry_of_tdmrep_that_covers_the_url_counts() -> None:
    text = json.dumps(
        [
            {"location": "/news/*.jpg$", "tdm-reservation": 0},
            {"location": "/news", "tdm-reservation": 1, "tdm-policy": "https://a.example/p"},
            {"location": "/", "tdm-reservation": 0},
        ]
    )
    assert opt_outs.verdict(opt_outs.of_tdmrep(text, URL))["verdict"] == "disallow"
    assert "https://a.example/p" in opt_outs.of_tdmrep(text, URL)[0]["value"]
    assert opt_outs.verdict(opt_outs.of_tdmrep(text, "http://a.example/x"))["verdict"] == "allow"
    image = opt_outs.of_tdmrep(text, "http://a.example/news/a.jpg")
    assert opt_outs.verdict(image)["verdict"] == "allow"
    for damaged in ("", "{}", "[1, null]", "[" * 100_000, '[{"location": 5}]', "<html>"):
        assert opt_outs.of_tdmrep(damaged, URL) == []


def test_what_is_kept_fits_a_warc_head() -> None:
    signals = opt_outs.of_meta([("robots", "x" * 100_000 + ", noai")] * 100)
    found = opt_outs.verdict(signals)
    assert found["verdict"] == "disallow"
    assert len(json.dumps(found)) < 1 << 16


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_value_has_a_verdict(value: str, entry: str) -> None:
    names = ("x-robots-tag", "content-signal", "tdm-reservation")
    signals = opt_outs.of_headers(dict.fromkeys(names, value))
    signals += opt_outs.of_tdmrep(json.dumps([{"location": "/", "tdm-reservation": entry}]), URL)
    assert opt_outs.verdict(signals)["verdict"] in ("allow", "disallow", "unknown")


def test_each_line_of_a_repeated_header_stands_for_itself() -> None:
    for lines, expected in (
        ("noai\nnosnippet", "disallow"),
        ("nosnippet\nnoindex", "disallow"),
        ("otherbot: nofollow\nnoindex", "disallow"),
        ("noindex\ngooglebot: index", "disallow"),
        ("otherbot: noindex\nnosnippet", "unknown"),
    ):
        signals = opt_outs.of_headers({"x-robots-tag": lines})
        assert len(signals) == 2
        assert opt_outs.verdict(signals)["verdict"] == expected, lines


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("robots", "noai noimageai", "disallow"),
        ("robots", "max-image-preview:large, noindex", "disallow"),
        ("robots", "max-image-preview:none", "unknown"),
        ("robots", "index.follow.noai", "disallow"),
        ("robots", "index, follow, ai-train=no", "disallow"),
        ("robots", "index, ai-train=yes", "unknown"),
        ("tdm-reservation", "yes", "disallow"),
        ("tdm-reservation", "01", "disallow"),
        ("googlebot, robots", "noindex", "disallow"),
        ("googlebot", "noindex", "unknown"),
        ("googlebot", "noai", "disallow"),
        ("gptbot", "noindex", "disallow"),
        ("corpuskit", "none", "disallow"),
        ("x-robots-tag", "noai", "disallow"),
        ("tdm-reservation", " 1 ", "disallow"),
        ("content-usage", "train-ai=n", "disallow"),
        ("description", "noai", "unknown"),
    ],
)
def test_meta_elements(name: str, content: str, expected: str) -> None:
    assert opt_outs.verdict(opt_outs.of_meta([(name, content)]))["verdict"] == expected


@pytest.mark.parametrize(
    ("location", "path", "covered"),
    [
        ("/a*b*c$", "/a-b-b-c", True),
        ("/a*b*c$", "/a-b-c-d", False),
        ("/a*bc$", "/abc", True),
        ("/ab*bc$", "/abc", False),
        ("/news$", "/news", True),
        ("/news$", "/news/1", False),
        ("*", "/any", True),
        ("*.html", "/x/page.html", True),
        ("news", "/news/1", True),
        ("/ข่าว", "/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/1", True),
        ("https://a.example/news/", "/news/1", True),
        ("/*" * 40 + "z", "/" * 3_000, False),
        ("/" + "a*" * 200 + "b$", "/" + "a" * 3_000, False),
    ],
)
def test_locations_of_tdmrep(location: str, path: str, covered: bool) -> None:
    text = json.dumps([{"location": location, "tdm-reservation": 1}])
    assert bool(opt_outs.of_tdmrep(text, "https://a.example" + path)) == covered


@pytest.mark.parametrize(
    "text",
    [
        '[{"location": "/", "tdm-reservation": true}]',
        '{"location": "/", "TDM-Reservation": "1"}',
        '[{"tdm-reservation": 1}]',
        '[{"location": ["/x", "/news"], "tdm-reservation": 1}]',
        '[{"location": "/", "tdm-reservation": 1,},]',
        "// ours\n[{'location': '/', 'tdm-reservation': 1}]",
    ],
)
def test_a_reservation_that_breaks_the_format_is_heard(text: str) -> None:
    assert opt_outs.verdict(opt_outs.of_tdmrep(text, URL))["verdict"] == "disallow"


HARMLESS = (
    "all", "index", "follow", "nofollow", "noarchive", "nosnippet", "max-snippet:-1",
    "max-snippet: 20", "max-image-preview:none", "max-image-preview: large", "notranslate",
    "max-video-preview:0", "noimageindex", "indexifembedded", "noimageai",
    "unavailable_after: 25 Jun 2030 15:00:00 PST", "unavailable_after: 2030-06-25",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(HARMLESS), max_size=5),
    st.sampled_from(["noai", "noindex", "none", "NoAI", "corpuskit: noindex", "*: none"]),
    st.lists(st.sampled_from(HARMLESS), max_size=5),
    st.sampled_from([", ", ",", " ,  ", "; "]),
)
def test_a_refusal_is_heard_among_any_other_rules(
    before: list[str], refusal: str, after: list[str], comma: str
) -> None:
    value = comma.join([*before, refusal, *after])
    for signals in (
        opt_outs.of_headers({"x-robots-tag": value}),
        opt_outs.of_meta([("robots", value)]),
    ):
        assert opt_outs.verdict(signals)["verdict"] == "disallow", value
    value = comma.join([*before, *after])
    assert opt_outs.verdict(opt_outs.of_meta([("robots", value)]))["verdict"] == "unknown", value


def test_a_directive_against_training_in_robots() -> None:
    read = rules("User-agent: *\nDisallowAITraining: /essays/*.html\nAllow: /\n")
    [signal] = opt_outs.of_robots(read, "http://a.example/essays/1.html", [])
    assert opt_outs.verdict([signal])["verdict"] == "disallow"
    assert opt_outs.of_robots(read, URL, []) == []


def test_endless_values_are_read_once() -> None:
    for value in (
        " " * 200_000,
        ": " * 100_000,
        "a:" * 100_000,
        "ai" + " " * 200_000,
        "a" * 200_000,
    ):
        signals = opt_outs.of_headers(dict.fromkeys(("x-robots-tag", "content-usage"), value))
        assert opt_outs.verdict([*signals, *signals])["verdict"] == "unknown"


@pytest.mark.parametrize(
    "value",
    [
        "all, no ai",
        "no\u2010ai",
        "\u201cnoai\u201d",
        "follow+noai",
        "No-AI-Train",
        "no ai training",
        "\uff4e\uff4f\uff41\uff49",
        "no\u00adai",
        "nosnippet, no index",
    ],
)
def test_other_spellings_of_a_refusal(value: str) -> None:
    assert opt_outs.verdict(opt_outs.of_headers({"x-robots-tag": value}))["verdict"] == "disallow"
    assert opt_outs.verdict(opt_outs.of_meta([("robots", value)]))["verdict"] == "disallow"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("tdm-reservation", "?1", "disallow"),
        ("tdm-reservation", "?0", "allow"),
        ("tdm_reservation", "1", "disallow"),
        ("tdm-reservation", "\u201c1\u201d", "disallow"),
        ("content-usage", '"train-ai"="n"', "disallow"),
        ("content-usage", '"train-ai"="y"', "allow"),
        ("content-signal", "ai_train=disallow", "disallow"),
        ("content-signal", "ai-training=off, search=on", "disallow"),
        ("content-signal", "ai-input=no", "unknown"),
    ],
)
def test_other_spellings_of_statements(name: str, value: str, expected: str) -> None:
    assert opt_outs.verdict(opt_outs.of_headers({name: value}))["verdict"] == expected
    assert opt_outs.verdict(opt_outs.of_meta([(name, value)]))["verdict"] == expected
    colon = name.replace("-", ":")
    assert opt_outs.verdict(opt_outs.of_meta([(colon, value)]))["verdict"] == expected


@pytest.mark.parametrize(
    "text",
    [
        '[{"LOCATION": "/news*", "Tdm-Reservation": 1}]',
        '[{"location": "/", "tdm:reservation": "?1"}]',
        '{"version": 1, "rules": {"all": [{"location": "*", "tdm_reservation": true}]}}',
        '[[], [[{"location": "/", "tdm-reservation": 1}]]]',
        '[{"location": "/", "tdm-policy": "/p"}, {"location": "/", "tdm-reservation": 1}]',
        '[{"location": "/", "tdm-reservation": 1, "TDM-Reservation": 0}]',
        '[{"location": "/", "tdm-reservation": [0, 1]}]',
        "{tdm_reservation: 1}",
    ],
)
def test_a_reservation_in_another_place_or_spelling_is_heard(text: str) -> None:
    assert opt_outs.verdict(opt_outs.of_tdmrep(text, URL))["verdict"] == "disallow"


def test_a_header_in_utf8_is_read_though_headers_are_latin1() -> None:
    value = "\u201cnoai\u201d".encode().decode("latin-1")
    assert opt_outs.verdict(opt_outs.of_headers({"x-robots-tag": value}))["verdict"] == "disallow"


def test_an_entry_for_another_place_reserves_nothing_here() -> None:
    text = '{"tdmrep": [{"Location": "/shop/*", "TDM-Reservation": 1}]}'
    assert opt_outs.of_tdmrep(text, URL) == []


def test_signals_that_are_kept_can_be_stored() -> None:
    text = r'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "/\udcff"}]'
    stored = opt_outs.verdict(opt_outs.of_tdmrep(text, URL))
    assert "\ufffd" in stored["signals"][0]["value"]
    json.dumps(stored, ensure_ascii=False).encode()
