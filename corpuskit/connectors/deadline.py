"""An end to requests that take too long, also while a server sends its headers byte by byte.

Time-outs of sockets are between two bytes: who sends one in time for ever is never late. So a timer
cuts the connection, which ends whatever waits for it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter


class Guard:
    """Cuts the connections of one request when its time is over."""

    def __init__(self) -> None:
        self.expired = False
        self.is_cut = False
        self._sockets: list[socket.socket] = []

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Expire if the block takes longer."""
        timer = threading.Timer(seconds, self.expire)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def add(self, sock: socket.socket) -> None:
        """A connection that is waited for from now on."""
        self._sockets.append(sock)
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
            with suppress(OSError):
                # A TLS socket's own shutdown() would first speak to the other side.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connections."""
        for sock in self._sockets:
            sock.close()


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
    def within(self, seconds: float) -> Iterator[None]:
        """ReadTimeout if the head of an answer, redirects included, is not there in time."""
        guard = self._guard = Guard()
        try:
            with guard.within(seconds):
                yield
        except (requests.RequestException, OSError) as error:
            if not guard.expired:
                raise
            said = f"no answer within {seconds:g} s"
            raise requests.exceptions.ReadTimeout(said) from error

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
        """A class of pool whose connections tell the guard when they are waited for."""
        adapter = self
        kind: type[Any] = pool.ConnectionCls

        class Connection(kind):  # type: ignore[misc]  # the class is chosen at run time
            def getresponse(self) -> Any:
                adapter._guard.add(self.sock)
                return super().getresponse()

        return type(pool.__name__, (pool,), {"ConnectionCls": Connection})
