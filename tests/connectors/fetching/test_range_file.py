"""A remote file read like a local one: the same bytes, and few requests."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from connectors.file_server import Served, serving

from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching.errors import HttpError
from corpuskit.connectors.fetching.range_file import RangeFile
from corpuskit.connectors.fetching.session import Session

DATA = random.Random(5).randbytes(300_000)


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(data=DATA) as server:
        yield server


def opened(served: Served, tail: int = 1_000) -> RangeFile:
    session = Session(Agent("corpuskit tests", "corpus@example.org"), pause=lambda _: None)
    return RangeFile(session, served.url("/data"), tail)


def test_any_order_of_reads_gives_the_bytes(served: Served) -> None:
    file, chance = opened(served), random.Random(1)
    assert file.size == len(DATA)
    for _ in range(50):
        start, size = chance.randrange(len(DATA)), chance.randrange(2_000)
        file.seek(start)
        assert file.read(size) == DATA[start : start + size]
        assert file.tell() == min(len(DATA), start + size)
    assert file.seek(-5, 2) == len(DATA) - 5
    assert file.read() == DATA[-5:]
    assert file.read(1) == b""


def test_a_read_is_a_request_and_the_tail_is_none(served: Served) -> None:
    file = opened(served)
    file.seek(-1_000, 2)
    assert file.read(400) + file.read(600) == DATA[-1_000:]
    assert len(served.requests) == 1
    file.seek(0)
    file.read(100)
    file.seek(50_000)
    assert len(served.requests) == 2
    assert served.sent == 1_100


def test_a_file_that_changes_under_way_is_an_error(served: Served) -> None:
    file = opened(served)
    served.files["/data"] = bytes(len(DATA))
    with pytest.raises(HttpError, match="another version"):
        file.read(10)


def test_a_small_file_is_all_tail(served: Served) -> None:
    file = opened(served, tail=1 << 20)
    assert file.read() == DATA
    assert len(served.requests) == 1
