"""Requests have an end, whatever a server drips; connections stay good after answers in time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests
from connectors.file_server import serving

from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching import session as http
from corpuskit.connectors.fetching.deadline import GuardedAdapter
from corpuskit.connectors.fetching.errors import FetchError, HttpError
from corpuskit.connectors.fetching.pinned import PinnedClient
from corpuskit.connectors.fetching.session import Session

AGENT = Agent("corpuskit tests", "corpus@example.org")
RECORD = b"\x16\x03\x03\x40\x00" + bytes(1_000)
"""The beginning of a TLS record of 16 KB."""


@contextmanager
def dripping_tls() -> Iterator[int]:
    """The port of a server whose handshake never ends: fifty bytes a second."""
    ended = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            for byte in RECORD:
                if ended.wait(0.02):
                    return
                connection.sendall(bytes((byte,)))

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=drip, args=(server.accept()[0],)).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_handshake_that_never_ends_meets_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "DEADLINE", 0.3)
    began = time.monotonic()
    with dripping_tls() as port:
        url = f"https://127.0.0.1:{port}/"
        with pytest.raises(HttpError, match=r"no whole answer within 0\.3 s"):
            Session(AGENT, tries=1).get(url)
        with pytest.raises(FetchError) as lost:
            PinnedClient(AGENT, allow_private=["127.0.0.1"], deadline=0.3).get(url, lambda *_: True)
    assert lost.value.code == "read/timed_out"
    assert time.monotonic() - began < 10  # dripping alone would take 20 s each


GZIP_OF_A_NAMED_FILE = b"\x1f\x8b\x08\x08" + bytes(6)
"""The header of a gzip member (RFC 1952, section 2.3.1) up to the name, which ends with a zero."""


def test_a_gzip_header_that_never_ends_meets_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is decoded of such a body, and a decoder reads on until it has something."""
    monkeypatch.setattr(http, "DEADLINE", 0.3)
    with serving(data=GZIP_OF_A_NAMED_FILE + b"n" * 1_000) as served:
        served.drip["/data"] = 0.02
        served.headers["/data"] = {"Content-Encoding": "gzip"}
        began = time.monotonic()
        with pytest.raises(HttpError, match=r"no whole answer within 0\.3 s"):
            Session(AGENT, tries=1).get(served.url("/data"))
    assert time.monotonic() - began < 10  # dripping alone would take 20 s


def test_a_connection_is_kept_for_what_is_asked_next() -> None:
    adapter = GuardedAdapter()
    with serving(data=b"x" * 1000) as served, requests.Session() as session:
        adapter.mount(session)
        ports = set()
        for _ in range(3):
            with adapter.within(5), session.get(served.url("/data"), stream=True) as response:
                ports.add(response.raw.connection.sock.getsockname()[1])
                assert response.content == b"x" * 1000
    assert len(ports) == 1


def test_other_errors_stay_what_they_are() -> None:
    adapter = GuardedAdapter()
    with requests.Session() as session:
        adapter.mount(session)
        with pytest.raises(requests.ConnectionError), adapter.within(5):
            session.get("http://127.0.0.1:9/")
