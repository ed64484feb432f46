"""Against a real nginx, the server of the crawls' files: what is asked, what is sent."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from connectors.commoncrawl.servers import Archive
from connectors.commoncrawl.test_columnar import sea_index, write
from services.nginx import Nginx, Request, nginx

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.commoncrawl.connector import CommonCrawlConnector
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

AGENT = Agent("Corpus Laboratory", "corpus@example.org")
TLDS = ["io", "org", "example"]


@pytest.fixture(scope="module")
def sea(data_dir: Path) -> Path:
    return data_dir / "warc-sea"


def publish(server: Nginx, sea: Path) -> None:
    """A crawl's file and its columnar index."""
    shutil.copy(sea / "sea-dev.warc.gz", server.root)
    sea_index(sea, server.root / "index.parquet")


def source(server: Nginx, store: Path, **options: object) -> CommonCrawlConnector:
    own = {"index": f"{server.url}/index.parquet", "data_url": server.url, "delay": 0.0}
    return CommonCrawlConnector(CommonCrawlOptions(**{**own, **options}), Path(), store)


def records(connector: CommonCrawlConnector) -> list[RawRecord]:
    connector.fetch(FetchContext(AGENT, lambda line: None))
    inputs = [(item, piece) for item in connector.inputs() for piece in connector.scan(item)]
    return [one for item, piece in inputs for one in connector.read(item, piece)]


def of_pages(log: list[Request]) -> list[Request]:
    return [request for request in log if request.uri.endswith(".warc.gz")]


def test_only_the_records_are_sent(sea: Path, tmp_path: Path) -> None:
    with nginx(tmp_path) as server:
        publish(server, sea)
        found = records(source(server, tmp_path, tld=TLDS, one_per_digest=False))
        log = server.log()
    wanted = [row for row in Archive(sea).rows if row["status"] == "200" and "html" in row["mime"]]
    asked = of_pages(log)
    assert len(found) == len(asked) == len(wanted) > 80
    assert {request.status for request in log} == {206}
    assert sum(request.body_bytes for request in asked) == sum(int(row["length"]) for row in wanted)
    assert all("corpus@example.org" in request.agent for request in log)
    assert not [record for record in found if record.reason == "read/not_fetched"]


def test_of_the_index_only_what_is_needed_is_sent(sea: Path, tmp_path: Path) -> None:
    with nginx(tmp_path) as server:
        publish(server, sea)
        size = (server.root / "index.parquet").stat().st_size
        records(source(server, tmp_path, tld="io"))
        asked = [request for request in server.log() if request.uri == "/index.parquet"]
    assert sum(request.body_bytes for request in asked) <= size
    assert all(request.range.startswith("bytes=") for request in asked)


def test_a_server_without_ranges_is_refused_at_once(sea: Path, tmp_path: Path) -> None:
    with nginx(tmp_path, "max_ranges 0;") as server:
        publish(server, sea)
        with pytest.raises(SourceError, match="serves no byte ranges"):
            records(source(server, tmp_path, tld="io"))
        local = source(server, tmp_path, tld="io", index=str(server.root / "index.parquet"))
        with pytest.raises(SourceError, match="whole files"):
            records(local)
        assert [request.status for request in server.log()] == [200, 200]


def test_requests_are_apart(sea: Path, tmp_path: Path) -> None:
    with nginx(tmp_path) as server:
        publish(server, sea)
        records(source(server, tmp_path, tld="io", delay=0.05, max_records=6))
        times = [request.time for request in server.log()]
    assert all(after - before >= 0.05 for before, after in pairwise(times))


def test_a_storm_of_503_costs_no_record(sea: Path, tmp_path: Path) -> None:
    storm = "limit_req zone=busy burst=2 nodelay; limit_req_status 503;"
    zone = "limit_req_zone $server_name zone=busy:64k rate=10r/s;"
    with nginx(tmp_path, storm, http=zone) as server:
        publish(server, sea)
        found = records(source(server, tmp_path, tld=TLDS, delay=0.02, max_records=24))
        statuses = [request.status for request in of_pages(server.log())]
    assert statuses.count(503) >= 3
    assert statuses.count(206) == len(found) == 24
    assert not [record for record in found if record.reason == "read/not_fetched"]


def test_retry_after_is_obeyed(sea: Path, tmp_path: Path) -> None:
    busy = (
        "error_page 503 @busy; location @busy { add_header Retry-After 1 always; return 503; }"
        "location / { limit_req zone=busy; limit_req_status 503; }"
    )
    zone = "limit_req_zone $server_name zone=busy:64k rate=2r/s;"
    with nginx(tmp_path, busy, http=zone) as server:
        publish(server, sea)
        index = str(server.root / "index.parquet")
        records(source(server, tmp_path, tld="io", index=index, max_records=3))
        log = of_pages(server.log())
    assert [request.status for request in log].count(206) == 3
    for refused, again in pairwise(log):
        if refused.status == 503:
            assert again.time - refused.time >= 0.99


def test_a_file_that_is_not_there_is_a_reason(sea: Path, tmp_path: Path) -> None:
    with nginx(tmp_path) as server:
        publish(server, sea)
        gone = "gone.warc.gz"
        table = pq.read_table(server.root / "index.parquet").to_pylist()
        for row in table[::9]:
            row["warc_filename"] = gone
        write(server.root / "index.parquet", table)
        found = records(source(server, tmp_path, tld=TLDS))
    lost = [record for record in found if record.reason == "read/not_fetched"]
    assert lost
    assert {record.detail for record in lost} == {"HTTP 404"}
    assert all(gone in record.source_ref for record in lost)
