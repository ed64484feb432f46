"""A real HTTP server on loopback that serves bytes with ranges and counts what it sends."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Served:
    """What a server has and what became of it."""

    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    """Per path, answers to give first: (status, headers)."""
    cut: dict[str, list[int]] = field(default_factory=dict)
    """Per path, after how many bytes to break the connection, once each."""
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    """Per path, further headers of the file."""
    drip: dict[str, float] = field(default_factory=dict)
    """Per path, seconds to wait before each byte of it."""
    drip_head: dict[str, float] = field(default_factory=dict)
    """Per path, seconds to wait before each byte of an answer whose headers never end."""
    ranges: bool = True
    etags: bool = True
    base: str = ""
    sent: int = 0
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.base + path


def _span(header: str, size: int) -> tuple[int, int]:
    first, _, last = header.removeprefix("bytes=").partition("-")
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1 if last else size)


def _handler(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            served.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            if wait := served.drip_head.get(self.path):
                self._head_without_end(wait)
            elif faults := served.faults.get(self.path):
                status, headers = faults.pop(0)
                self._head(status, {"Content-Length": "0", **headers})
            elif (path := self.path.partition("?")[0]) in served.files:
                self._file(served.files[path])
            else:
                self._head(404, {"Content-Length": "0"})

        def _head_without_end(self, wait: float) -> None:
            self.close_connection = True
            for byte in b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 1_000:
                time.sleep(wait)
                self.wfile.write(bytes((byte,)))

        def _head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def _file(self, data: bytes) -> None:
            tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
            headers = dict(served.headers.get(self.path, {}))
            if served.etags:
                headers["ETag"] = tag
            wanted = self.headers.get("Range") if served.ranges else None
            if self.headers.get("If-Range", tag) != tag:
                wanted = None
            if wanted is None:
                self._send(200, headers, data)
                return
            start, stop = _span(wanted, len(data))
            if start >= len(data):
                self._head(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": "0"})
                return
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
            self._send(206, headers, data[start:stop])

        def _send(self, status: int, headers: dict[str, str], data: bytes) -> None:
            self._head(status, {**headers, "Content-Length": str(len(data))})
            cuts = served.cut.get(self.path)
            if cuts:
                data = data[: cuts.pop(0)]
                self.close_connection = True
            if self.command == "HEAD":
                return
            try:
                for part in self._parts(data[:-1]):
                    self.wfile.write(part)
                served.sent += len(data)  # before the client can have it all and look
                self.wfile.write(data[-1:])
            except ConnectionError:  # the client has seen enough
                self.close_connection = True
                return

        def _parts(self, data: bytes) -> Iterator[bytes]:
            wait = served.drip.get(self.path)
            if wait is None:
                yield data
                return
            for at in range(len(data)):
                time.sleep(wait)
                yield data[at : at + 1]

    return Handler


@contextmanager
def serving(**files: bytes) -> Iterator[Served]:
    """A server of some files (by path) for as long as the block runs."""
    served = Served({f"/{name}": data for name, data in files.items()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    server.daemon_threads = True
    served.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
