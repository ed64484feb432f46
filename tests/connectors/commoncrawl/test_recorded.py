"""Common Crawl's own answers, recorded, served again: index, list of crawls, ranges of WARC."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import Asked, Reply, Server, recorded

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.commoncrawl.connector import CommonCrawlConnector
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions

AGENT = Agent("Corpus Laboratory", "corpus@example.org")
CRAWL = "CC-MAIN-2025-33"
INDEX, DATA = "https://index.commoncrawl.org", "https://data.commoncrawl.org"


class Recorded:
    """Answers what was recorded; the number of pages, which was not, is one."""

    def __init__(self, folder: Path) -> None:
        every = list(recorded(folder))
        paged = (one for one in every if one["url"] == f"{INDEX}/{CRAWL}-index")
        ten = (one for one in paged if one["request_params"].get("limit") == 10)
        self.index = next(ten)["response_text"].encode()
        self.crawls = next(
            one["response_text"].encode() for one in every if one["url"].endswith("collinfo.json")
        )
        self.ranges = {
            (one["url"].removeprefix(DATA), one["response_headers"]["Content-Range"]): one
            for one in every
            if one["url"].startswith(DATA)
        }

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/collinfo.json":
            return Reply(200, self.crawls, {"Content-Type": "application/json"})
        if asked.path == f"/{CRAWL}-index":
            pages = b'{"pages": 1, "pageSize": 1, "blocks": 1}'
            kind = {"Content-Type": "text/x-ndjson"}
            return Reply(200, pages if "showNumPages" in asked.query else self.index, kind)
        span = asked.headers["range"].removeprefix("bytes=")
        for (path, there), one in self.ranges.items():
            if path == asked.path and there.startswith(f"bytes {span}/"):
                body = base64.b64decode(one["response_text"])
                return Reply(206, body, {"Content-Range": there})
        return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>")


@pytest.fixture(scope="module")
def server(data_dir: Path) -> Iterator[Server]:
    with Server(Recorded(data_dir / "cdx")) as made:
        yield made


def test_a_recorded_page_is_had_from_index_to_content(server: Server, tmp_path: Path) -> None:
    options = CommonCrawlOptions(
        crawl=CRAWL, domains="commoncrawl.org", index_url=server.url, data_url=server.url, delay=0
    )
    connector = CommonCrawlConnector(options, Path(), tmp_path)
    connector.fetch(FetchContext(AGENT, lambda line: None))
    listing = json.loads((tmp_path / "listing.json").read_text())
    # redirects, since the recording was not filtered; and a page that had not changed
    assert listing["skipped"] == {"duplicate": 1, "status": 6}
    warc, lost = connector.inputs()
    found = [one for piece in connector.scan(warc) for one in connector.read(warc, piece)]
    missing = [one for piece in connector.scan(lost) for one in connector.read(lost, piece)]
    assert len(found) + len(missing) == listing["captures"] == 3
    (page,) = found
    assert (page.url, page.http_status, page.reason) == ("https://www.commoncrawl.org/", 200, None)
    assert page.payload_digest == "sha1:FAPYCDZSWJIQ2YPQAYDRLAC25YMUNVTD"
    assert b"Common Crawl" in page.content
    assert {record.detail for record in missing} == {"HTTP 404"}
    assert (tmp_path / "warc" / warc.name.partition("/")[2]).stat().st_size == 7063
