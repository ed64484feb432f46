"""One policy for every client: the same patience, the same limits, the same refusals."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from itertools import pairwise

import pytest
import requests
from connectors.file_server import Served, serving

from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl.polite import Polite
from corpuskit.connectors.http import HttpError, Session
from corpuskit.connectors.http_policy import BUSY, LONGEST_RETRY_AFTER, TRIES, wait_before, whole

AGENT = Agent("corpuskit tests", "corpus@example.org")


def by_session(served: Served) -> int | None:
    try:
        return Session(AGENT, pause=lambda _: None).get(served.url("/data")).status
    except HttpError as error:
        return error.status


def by_polite(served: Served) -> int | None:
    return Polite(AGENT, 0, lambda _: None).get(served.url("/data")).status


@pytest.fixture(params=[by_session, by_polite])
def ask(request: pytest.FixtureRequest) -> Callable[[Served], int | None]:
    return request.param


@pytest.mark.parametrize("status", sorted(BUSY))
def test_busy_servers_are_asked_seven_times(
    ask: Callable[[Served], int | None], status: int
) -> None:
    with serving(data=b"x") as served:
        served.faults["/data"] = [(status, {})] * 99
        assert ask(served) == status
        assert len(served.requests) == TRIES == 7
        served.faults["/data"] = [(status, {})] * 6
        assert ask(served) == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_no_is_heard_once(ask: Callable[[Served], int | None], status: int) -> None:
    with serving(data=b"x") as served:
        served.faults["/data"] = [(status, {})] * 2
        assert ask(served) == status
        assert len(served.requests) == 1


def test_every_client_says_who_asks_in_the_same_words() -> None:
    with serving(data=b"x") as served:
        by_session(served)
        by_polite(served)
        agents = [headers["user-agent"] for _, headers in served.requests]
    assert agents[0] == agents[1]
    assert agents[0].endswith("(+corpus@example.org; corpuskit tests)")


@pytest.mark.parametrize("coded", [False, True])
def test_a_dripping_server_does_not_set_the_deadline(coded: bool) -> None:
    with serving(data=gzip.compress(bytes(500)) * 30) as served:
        served.drip["/data"] = 0.01
        served.headers["/data"] = {"Content-Encoding": "gzip"} if coded else {}
        with (
            requests.get(served.url("/data"), stream=True, timeout=5) as response,
            pytest.raises(requests.Timeout, match="not whole after"),
        ):
            whole(response, 1_000_000, deadline=0.1)
    assert served.sent == 0  # the connection was closed before the end


def test_pauses_double_and_end() -> None:
    waits = [wait_before(failures) or 0 for failures in range(1, 12)]
    assert waits[:TRIES] == [1, 2, 4, 8, 16, 32, 64]
    assert max(waits) == 64
    assert [wait_before(failures, unit=2.0) for failures in (1, 2, 3)] == [2, 4, 8]
    assert all(before <= after for before, after in pairwise(waits))


def test_retry_after_is_a_floor_and_has_a_ceiling() -> None:
    assert wait_before(1, 30.0) == 30
    assert wait_before(6, 3.0) == 32
    assert wait_before(1, LONGEST_RETRY_AFTER) == LONGEST_RETRY_AFTER
    assert wait_before(1, LONGEST_RETRY_AFTER + 1) is None
