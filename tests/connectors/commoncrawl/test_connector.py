"""The connector as a whole: listing, fetching, resuming, reading, building."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import CRAWL, Archive, Asked, Reply, Server, archive, message

import corpuskit as ck
from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.commoncrawl import listing, parts
from corpuskit.connectors.commoncrawl.connector import CommonCrawlConnector
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

AGENT = Agent("Corpus Laboratory", "corpus@example.org")


@pytest.fixture(scope="module")
def sea(data_dir: Path) -> Path:
    return data_dir / "warc-sea"


def made(server: Server, store: Path, **options) -> CommonCrawlConnector:
    base = {"crawl": CRAWL, "index_url": server.url, "data_url": server.url, "delay": 0}
    return CommonCrawlConnector(CommonCrawlOptions(**(base | options)), Path(), store)


def fetched(connector: CommonCrawlConnector) -> list[str]:
    lines: list[str] = []
    connector.fetch(FetchContext(AGENT, lines.append))
    return lines


def records(connector: CommonCrawlConnector) -> list[RawRecord]:
    return [
        one
        for item in connector.inputs()
        for piece in connector.scan(item)
        for one in connector.read(item, piece)
    ]


def digests(store: Path) -> dict[str, str]:
    return {
        str(path.relative_to(store)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }


def original(sea: Path) -> dict[str, RawRecord]:
    warc = WarcConnector(WarcOptions(path=str(sea / "sea-dev.warc.gz")), Path())
    (item,) = warc.inputs()
    return {r.source_ref: r for piece in warc.scan(item) for r in warc.read(item, piece)}


def test_records_are_those_of_the_archive(sea: Path, tmp_path: Path) -> None:
    with archive(sea) as server:
        connector = made(server, tmp_path, tld=["io", "org", "example"], one_per_digest=False)
        lines = fetched(connector)
    got, there = records(connector), original(sea)
    rows = Archive(sea).rows
    wanted = [row for row in rows if row["status"] == "200" and "html" in row["mime"]]
    assert len(got) == len(wanted) > 80
    assert [one.url for one in got] == [row["url"] for t in ("io", "org", "example") for row in
                                        wanted if row["urlkey"].startswith(t)]  # fmt: skip
    for one in got:
        assert (one.content, one.reason) == (
            there[one.source_ref].content,
            there[one.source_ref].reason,
        )
    assert any("captures" in line for line in lines)
    assert lines[-1].startswith(f"{len(got)} of {len(got)} records")


def test_asks_serially_with_the_operators_contact(sea: Path, tmp_path: Path) -> None:
    with archive(sea) as server:
        fetched(made(server, tmp_path, tld="io"))
        assert server.paths[:2] == ["/collinfo.json", f"/{CRAWL}-index"]
        for one in server.asked:
            assert one.headers["user-agent"].startswith("corpuskit/")
            assert "Corpus Laboratory" in one.headers["user-agent"]
            assert "corpus@example.org" in one.headers["user-agent"]
        assert server.asked[1].query["url"] == "*.io"
        assert [request.query.get("page") for request in server.asked[1:5]] == [None, "0", "1", "2"]


def test_when_all_is_there_nothing_is_asked(sea: Path, tmp_path: Path) -> None:
    with archive(sea) as server:
        connector = made(server, tmp_path, tld="org")
        fetched(connector)
        before, asked = digests(tmp_path), len(server.asked)
        fetched(connector)
        assert len(server.asked) == asked
    assert digests(tmp_path) == before


def test_at_most_so_many_and_then_more(
    sea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_RECORDS", 4)
    with archive(sea) as server:
        fetched(made(server, tmp_path, tld="org", max_records=8))
        pages = [request for request in server.asked if "page" in request.query]
        assert len(pages) == 1  # the others would hold nothing that is needed
        asked = len(server.asked)
        more = made(server, tmp_path, tld="org", max_records=12)
        fetched(more)
        assert len(server.asked) - asked <= 1 + 4  # a page of the index, four records
    assert len(records(more)) == 12


def test_a_store_of_another_format_is_listed_anew(
    sea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records that are there serve as they are."""
    with archive(sea) as server:
        connector = made(server, tmp_path, tld="org")
        fetched(connector)
        before, asked = digests(tmp_path), len(server.asked)
        monkeypatch.setattr(listing, "FORMAT", listing.FORMAT + 1)
        fetched(connector)
        assert {request.path for request in server.asked[asked:]} == {f"/{CRAWL}-index"}
    assert (
        digests(tmp_path).items()
        >= {name: digest for name, digest in before.items() if name.startswith("warc/")}.items()
    )


