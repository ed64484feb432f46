"""One record after the other into a file: what is believed, what is lost, what is torn."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from connectors.archives import record
from connectors.commoncrawl.servers import Asked, Reply, Server, ranged

from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl import parts
from corpuskit.connectors.commoncrawl.captures import CaptureRange
from corpuskit.connectors.commoncrawl.listing import ListingStore, LostCapture, read_lost
from corpuskit.connectors.commoncrawl.parts import MAX_RECORD, CaptureFetcher, parts_of
from corpuskit.connectors.commoncrawl.polite import polite_session
from corpuskit.connectors.fetching.policy import TRIES
from corpuskit.errors import SourceError

AGENT = Agent("Corpus Laboratory", "corpus@example.org")


def capture(offset: int, length: int, filename: str = "a.warc.gz") -> CaptureRange:
    return CaptureRange("http://a.kh/", "20260101000000", "200", "text/html", "", "", "", filename,
                   offset, length)  # fmt: skip


def members(count: int) -> tuple[bytes, list[CaptureRange]]:
    """An archive and its captures."""
    data, captures = b"", []
    for number in range(count):
        member = gzip.compress(record(number), mtime=0)
        captures.append(capture(len(data), len(member)))
        data += member
    return data, captures


def fetch(
    server: Server, folder: Path, captures: list[CaptureRange]
) -> tuple[bytes, list[LostCapture]]:
    fetcher = CaptureFetcher(polite_session(AGENT, 0), server.url, lambda count: None)
    (part,) = parts_of(ListingStore(folder), captures)
    fetcher.fetch(part)
    assert part.done
    assert not part.path(".journal").exists()
    return part.path(".warc.gz").read_bytes(), list(read_lost(part.path(".lost.jsonl")))


def test_records_are_the_bytes_of_the_archive(tmp_path: Path) -> None:
    data, captures = members(5)
    with Server(lambda asked: ranged(data, asked)) as server:
        assert fetch(server, tmp_path, captures) == (data, [])
        assert [request.headers["range"] for request in server.asked] == [
            f"bytes={one.offset}-{one.offset + one.length - 1}" for one in captures
        ]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        (lambda data: data[:40] + b"\0" + data[41:], "no WARC record"),
        (lambda data: gzip.compress(b"<html>Slow down</html>" + bytes(9)), None),
        (lambda data: b"x" * len(data), "no WARC record"),
        (lambda data: data[:-5] + b"\0" * 5, "no WARC record"),
        (lambda data: data[:-1], "bytes"),
    ],
)
def test_what_is_no_record_is_lost(tmp_path: Path, change, detail: str | None) -> None:
    data, captures = members(1)
    made = change(data)
    captures = [capture(0, len(data) if detail else len(made))]
    with Server(lambda asked: ranged(made, asked)) as server:
        kept, (lost,) = fetch(server, tmp_path, captures)
    assert kept == b""
    assert lost.reason == "read/not_fetched"
    assert (detail or "no WARC record") in lost.detail


def test_records_that_are_too_large_are_not_asked_for(tmp_path: Path) -> None:
    with Server(lambda asked: Reply(500)) as server:
        _, (lost,) = fetch(server, tmp_path, [capture(0, MAX_RECORD + 1)])
        assert server.asked == []
    assert lost.reason == "read/too_large"


def test_a_storm_that_ends_costs_nothing(tmp_path: Path) -> None:
    data, captures = members(3)
    span = {"Content-Range": f"bytes 0-{captures[0].length - 1}/{len(data)}"}
    torn = Reply(206, data[: captures[0].length], span, cut=True)
    storm = [Reply(503), Reply(500), torn, Reply(429), Reply(502)]

    def answer(asked: Asked) -> Reply:
        return storm.pop() if storm else ranged(data, asked)

    with Server(answer) as server:
        assert fetch(server, tmp_path, captures) == (data, [])


def test_a_storm_that_does_not_end_ends_the_run(tmp_path: Path) -> None:
    data, captures = members(5)
    storm = [True]

    def answer(asked: Asked) -> Reply:
        first = asked.headers["range"].startswith("bytes=0-")
        return Reply(503) if storm and not first else ranged(data, asked)

    with Server(answer) as server:
        with pytest.raises(SourceError, match=r"3 records in a row .*HTTP 503"):
            fetch(server, tmp_path, captures)
        assert len(server.asked) == 1 + 3 * TRIES
        storm.clear()
        server.asked.clear()
        assert fetch(server, tmp_path, captures) == (data, [])
        assert len(server.asked) == 4  # the first one was kept


def test_one_record_that_always_fails_is_lost_alone(tmp_path: Path) -> None:
    data, captures = members(4)

    def answer(asked: Asked) -> Reply:
        second = asked.headers["range"].startswith(f"bytes={captures[1].offset}-")
        return Reply(503) if second else ranged(data, asked)

    with Server(answer) as server:
        kept, (lost,) = fetch(server, tmp_path, captures)
    assert kept == data[: captures[1].offset] + data[captures[2].offset :]
    assert (lost.ref, lost.detail) == (captures[1].ref, "HTTP 503")


@pytest.mark.parametrize(
    "tear",
    [
        lambda text: text + '{"end": 9',
        lambda text: text[:-2],
        lambda text: text + "\0" * 40 + "\n",
        lambda text: text + '{"end": 999999999, "lost": null}\n',
        lambda text: text + "7\n",
        lambda text: "",
    ],
)
def test_a_torn_journal_is_believed_as_far_as_it_goes(tmp_path: Path, tear) -> None:
    data, captures = members(6)
    left = [4]

    def answer(asked: Asked) -> Reply:
        left[0] -= 1
        return ranged(data, asked) if left[0] >= 0 else Reply(403)

    with Server(answer) as server:
        with pytest.raises(SourceError, match="in a row"):
            fetch(server, tmp_path, captures + captures)
        (journal,) = (tmp_path / "warc").glob("*.journal")
        entries = [json.loads(line) for line in journal.read_text().splitlines()]
        assert [entry["lost"] for entry in entries] == [None] * 4
        journal.write_text(tear(journal.read_text()))
        left[0] = 100
        kept, lost = fetch(server, tmp_path, captures + captures)
    assert (kept, lost) == (data + data, [])


def test_parts_are_named_by_what_they_hold(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(parts, "PART_RECORDS", 2)
    _, captures = members(5)
    names = [one.name for one in parts_of(ListingStore(tmp_path), captures)]
    more = [one.name for one in parts_of(ListingStore(tmp_path), [*captures, capture(9, 9)])]
    assert [name[:6] for name in names] == ["00000-", "00001-", "00002-"]
    assert names[:2] == more[:2]
    assert names[2] != more[2]
