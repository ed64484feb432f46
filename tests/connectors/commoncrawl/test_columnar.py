"""The columnar index: which rows are taken, and how little is read for it."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from connectors.commoncrawl.servers import Asked, Reply, Server, ranged, sea_rows

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.commoncrawl import columnar
from corpuskit.connectors.commoncrawl.captures import IndexPage
from corpuskit.connectors.commoncrawl.columnar import read
from corpuskit.connectors.commoncrawl.connector import CommonCrawlConnector
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.commoncrawl.polite import polite_session
from corpuskit.connectors.containers.thrift import loads
from corpuskit.engines.parser_process import ParserProcess
from corpuskit.errors import SourceError

AGENT = Agent("Corpus Laboratory", "corpus@example.org")
PROCESS = ParserProcess()


@pytest.fixture(autouse=True, scope="module")
def _ended() -> Iterator[None]:
    with PROCESS:
        yield


def row(host: str, languages: str | None, **more: object) -> dict:
    return {
        "url": f"https://{host}/",
        "url_host_name": host,
        "url_host_tld": host.rpartition(".")[2],
        "fetch_time": datetime(2026, 10, 20, 1, 2, 3, tzinfo=UTC),
        "fetch_status": 200,
        "content_mime_detected": "text/html",
        "content_digest": f"DIGEST-{host}",
        "content_languages": languages,
        "content_truncated": None,
        "warc_filename": "crawl-data/x.warc.gz",
        "warc_record_offset": 7,
        "warc_record_length": 100,
    } | more


ROWS = [
    row("news.com.kh", "khm"),
    row("mixed.com.kh", "eng,khm"),
    row("english.com.kh", "eng"),
    row("unknown.com.kh", None),
    row("khmer.example.org", "khm,eng,fra"),
    row("moved.example.org", "khm", fetch_status=301),
    row("paper.example.org", "khm", content_mime_detected="application/pdf"),
    row("cut.example.org", "khm", content_truncated="length"),
    row("notexample.org", "khm"),
]


def write(path: Path, rows: list[dict], **options: object) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path, **options)
    return path


def hosts(page: IndexPage) -> list[str]:
    return [one.url.removeprefix("https://").rstrip("/") for one in page.captures]


def ask(path: Path, **options: object) -> IndexPage:
    settings = CommonCrawlOptions(index=str(path), **options)
    return read(str(path), settings, polite_session(AGENT, 0), PROCESS)


def test_pages_of_several_languages_count_for_each(tmp_path: Path) -> None:
    page = ask(write(tmp_path / "a.parquet", ROWS), languages="khm")
    assert hosts(page) == [
        "news.com.kh", "mixed.com.kh", "khmer.example.org", "cut.example.org", "notexample.org",
    ]  # fmt: skip
    assert page.skipped == {"status": 1, "type": 1}
    first = page.captures[0]
    assert (first.timestamp, first.offset, first.length) == ("20261020010203", 7, 100)
    assert page.captures[3].truncated == "length"


@pytest.mark.parametrize("junk", [b"\0", b"\xff", b"\x19\x1c"])
def test_a_broken_offset_index_costs_no_row(tmp_path: Path, junk: bytes) -> None:
    whole = write(tmp_path / "a.parquet", ROWS, write_page_index=True)
    data = bytearray(whole.read_bytes())
    footer = loads(bytes(data[-8 - int.from_bytes(data[-8:-4], "little") :]))
    for column in footer[4][1][1][0][1][1][1]:
        start, length = column[4][1], column[5][1]
        data[start : start + length] = (junk * length)[:length]
    broken = tmp_path / "b.parquet"
    broken.write_bytes(data)
    page = ask(broken, tld="kh")
    assert len(page.captures) == 4
    assert page == ask(whole, tld="kh")


@pytest.mark.parametrize("index", [True, False])
def test_times_as_older_crawls_have_them(tmp_path: Path, index: bool) -> None:
    """INT96, which Spark wrote unless it was told to write milliseconds."""
    path = write(
        tmp_path / "a.parquet",
        ROWS,
        use_deprecated_int96_timestamps=True,
        write_page_index=index,
    )
    assert ask(path, tld="kh").captures[0].timestamp == "20261020010203"


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"tld": "kh"}, 4),
        ({"tld": "kh", "languages": "khm"}, 2),
        ({"domains": "example.org", "languages": "khm"}, 2),  # and not notexample.org
        ({"domains": ["news.com.kh", "example.org"], "languages": ["khm"]}, 3),
        ({"tld": "kh", "domains": "example.org"}, 6),
        ({"languages": ["fra", "eng"]}, 3),
        ({"tld": "la"}, 0),
    ],
)
def test_what_is_asked_for(tmp_path: Path, options: dict, count: int) -> None:
    assert len(ask(write(tmp_path / "a.parquet", ROWS), **options).captures) == count


def test_row_groups_of_other_domains_are_passed_over(tmp_path: Path) -> None:
    rows = sorted(ROWS, key=lambda one: one["url_host_tld"])
    path = write(tmp_path / "a.parquet", rows, row_group_size=2)
    page = ask(path, tld="kh")
    assert page.skipped["row group"] == 3
    assert len(page.captures) == 4
    blind = write(tmp_path / "b.parquet", rows, row_group_size=2, write_statistics=False)
    assert hosts(ask(blind, tld="kh")) == hosts(page)


@pytest.mark.parametrize(
    ("options", "missing"),
    [
        ({"languages": "khm"}, "content_languages"),
        ({"tld": "kh"}, "warc_filename"),
        ({"domains": "a.kh"}, "url_host_name"),
    ],
)
def test_a_file_without_a_needed_column(tmp_path: Path, options: dict, missing: str) -> None:
    rows = [{k: v for k, v in one.items() if k != missing} for one in ROWS]
    path = write(tmp_path / "a.parquet", rows)
    with pytest.raises(SourceError, match=f"has no column {missing}"):
        ask(path, **options)


def test_rows_without_a_place_are_named(tmp_path: Path) -> None:
    rows = [
        ROWS[0],
        row("lost.com.kh", "khm", warc_record_offset=None),
        row("x.kh", "khm", url=None),
    ]
    page = ask(write(tmp_path / "a.parquet", rows), tld="kh")
    assert hosts(page) == ["news.com.kh"]
    assert [one.rpartition(" ")[2] for one in page.invalid] == ["https://lost.com.kh/", "None"]


def test_what_is_no_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"<html>no such crawl</html>")
    with pytest.raises(SourceError, match="cannot be read"):
        ask(path, tld="kh")


def big(path: Path) -> bytes:
    """A file like the index: sorted by domain, of columns that hardly compress."""
    chance = random.Random(7)
    rows = []
    for number in range(40_000):
        tld = ("com", "kh", "org")[number * 3 // 40_000]
        languages = "khm" if tld == "kh" and number % 9 == 0 else "eng"
        digest = f"{chance.getrandbits(160):040x}"
        more = {"content_digest": digest, "url": f"https://{digest[:20]}.{tld}/{digest[20:]}"}
        rows.append(row(f"{digest[:20]}.{tld}", languages, **more))
    return write(path, rows, row_group_size=4_000).read_bytes()


def serve(data: bytes) -> Callable[[Asked], Reply]:
    return lambda asked: ranged(data, asked)


def test_over_http_little_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    data = big(path)
    with Server(serve(data)) as server:
        url = f"{server.url}/a.parquet"
        own = {"index": url, "data_url": server.url, "delay": 0}
        options = CommonCrawlOptions(tld="kh", languages="khm", **own)
        page = read(url, options, polite_session(AGENT, 0), PROCESS)
        assert page == ask(path, tld="kh", languages="khm")
        assert len(page.captures) > 1000
        assert server.sent < 0.7 * len(data)  # a third of the rows, and the footer
        server.sent = 0
        options = CommonCrawlOptions(languages="vie", **own)
        assert read(url, options, polite_session(AGENT, 0), PROCESS).captures == []
        assert server.sent < 0.1 * len(data)  # of one small column and the footer
        assert all("range" in request.headers for request in server.asked)


def test_a_language_alone_costs_the_pages_it_is_on(tmp_path: Path) -> None:
    """Two hosts of a language among many: with an offset index a part of the columns is read."""
    chance = random.Random(7)
    rows = []
    for number in range(100_000):
        digest = f"{chance.getrandbits(160):040x}"
        languages = "khm" if number // 50 in (100, 1_500) else "eng"
        more = {"content_digest": digest, "url": f"https://{number // 50:06d}.com/{digest}"}
        rows.append(row(f"{number // 50:06d}.com", languages, **more))
    kept = {"row_group_size": 100_000, "use_dictionary": ["content_languages"]}
    sent, found = [], []
    for indexed in (False, True):
        path = write(
            tmp_path / "a.parquet", rows, write_page_index=indexed, max_rows_per_page=2_000, **kept
        )
        with Server(serve(path.read_bytes())) as server:
            url = f"{server.url}/a.parquet"
            options = CommonCrawlOptions(index=url, data_url=server.url, delay=0, languages="khm")
            found.append(read(url, options, polite_session(AGENT, 0), PROCESS))
            sent.append(server.sent)
    assert len(found[0].captures) == 100
    assert found[0] == found[1]
    assert sent[1] < 0.5 * sent[0]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, bytes(1000)), "serves no byte ranges"),
        (Reply(404), "answers 404"),
        (Reply(403), "answers 403"),
        (Reply(206, b"PAR1"), "HTTP 206"),
    ],
)
def test_a_server_that_does_not_hand_out_the_index(reply: Reply, said: str) -> None:
    with Server(lambda asked: reply) as server:
        own = {"index": f"{server.url}/a.parquet", "data_url": server.url, "delay": 0}
        options = CommonCrawlOptions(tld="kh", **own)
        with pytest.raises(SourceError, match=said):
            read(options.index[0], options, polite_session(AGENT, 0), PROCESS)


def abort_over(file: Any, *_: Any) -> None:
    file.read(4)
    os.abort()


def test_an_index_that_ends_the_process_that_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Arrow does over some damaged files: the process that fetches lives on."""
    path = write(tmp_path / "a.parquet", ROWS)
    monkeypatch.setattr(columnar, "_read", abort_over)
    with pytest.raises(SourceError, match=r"cannot be read: .*a\.parquet: it ends the process"):
        ask(path, languages="khm")


