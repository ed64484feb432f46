"""A proxy on loopback that does to answers what the real world does to them."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Handler = BaseHTTPRequestHandler
Fault = Callable[[Handler, bytes], None]
"""What is done in place of sending a body whose headers are not ended yet."""

BOMB_SIZE = 300_000_000


def good(handler: Handler, body: bytes) -> None:
    """Nothing is wrong."""
    _head(handler, len(body))
    handler.wfile.write(body)


def reset(handler: Handler, body: bytes) -> None:
    """The connection is reset in the middle of the body."""
    _head(handler, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def too_long(handler: Handler, body: bytes) -> None:
    """Content-Length says more than comes."""
    _head(handler, len(body) + 1_000)
    handler.wfile.write(body)


def too_short(handler: Handler, body: bytes) -> None:
    """Content-Length says less than the whole, and no more comes."""
    _head(handler, len(body) // 2)
    handler.wfile.write(body[: len(body) // 2])


def drip(handler: Handler, body: bytes) -> None:
    """A byte every now and then."""
    _head(handler, len(body))
    for at in range(len(body)):
        time.sleep(0.05)
        handler.wfile.write(body[at : at + 1])
        handler.wfile.flush()


def _head(handler: Handler, length: int) -> None:
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


@cache
def bomb() -> bytes:
    """Little of gzip that is much when it is unpacked."""
    return gzip.compress(bytes(BOMB_SIZE), 1)


PAGE = b"<!DOCTYPE html><html><body><h1>The service is being looked after</h1></body></html>"
WHOLE_ANSWERS: dict[str, Callable[[str], tuple[int, dict[str, str], bytes]]] = {
    "storm": lambda _: (503, {"Retry-After": "0"}, b""),
    "loop": lambda path: (302, {"Location": path}, b""),
    "file": lambda _: (302, {"Location": "file:///etc/passwd"}, b""),
    "bomb": lambda _: (200, {"Content-Encoding": "gzip"}, bomb()),
    "page": lambda _: (200, {"Content-Type": "text/html; charset=utf-8"}, PAGE),
}
FAULTS: dict[str, Fault] = {
    "reset": reset, "too long": too_long, "too short": too_short, "drip": drip,
}  # fmt: skip


class Hostile:
    """What a proxy was asked, how often."""

    def __init__(self, upstream: str, fault: str, times: int, spared: tuple[str, ...]) -> None:
        self.upstream, self.fault, self.times, self.spared = upstream, fault, times, spared
        self.asked: Counter[tuple[str, str]] = Counter()
        self.wrong = 0
        self.url = ""

    def serve(self, handler: Handler) -> None:
        """Answer a request, wrongly the first `times` times that it is made."""
        key = handler.path, handler.headers.get("Range", "")
        self.asked[key] += 1
        wrong = self.asked[key] <= self.times and not handler.path.startswith(self.spared)
        self.wrong += wrong
        if wrong and self.fault in WHOLE_ANSWERS:
            self._send(handler, *WHOLE_ANSWERS[self.fault](handler.path), good)
        else:
            self._send(handler, *self._upstream(handler), FAULTS[self.fault] if wrong else good)
        handler.close_connection = True

    def _upstream(self, handler: Handler) -> tuple[int, dict[str, str], bytes]:
        passed = {
            name: value for name, value in handler.headers.items() if name.lower() != "connection"
        }
        request = urllib.request.Request(f"{self.upstream}{handler.path}", headers=passed)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, dict(answer.headers.items()), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers.items()), error.read()

    @staticmethod
    def _send(
        handler: Handler, status: int, headers: dict[str, str], body: bytes, how: Fault
    ) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                handler.send_header(name, value)
        how(handler, body)


@contextmanager
def hostile(
    upstream: str, fault: str, times: int, spared: tuple[str, ...] = ()
) -> Iterator[Hostile]:
    """A proxy before `upstream`; `spared` are starts of paths that it leaves alone."""
    proxy = Hostile(upstream, fault, times, spared)

    class Own(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            with suppress(OSError):  # the client has seen enough
                proxy.serve(self)

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