def test_no_content_twice(sea: Path, tmp_path: Path) -> None:
    def twice(made: Archive, asked: Asked) -> Reply | None:
        made.rows = [row | {"digest": "SAME"} for row in made.rows]
        return None

    with archive(sea, twice) as server:
        connector = made(server, tmp_path, tld="org")
        fetched(connector)
        assert len(records(connector)) == 1


def test_no_captures_is_said(sea: Path, tmp_path: Path) -> None:
    with archive(sea) as server, pytest.raises(SourceError, match=r"\*\.kh.*there are none"):
        fetched(made(server, tmp_path, tld="kh"))


def test_an_unknown_crawl_is_refused(sea: Path, tmp_path: Path) -> None:
    with (
        archive(sea) as server,
        pytest.raises(SourceError, match=r"no crawl 'CC-MAIN-1999-01'; its newest are CC-MAIN-2"),
    ):
        fetched(made(server, tmp_path, tld="io", crawl=["CC-MAIN-1999-01"]))


def test_records_that_cannot_be_had_are_reasons(sea: Path, tmp_path: Path) -> None:
    bad: list[str] = []

    def failing(made: Archive, asked: Asked) -> Reply | None:
        if "range" not in asked.headers:
            return None
        bad.append(asked.headers["range"])
        return {
            2: Reply(403),
            3: Reply(404, b"<html>"),
            4: Reply(206, b"<html>never a record</html>", {"Content-Range": "bytes 0-25/26"}),
            6: Reply(416),
        }.get(len(bad))

    with archive(sea, failing) as server:
        connector = made(server, tmp_path, tld="org")
        fetched(connector)
        assert len(bad) == len(set(bad))  # none of these is worth asking again
    lost = [record for record in records(connector) if record.reason == "read/not_fetched"]
    assert [record.detail for record in lost[:2]] == ["HTTP 403", "HTTP 404"]
    assert "another range" in lost[2].detail
    assert lost[3].detail == "HTTP 416"
    assert len(lost) == 4
    assert all(
        record.url and record.source_ref.startswith("commoncrawl:sea-dev") for record in lost
    )
    assert connector.inputs()[-1].name == "not-fetched.jsonl"


def test_a_server_that_forbids_everything_ends_the_run(sea: Path, tmp_path: Path) -> None:
    forbidden = [True]

    def failing(made: Archive, asked: Asked) -> Reply | None:
        return Reply(403) if "range" in asked.headers and forbidden[0] else None

    with archive(sea, failing) as server:
        connector = made(server, tmp_path, tld="org")
        with pytest.raises(SourceError, match=r"3 records in a row .*HTTP 403"):
            fetched(connector)
        assert sum("range" in request.headers for request in server.asked) == 3
        with pytest.raises(SourceError, match="not all here"):
            connector.inputs()
        forbidden[0] = False
        fetched(connector)
    assert not [record for record in records(connector) if record.reason == "read/not_fetched"]


def test_a_server_that_sends_whole_files_is_refused(sea: Path, tmp_path: Path) -> None:
    def whole(made: Archive, asked: Asked) -> Reply | None:
        return Reply(200, made.data) if "range" in asked.headers else None

    with archive(sea, whole) as server, pytest.raises(SourceError, match="whole files"):
        fetched(made(server, tmp_path, tld="org"))


