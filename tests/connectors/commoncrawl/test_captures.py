"""Entries of an index, whatever they hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.connectors.commoncrawl.captures import CaptureRange, IndexPage, from_index, unwanted

ROW = {
    "url": "https://www.gov.kh/",
    "timestamp": "20261020010203",
    "mime": "text/html",
    "mime-detected": "text/html",
    "status": "200",
    "digest": "sha1:FAPYCDZSWJIQ2YPQAYDRLAC25YMUNVTD",
    "length": "7063",
    "offset": "667474763",
    "filename": "crawl-data/x.warc.gz",
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.from_regex(r"-?[0-9]{1,30}"),
    st.lists(st.integers(), max_size=2),
    st.just("\ud800"),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*ROW, "languages", "truncated"]), VALUES))
def test_anything_is_a_capture_or_none(changes: dict) -> None:
    capture = from_index(ROW | changes)
    if capture is not None:
        line = capture.line().encode()  # no lone surrogates are left
        assert CaptureRange(**json.loads(line)) == capture
        assert capture.length > 0
        assert capture.offset >= 0
        assert capture.filename


@pytest.mark.parametrize("key", ["url", "filename", "offset", "length"])
def test_what_it_needs(key: str) -> None:
    assert from_index({k: v for k, v in ROW.items() if k != key}) is None
    assert from_index(ROW | {key: None}) is None


@settings(deadline=None)
@given(st.lists(VALUES.map(lambda value: ROW | {"url": value}), max_size=5))
def test_pages_are_read_as_they_were_written(rows: list[dict]) -> None:
    page = IndexPage(invalid=["line 4"])
    for row in rows:
        capture = from_index(row)
        if capture is not None:
            page.add(capture, [])
    assert IndexPage.load(page.dump()) == page


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"mime-detected": "application/xhtml+xml"}, None),
        ({"mime-detected": None, "mime": "Text/HTML; charset=utf-8"}, None),
        ({"status": "404"}, "status"),
        ({"mime-detected": "text/plain"}, "type"),
        ({"mime": "text/html", "mime-detected": "image/png"}, "type"),
        ({"languages": "eng"}, "language"),
        ({"languages": None}, "language"),
        ({"languages": "eng,khm"}, None),
    ],
)
def test_what_is_wanted(changes: dict, why: str | None) -> None:
    capture = from_index(ROW | {"languages": "khm"} | changes)
    assert capture is not None
    assert unwanted(capture, ["khm"]) == why