@pytest.mark.parametrize("byte", [0x00, 0x55, 0xFF])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_damaged_index_is_told(tmp_path: Path, byte: int, share: float) -> None:
    data = bytearray(write(tmp_path / "a.parquet", ROWS).read_bytes())
    length = int.from_bytes(data[-8:-4], "little")
    start = len(data) - 8 - length + int(length * share)
    data[start : start + 20] = bytes([byte] * 20)
    (tmp_path / "a.parquet").write_bytes(data)
    with pytest.raises(SourceError, match="the columnar index cannot be read"):
        ask(tmp_path / "a.parquet", languages="khm")


def sea_index(folder: Path, path: Path) -> Path:
    """The columnar index of a real archive; languages as its URLs tell."""
    rows = []
    for one in sea_rows(folder):
        host = ".".join(reversed(one["urlkey"].partition(")")[0].split(",")))
        languages = "khm" if "/km/" in one["url"] else "eng"
        more = {
            "url": one["url"],
            "fetch_status": int(one["status"]) if one["status"].isdigit() else 0,
            "content_mime_detected": one["mime"],
            "content_digest": one["digest"],
            "warc_filename": one["filename"],
            "warc_record_offset": int(one["offset"]),
            "warc_record_length": int(one["length"]),
        }
        rows.append(row(host, languages, **more))
    return write(path, rows, row_group_size=40)