def test_truncated_captures_are_counted_and_not_asked_for(sea: Path, tmp_path: Path) -> None:
    def cut(made: Archive, asked: Asked) -> Reply | None:
        made.rows[-1]["truncated"] = "length"
        return None

    with archive(sea, cut) as server:
        connector = made(server, tmp_path, tld="org")
        fetched(connector)
    (lost,) = [
        record for record in records(connector) if record.source_ref.startswith("commoncrawl:")
    ]
    assert (lost.reason, lost.detail) == ("read/truncated", "the index says: length")


KILLED = """
import sys
from pathlib import Path
from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.commoncrawl.connector import CommonCrawlConnector
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
options = CommonCrawlOptions(crawl=sys.argv[1], index_url=sys.argv[2], data_url=sys.argv[2],
                             tld=["example", "org"], delay=0)
context = FetchContext(Agent("a", "b@c.org"), print)
CommonCrawlConnector(options, Path(), Path(sys.argv[3])).fetch(context)
"""


def kill_when(server: Server, store: Path, reached: Callable[[], bool]) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, CRAWL, server.url, str(store)], stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while child.poll() is None and not reached() and time.monotonic() < deadline:
        time.sleep(0.002)
    assert child.poll() is None
    child.kill()
    child.wait()


def test_killed_at_any_moment_it_goes_on(sea: Path, tmp_path: Path) -> None:
    def slow(made: Archive, asked: Asked) -> Reply | None:
        time.sleep(0.01)
        return None

    with archive(sea, slow) as server:
        whole = made(server, tmp_path / "whole", tld=["example", "org"])
        fetched(whole)
        needed = len(server.asked)
        server.asked.clear()
        store = tmp_path / "killed"
        for stop in (3, 12, 30, 45, 60):
            kill_when(server, store, lambda stop=stop: len(server.asked) >= stop)
        torn = made(server, store, tld=["example", "org"])
        (journal,) = (store / "warc").glob("*.journal")
        with journal.open("a") as file:  # a line and a record that were cut in the middle
            file.write('{"end": 12')
        with journal.with_suffix(".partial").open("ab") as file:
            file.write(b"\x1f\x8b\x08")
        fetched(torn)
        # a kill costs one request at most: the one under way
        assert len(server.asked) <= needed + 5
    assert digests(store) == digests(tmp_path / "whole")
    refs = [record.source_ref for record in records(torn)]
    assert len(refs) == len(set(refs))


def test_interrupted_it_ends_at_once(sea: Path, tmp_path: Path) -> None:
    def slow(made: Archive, asked: Asked) -> Reply | None:
        time.sleep(2.0 if "range" in asked.headers else 0.0)
        return None

    with archive(sea, slow) as server:
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, CRAWL, server.url, str(tmp_path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while not any("range" in request.headers for request in server.asked):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        child.send_signal(signal.SIGINT)
        since = time.monotonic()
        assert child.wait(30) != 0
        assert time.monotonic() - since < 5


def test_a_whole_build(sea: Path, tmp_path: Path) -> None:
    def some(made: Archive, asked: Asked) -> Reply | None:
        lost = len(server.asked) == 20
        return message(404, "gone") if lost and "range" in asked.headers else None

    with archive(sea, some) as server:
        recipe = tmp_path / "recipe.toml"
        recipe.write_text(
            f"""
name = "test"
languages = ["khm_Khmr", "ind_Latn"]
operator = {{ name = "corpuskit tests", contact = "corpus@example.org" }}
[[source]]
name = "cc"
connector = "commoncrawl"
crawl = "{CRAWL}"
tld = ["io", "org", "example"]
delay = 0.0
index_url = "{server.url}"
data_url = "{server.url}"
license = "NOASSERTION"
"""
        )
        build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=2)
    assert build.manifest["documents"] >= 5
    assert build.ledger.reasons["read/not_fetched"] == 1
    assert ck.verify(build) == []
    rows = build.dataset.to_table().to_pylist()
    assert {row["source_type"] for row in rows} == {"commoncrawl"}
    assert all(row["warc"]["file"].startswith("warc/00000-") for row in rows)
    assert all(row["source_ref"].startswith("warc:<urn:uuid:") for row in rows)
    again = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)  # the server is gone
    assert again.manifest == build.manifest
