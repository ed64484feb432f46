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
    ],
)
def test_headers(headers: dict[str, str], expected: str) -> None:
    found = opt_outs.verdict(opt_outs.of_headers(headers))
    assert found["verdict"] == expected
    assert {one["kind"]: one["value"] for one in found["signals"]} == headers


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
