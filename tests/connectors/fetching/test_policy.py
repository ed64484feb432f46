"""One policy for every client: the same patience, the same limits, the same refusals."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from connectors.file_server import Served, serving

from corpuskit.about import version
from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching import session as http
from corpuskit.connectors.fetching.errors import HttpError
from corpuskit.connectors.fetching.pinned import PinnedClient
from corpuskit.connectors.fetching.policy import (
    BUSY,
    LONGEST_RETRY_AFTER,
    TRIES,
    user_agent,
    wait_before,
)
from corpuskit.connectors.fetching.session import Session
from corpuskit.errors import SourceError

AGENT = Agent("corpuskit tests", "corpus@example.org")


def by_session(served: Served) -> int | None:
    try:
        return Session(AGENT, pause=lambda _: None).get(served.url("/data")).status
    except HttpError as error:
        return error.status


@pytest.mark.parametrize("status", sorted(BUSY))
def test_busy_servers_are_asked_seven_times(status: int) -> None:
    with serving(data=b"x") as served:
        served.faults["/data"] = [(status, {})] * 99
        assert by_session(served) == status
        assert len(served.requests) == TRIES == 7
        served.faults["/data"] = [(status, {})] * 6
        assert by_session(served) == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_no_is_heard_once(status: int) -> None:
    with serving(data=b"x") as served:
        served.faults["/data"] = [(status, {})] * 2
        assert by_session(served) == status
        assert len(served.requests) == 1


def test_every_client_says_who_asks_in_the_same_words() -> None:
    with serving(data=b"x") as served:
        by_session(served)
        PinnedClient(AGENT, allow_private=["127.0.0.1"]).get(served.url("/data"), lambda *_: True)
        agents = [headers["user-agent"] for _, headers in served.requests]
    assert agents == [f"corpuskit/{version()} (+corpus@example.org; corpuskit tests)"] * 2


@pytest.mark.parametrize("nobody", [Agent("somebody", " "), Agent("", "me@example.org")])
@pytest.mark.parametrize("client", [Session, PinnedClient])
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
def test_headers_that_never_end_meet_the_deadline(
    kept_alive: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At that pace the headers of one answer would take twenty seconds, of all tries minutes."""
    monkeypatch.setattr(http, "DEADLINE", 0.2)
    with serving(data=b"x") as served:
        served.drip_head["/drip"] = 0.02
        session = Session(AGENT, tries=2, pause=_at_once)
        began = time.monotonic()
        if kept_alive:
            session.get(served.url("/data"))
        given_up = r"given up after 2 tries \(no whole answer within 0\.2 s"
        with pytest.raises(HttpError, match=given_up):
            session.get(served.url("/drip"))
    assert time.monotonic() - began < 15


def _at_once(_: float) -> None:
    pass


def test_without_an_operator_the_product_alone_is_named() -> None:
    assert user_agent(None) == f"corpuskit/{version()}"


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