def test_by_language_from_a_list_of_paths(data_dir: Path, tmp_path: Path) -> None:
    index = sea_index(data_dir / "warc-sea", tmp_path / "part-0.parquet").read_bytes()
    data = (data_dir / "warc-sea" / "sea-dev.warc.gz").read_bytes()
    name = "cc-index/table/subset={}/part-0.parquet"
    paths = "".join(name.format(one) + "\n" for one in ("crawldiagnostics", "robotstxt", "warc"))
    files = {
        "/cc-index-table.paths.gz": gzip.compress(paths.encode()),
        f"/{name.format('warc')}": index,
        "/sea-dev.warc.gz": data,
    }

    def answer(asked: Asked) -> Reply:
        return ranged(files[asked.path], asked) if asked.path in files else Reply(404)

    with Server(answer) as server:
        options = CommonCrawlOptions(
            index=f"{server.url}/cc-index-table.paths.gz",
            languages="khm",
            data_url=server.url,
            delay=0,
        )
        connector = CommonCrawlConnector(options, tmp_path, tmp_path / "store")
        lines: list[str] = []
        connector.fetch(FetchContext(AGENT, lines.append))
    assert lines[0] == "file 1 of 1 of the columnar index"
    found = [
        record
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
    ]
    assert found
    assert all("/km/" in str(one.url) for one in found)
    assert any("\u1780" in record.content.decode("utf-8", "replace") for record in found)


def test_a_list_of_paths_that_is_html(tmp_path: Path) -> None:
    with Server(lambda asked: Reply(200, b"<html></html>")) as server:
        place = f"{server.url}/cc-index-table.paths.gz"
        options = CommonCrawlOptions(index=place, tld="kh", delay=0, data_url=server.url)
        connector = CommonCrawlConnector(options, tmp_path, tmp_path / "store")
        with pytest.raises(SourceError, match="not a list of paths"):
            connector.fetch(FetchContext(AGENT, lambda line: None))


def test_a_local_index_that_changed_is_read_again(data_dir: Path, tmp_path: Path) -> None:
    data = (data_dir / "warc-sea" / "sea-dev.warc.gz").read_bytes()
    sea_index(data_dir / "warc-sea", tmp_path / "a.parquet")
    with Server(serve(data)) as server:
        options = CommonCrawlOptions(index="*.parquet", tld="io", data_url=server.url, delay=0)
        connector = CommonCrawlConnector(options, tmp_path, tmp_path / "store")
        connector.fetch(FetchContext(AGENT, lambda line: None))
        before = (tmp_path / "store" / "captures.jsonl").read_bytes()
        write(tmp_path / "a.parquet", pq.read_table(tmp_path / "a.parquet").slice(70).to_pylist())
        connector.fetch(FetchContext(AGENT, lambda line: None))
    after = (tmp_path / "store" / "captures.jsonl").read_bytes()
    assert 0 < len(after) < len(before)
