"""Failed requests are told in words, without the names of classes and objects."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest
from connectors.web.sites import AGENT

from corpuskit.connectors.fetching.causes import cause_of, message_of
from corpuskit.connectors.fetching.errors import FetchError, HttpError
from corpuskit.connectors.fetching.pinned import PinnedClient
from corpuskit.connectors.fetching.session import Session


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def breaking_off() -> Iterator[int]:
    """The port of a server that ends every connection without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def end_all() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.recv(65536)
                connection.close()

        Thread(target=end_all, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def failures_of(url: str) -> tuple[str, str]:
    """How the two clients tell what went wrong."""
    with pytest.raises(HttpError) as of_session:
        Session(AGENT, tries=1).get(url)
    client = PinnedClient(AGENT, allow_private=["127.0.0.1"], deadline=5.0)
    with pytest.raises(FetchError) as of_client:
        client.get(url, lambda status, media: True)
    return str(of_session.value), of_client.value.detail


def test_a_server_that_refuses_connections(closed_port: int) -> None:
    message, detail = failures_of(f"http://127.0.0.1:{closed_port}/x")
    assert f"127.0.0.1:{closed_port}/x: given up after 1 try (the server refuses conn" in message
    assert detail == "the server refuses connections"


def test_a_server_that_breaks_off(breaking_off: int) -> None:
    message, detail = failures_of(f"http://127.0.0.1:{breaking_off}/x")
    assert "the server broke off the connection" in message
    assert detail == "the server broke off the connection"


def test_a_name_that_nothing_has() -> None:
    message, detail = failures_of("http://nothing.invalid/x")
    assert "(the host name cannot be resolved)" in message
    assert "Pool" not in message
    assert detail == "the host name cannot be resolved"


def test_messages_for_people_stay_and_causes_that_are_not_known_are_named() -> None:
    assert message_of(OSError("the disk is full")) == "the disk is full"
    assert message_of(ValueError("<object at 0x7f>")) == "ValueError"
    assert cause_of(ValueError("x")) is None
    loop = OSError("a loop")
    loop.__context__ = KeyError("x")
    loop.__context__.__context__ = loop
    assert cause_of(loop) is None
