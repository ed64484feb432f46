"""Against pywb itself, with a ZipNum index in blocks of ten captures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import CRAWL, Archive, Server, ranged
from services.pywb import served

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.commoncrawl.connector import CommonCrawlConnector
from corpuskit.connectors.commoncrawl.index_api import IndexServer
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.commoncrawl.polite import polite_session
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

pytestmark = pytest.mark.xdist_group("pywb")  # what they share is made once

AGENT = Agent("Corpus Laboratory", "corpus@example.org")


@pytest.fixture(scope="module")
def sea(data_dir: Path) -> Path:
    return data_dir / "warc-sea"


@pytest.fixture(scope="module")
def pywb(sea: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("pywb"), sea / "sea-dev.warc.gz") as url:
        yield url


def fetch(pywb: str, sea: Path, store: Path, **options) -> tuple[list[RawRecord], Server]:
    data = (sea / "sea-dev.warc.gz").read_bytes()
    with Server(lambda asked: ranged(data, asked)) as server:
        made = CommonCrawlConnector(
            CommonCrawlOptions(
                crawl=CRAWL, index_url=pywb, data_url=server.url, delay=0, **options
            ),
            Path(),
            store,
        )
        made.fetch(FetchContext(AGENT, lambda line: None))
    inputs = [(item, piece) for item in made.inputs() for piece in made.scan(item)]
    return [one for item, piece in inputs for one in made.read(item, piece)], server


@pytest.mark.parametrize("tld", ["io", "org", "example"])
@pytest.mark.parametrize("page_size", [1, 5])
def test_every_capture_of_a_domain(
    pywb: str, sea: Path, tmp_path: Path, tld: str, page_size: int
) -> None:
    got, server = fetch(pywb, sea, tmp_path, tld=tld, page_size=page_size, one_per_digest=False)
    there = [
        row["url"]
        for row in Archive(sea).below(tld)
        if row["status"] == "200" and "html" in row["mime"]
    ]
    assert sorted(str(one.url) for one in got) == sorted(there)
    assert len(server.asked) == len(there) > 20


def test_paging_is_real(pywb: str) -> None:
    client = polite_session(AGENT, 0)
    one, many = IndexServer(client, pywb, CRAWL, 1), IndexServer(client, pywb, CRAWL, 5)
    assert one.pages("example") > many.pages("example") > 1
    pages = [one.page("example", number, []) for number in range(one.pages("example"))]
    assert max(len(page.captures) for page in pages) <= 10
    assert not any(page.skipped["status"] for page in pages)  # the server filters
    with pytest.raises(SourceError, match="HTTP 400"):
        one.page("example", len(pages), [])


def test_no_captures(pywb: str, sea: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there are none"):
        fetch(pywb, sea, tmp_path, tld="kh")
