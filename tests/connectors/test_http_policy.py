"""One policy for every client: the same patience, the same limits, the same refusals."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from itertools import pairwise
from types import ModuleType

import pytest
import requests
from connectors.file_server import Served, serving

from corpuskit.about import version
from corpuskit.connectors import http
from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl import polite
from corpuskit.connectors.commoncrawl.polite import Polite
from corpuskit.connectors.http import HttpError, Session
from corpuskit.connectors.http_policy import (
    BUSY,
    LONGEST_RETRY_AFTER,
    TRIES,
    user_agent,
    wait_before,
    whole,
)
from corpuskit.connectors.web.client import Client
from corpuskit.errors import SourceError

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
        Client(AGENT, allow_private=["127.0.0.1"]).get(served.url("/data"), lambda *_: True)
        agents = [headers["user-agent"] for _, headers in served.requests]
    assert agents == [f"corpuskit/{version()} (+corpus@example.org; corpuskit tests)"] * 3


@pytest.mark.parametrize("nobody", [Agent("somebody", " "), Agent("", "me@example.org")])
@pytest.mark.parametrize("client", [Session, Client, lambda agent: Polite(agent, 0)])
def test_nothing_is_asked_in_nobody_s_name(
    client: Callable[[Agent], object], nobody: Agent
) -> None:
    with pytest.raises(SourceError, match="in the name of an operator"):
        client(nobody)


def test_a_name_in_any_script_is_a_header() -> None:
    agent = user_agent(Agent("សាកលវិទ្យាល័យ\r\nX-Evil: 1", "https://a.example/?x=1"))
    assert agent.isascii()
    assert "\n" not in agent
    assert "https://a.example/?x=1" in agent


@pytest.mark.parametrize("kept_alive", [False, True])
@pytest.mark.parametrize("module", [http, polite])
def test_headers_that_never_end_meet_the_deadline(
    module: ModuleType, kept_alive: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At that pace the headers of one answer would take twenty seconds, of all tries minutes."""
    monkeypatch.setattr(module, "DEADLINE", 0.2)
    with serving(data=b"x") as served:
        served.drip_head["/drip"] = 0.02
        session, polite_one = Session(AGENT, tries=2, pause=_at_once), Polite(AGENT, 0, _at_once)
        began = time.monotonic()
        if module is http:
            if kept_alive:
                session.get(served.url("/data"))
            with pytest.raises(
                HttpError, match=r"given up after 2 tries \(no answer within 0\.2 s"
            ):
                session.get(served.url("/drip"))
        else:
            if kept_alive:
                polite_one.get(served.url("/data"))
            assert "no answer within 0.2 s" in polite_one.get(served.url("/drip")).fault
    assert time.monotonic() - began < 15


def _at_once(_: float) -> None:
    pass


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
