"""Pauses, backing off, and limits."""

from __future__ import annotations

import gzip
import time
from email.utils import formatdate
from itertools import pairwise

import pytest
from connectors.commoncrawl.servers import Reply, Server
from connectors.file_server import serving

from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl import polite
from corpuskit.connectors.commoncrawl.polite import Polite
from corpuskit.errors import SourceError

AGENT = Agent("Corpus Laboratory", "corpus@example.org")


def test_requests_are_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[float] = []

    def answer(asked: object) -> Reply:
        times.append(time.monotonic())
        return Reply()

    with Server(answer) as server:
        client = Polite(AGENT, 0.1)
        for _ in range(4):
            client.get(server.url)
    assert all(after - before >= 0.1 for before, after in pairwise(times))


def waits(reply: Reply, delay: float = 1.0) -> list[float]:
    """How long a client pauses between its attempts."""
    slept: list[float] = []
    with Server(lambda asked: reply) as server:
        Polite(AGENT, delay, slept.append).get(server.url)
    return slept[1::2]  # before each request it sees to the distance, too


def test_pauses_double() -> None:
    assert waits(Reply(503)) == [2, 4, 8, 16, 32, 64]


def test_retry_after_is_obeyed() -> None:
    assert waits(Reply(429, headers={"Retry-After": "7"})) == [7, 7, 8, 16, 32, 64]
    date = formatdate(time.time() + 100, usegmt=True)
    assert all(90 < one <= 101 for one in waits(Reply(503, headers={"Retry-After": date})))
    assert waits(Reply(503, headers={"Retry-After": "soon"}))[0] == 2


def test_a_long_retry_after_ends_the_run() -> None:
    with pytest.raises(SourceError, match=r"HTTP 503, come back in 86400 s"):
        waits(Reply(503, headers={"Retry-After": "86400"}))


@pytest.mark.parametrize("status", [200, 206, 301, 400, 401, 403, 404, 410, 416])
def test_other_answers_are_final(status: int) -> None:
    with Server(lambda asked: Reply(status)) as server:
        assert Polite(AGENT, 0).get(server.url).status == status
        assert len(server.asked) == 1


def test_a_server_that_is_not_there() -> None:
    with Server(lambda asked: Reply()) as server:
        url = server.url
    answer = Polite(AGENT, 0).get(url)
    assert answer.status is None
    assert "ConnectionError" in answer.fault


def test_a_bomb_is_not_inflated() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    reply = Reply(200, bomb, {"Content-Encoding": "gzip"})
    with Server(lambda asked: reply) as server:
        answer = Polite(AGENT, 0).get(server.url, limit=1_000_000)
        assert answer.status is None
        assert "more than 1000000 bytes" in answer.problem
        assert len(server.asked) == 1


def test_bodies_not_asked_for_are_not_read() -> None:
    with Server(lambda asked: Reply(200, bytes(1000))) as server:
        assert Polite(AGENT, 0).get(server.url, read=(206,)).body == b""


def test_a_slow_drip_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polite, "DEADLINE", 0.1)
    with serving(data=bytes(1000)) as served:
        served.drip["/data"] = 0.01
        answer = Polite(AGENT, 0, lambda _: None).get(served.url("/data"))
    assert "not whole after 0.1 s" in answer.fault
