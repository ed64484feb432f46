"""A hard deadline for a request, slowly sent headers included.

Time-outs of sockets are between two bytes: a server that keeps dripping bytes never times out. So a
timer cuts the connection, from the TLS handshake on, which ends whatever waits for it.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

MAX_INTERIM = 8
"""Responses with status 1xx that are passed over; servers send one or two."""


class FinalResponse(http.client.HTTPResponse):
    """A response without the interim ones before it (103 Early Hints, RFC 8297), of which
    `http.client` itself passes over 100 alone."""

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MAX_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]  # untyped
            if not http.client.CONTINUE < status < http.client.OK or status == _SWITCHING:
                break
            http.client.parse_headers(self.fp)
        return version, status, reason


_SWITCHING = http.client.SWITCHING_PROTOCOLS


class Guard:
    """Cuts the connections of one request when its time is over."""

    def __init__(self) -> None:
        self.expired = False
        self.is_cut = False
        self._sockets: list[socket.socket] = []
        self._timer: threading.Timer | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Expire if the block takes longer."""
        self._timer = threading.Timer(seconds, self.expire)
        self._timer.daemon = True
        self._timer.start()
        try:
            yield
        finally:
            self._timer.cancel()

    def disarm(self) -> None:
        """Let the rest of the block take its time."""
        if self._timer is not None:
            self._timer.cancel()

    def add(self, sock: socket.socket) -> None:
        """A connection that is waited for from now on. What is cut is a descriptor of our own: it
        stays when TLS takes the socket over, and does not speak to the other side first."""
        self._sockets.append(socket.socket(fileno=os.dup(sock.fileno())))
        if self.is_cut:
            self.cut()

    def expire(self) -> None:
        """The time is over."""
        self.expired = True
        self.cut()

    def cut(self) -> None:
        """End what is waited for."""
        self.is_cut = True
        for sock in self._sockets:
            with suppress(OSError):  # it has ended by itself
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connections."""
        for sock in self._sockets:
            sock.close()


def watched(kind: type[Any], guard: Callable[[], Guard]) -> type[Any]:
    """A class of connections, of urllib3, that tell the guard of the moment when they begin and
    when an answer is waited for."""

    class Watched(kind):  # type: ignore[misc]  # the class is chosen at run time
        response_class = FinalResponse

        def _new_conn(self) -> socket.socket:
            sock: socket.socket = super()._new_conn()
            guard().add(sock)
            return sock

        def getresponse(self) -> Any:
            guard().add(self.sock)
            return super().getresponse()

    Watched.__name__ = kind.__name__  # messages of urllib3 name it
    return Watched


class GuardedAdapter(HTTPAdapter):
    """The connections of a session that asks one thing at a time; those kept alive included."""

    def __init__(self) -> None:
        self._guard = Guard()
        super().__init__()

    def mount(self, session: requests.Session) -> None:
        """Carry all that a session asks."""
        session.mount("http://", self)
        session.mount("https://", self)

    @contextmanager
    def within(self, seconds: float) -> Iterator[Guard]:
        """ReadTimeout if the block, in which an answer is asked for and read, takes longer.

        Decoders are no end to a body: urllib3 reads on until they give something, which a gzip
        header without an end never does.
        """
        guard = self._guard = Guard()
        late = requests.exceptions.ReadTimeout(f"no whole answer within {seconds:g} s")
        try:
            with guard.within(seconds):
                yield guard
            if guard.expired:  # a connection cut by us looks like one that ended
                raise late
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if not guard.expired:
                raise
            raise late from error
        finally:
            guard.close()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """As requests calls it."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools()

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        """As requests calls it."""
        manager = super().proxy_manager_for(*arguments, **options)
        manager.pool_classes_by_scheme = self._pools()
        return manager

    def _pools(self) -> dict[str, type[Any]]:
        return {
            "http": self._watched(urllib3.HTTPConnectionPool),
            "https": self._watched(urllib3.HTTPSConnectionPool),
        }

    def _watched(self, pool: type[Any]) -> type[Any]:
        connection = watched(pool.ConnectionCls, lambda: self._guard)
        return type(pool.__name__, (pool,), {"ConnectionCls": connection})
