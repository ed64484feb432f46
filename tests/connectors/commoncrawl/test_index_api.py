"""The index server's answers: as Common Crawl was recorded to give them, and as they go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import CRAWL, Asked, Reply, Server, message, ndjson, recorded

from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl.captures import from_index
from corpuskit.connectors.commoncrawl.index_api import IndexServer, crawls
from corpuskit.connectors.commoncrawl.polite import polite_session
from corpuskit.connectors.fetching.policy import TRIES
from corpuskit.errors import SourceError

AGENT = Agent("Corpus Laboratory", "corpus@example.org")
ROW = {
    "urlkey": "kh,gov)/",
    "timestamp": "20261020010203",
    "url": "https://www.gov.kh/",
    "mime": "text/html",
    "mime-detected": "text/html",
    "status": "200",
    "digest": "FAPYCDZSWJIQ2YPQAYDRLAC25YMUNVTD",
    "length": "7063",
    "offset": "667474763",
    "filename": "crawl-data/x.warc.gz",
    "languages": "khm,eng",
    "encoding": "UTF-8",
}


@pytest.fixture
def replies() -> list[Reply]:
    return []


@pytest.fixture
def server(replies: list[Reply]) -> Iterator[Server]:
    """Answers the replies in turn, the last one for ever."""

    def answer(asked: Asked) -> Reply:
        return replies.pop(0) if len(replies) > 1 else replies[0]

    with Server(answer) as made:
        yield made


def index(server: Server) -> IndexServer:
    return IndexServer(polite_session(AGENT, 0), server.url, CRAWL, 1)


def test_every_recorded_capture_is_understood(data_dir: Path) -> None:
    seen = 0
    for one in recorded(data_dir / "cdx"):
        if "index.commoncrawl.org/CC-" not in one["url"] or one["response_status_code"] != 200:
            continue
        for line in one["response_text"].splitlines():
            row = json.loads(line)
            capture = from_index(row)
            assert capture is not None
            assert str(capture.offset) == row["offset"]
            assert (capture.digest, capture.status) == (row["digest"], row["status"])
            seen += 1
    assert seen > 40


def test_recorded_lack_of_captures_is_no_error(
    data_dir: Path, server: Server, replies: list[Reply]
) -> None:
    missing = [
        one
        for one in recorded(data_dir / "cdx")
        if one["response_status_code"] == 404 and "index.commoncrawl.org" in one["url"]
    ]
    assert len(missing) > 50
    for one in missing:
        kind = {"Content-Type": one["response_headers"]["Content-Type"]}
        replies[:] = [Reply(404, one["response_text"].encode(), kind)]
        assert index(server).pages("commoncrawl.org") == 0


def test_the_recorded_list_of_crawls(data_dir: Path) -> None:
    (one,) = [one for one in recorded(data_dir / "cdx") if one["url"].endswith("collinfo.json")]
    found = crawls(one["response_text"].encode())
    assert found is not None
    assert found[0] == "CC-MAIN-2025-33"
    assert len(found) > 100
    assert crawls(b"<html>") is None


def test_an_empty_answer_is_no_captures(server: Server, replies: list[Reply]) -> None:
    replies.append(Reply(200, b"", {"Content-Type": "text/x-ndjson"}))
    assert index(server).pages("kh") == 0
    page = index(server).page("kh", 0, [])
    assert (page.captures, page.invalid) == ([], [])


def test_pages_may_be_a_bare_number(server: Server, replies: list[Reply]) -> None:
    replies.append(Reply(200, b"7\n"))
    assert index(server).pages("kh") == 7
    assert server.asked[0].query == {
        "url": "*.kh", "output": "json", "filter": "=status:200", "pageSize": "1",
        "showNumPages": "true",
    }  # fmt: skip


def test_what_is_not_wanted_is_counted(server: Server, replies: list[Reply]) -> None:
    rows = [
        ROW,
        ROW | {"status": "301"},
        ROW | {"mime-detected": "application/pdf"},
        ROW | {"languages": "eng"},
        {key: value for key, value in ROW.items() if key != "languages"},
    ]
    replies.append(ndjson(rows))
    page = index(server).page("kh", 0, ["khm"])
    assert [one.languages for one in page.captures] == ["khm,eng"]
    assert page.skipped == {"status": 1, "type": 1, "language": 2}


def test_a_page_cut_short_is_asked_for_again(server: Server, replies: list[Reply]) -> None:
    line = json.dumps(ROW).encode()
    replies += [Reply(200, line + b"\n" + line[:100]), ndjson([ROW, ROW | {"offset": "1"}])]
    page = index(server).page("kh", 0, [])
    assert (len(page.captures), page.invalid) == (2, [])


def test_a_connection_that_breaks_is_asked_again(server: Server, replies: list[Reply]) -> None:
    replies += [Reply(200, json.dumps(ROW).encode() * 9, cut=True), ndjson([ROW])]
    assert len(index(server).page("kh", 0, []).captures) == 1


def test_lines_that_stay_broken_are_named(server: Server, replies: list[Reply]) -> None:
    good = json.dumps(ROW).encode()
    bad = [b'{"url": ', b"[1]", b'{"url": "x", "offset": "a"}', b"\xff\xfe", b"[" * 100_000]
    replies.append(Reply(200, b"\n".join([good, *bad])))
    page = index(server).page("kh", 4, [])
    assert len(page.captures) == 1
    assert page.invalid == [f"{CRAWL} *.kh page 4 line {n}" for n in (2, 3, 4, 5, 6)]
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<!DOCTYPE html><html>captcha</html>"),
        Reply(200, b"please wait", {"Content-Type": "text/html; charset=utf-8"}),
    ],
)
def test_html_in_place_of_captures_is_one_error(
    server: Server, replies: list[Reply], reply: Reply
) -> None:
    replies.append(reply)
    for ask in (lambda: index(server).pages("kh"), lambda: index(server).page("kh", 0, [])):
        with pytest.raises(SourceError, match="a page of HTML instead of captures"):
            ask()
    assert len(server.asked) == 2


def test_a_number_of_pages_that_is_none(server: Server, replies: list[Reply]) -> None:
    replies.append(Reply(200, b'{"pages": "many"}'))
    with pytest.raises(SourceError, match="no number of pages"):
        index(server).pages("kh")


@pytest.mark.parametrize(
    ("reply", "asked", "said"),
    [
        (Reply(403), 1, "HTTP 403; it wants no more requests"),
        (Reply(404, b"not found"), 1, "is there a crawl of that name"),
        (message(400, "Page 4 invalid"), 1, "HTTP 400"),
        (Reply(302, b"", {"Location": "file:///etc/passwd"}), 1, "HTTP 302"),
        (Reply(503), TRIES, "HTTP 503; run the same command again later"),
        (Reply(504), TRIES, "HTTP 504"),
        (Reply(429), TRIES, "HTTP 429"),
    ],
)
def test_refusals(
    server: Server, replies: list[Reply], reply: Reply, asked: int, said: str
) -> None:
    replies.append(reply)
    with pytest.raises(SourceError, match=said):
        index(server).pages("kh")
    assert len(server.asked) == asked
