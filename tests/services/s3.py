"""Real S3 servers of one test, and a proxy before them that is busy, slow or loses answers.

    with moto(tmp_path) as server, server.environment():
        store = ObjectStore(server.bucket("corpora") / "khmer")

moto keeps objects in memory and knows conditional puts; rclone serves a folder and ignores
conditions.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from services.programs import free_port, program, wait_for

from corpuskit.store_url import StoreUrl

KEY, SECRET = "AKIATESTTESTTESTTEST", "very/secret+key/of/the/tests/0123456789"
"""Credentials that must never be seen anywhere."""


@dataclass
class S3Server:
    """A running server."""

    endpoint: str

    def bucket(self, name: str) -> StoreUrl:
        """The URL of a bucket, created if it is not there."""
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT")
        urllib.request.urlopen(request, timeout=30).close()
        return StoreUrl("s3", name)

    def variables(self) -> Mapping[str, str]:
        """What the environment has to say so that this server is asked."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Ask this server in the block, also in processes that are started there."""
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("AWS_")]:
                patch.delenv(name)
            for name, value in self.variables().items():
                patch.setenv(name, value)
            yield


@contextmanager
def moto(folder: Path) -> Iterator[S3Server]:
    """A server that keeps S3's promises."""
    port = free_port()
    arguments = [program("s3", "bin/moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with _running(arguments, port, folder / "moto.log") as server:
        yield server


@contextmanager
def rclone(folder: Path) -> Iterator[S3Server]:
    """A server that takes every put, whatever its conditions."""
    port = free_port()
    (folder / "rclone").mkdir()
    arguments = [program("s3", "bin/rclone"), "serve", "s3", "--addr", f"127.0.0.1:{port}",
                 "--config", str(folder / "none.conf"), str(folder / "rclone")]  # fmt: skip
    with _running(arguments, port, folder / "rclone.log") as server:
        yield server


@contextmanager
def _running(arguments: list[str], port: int, log: Path) -> Iterator[S3Server]:
    server = S3Server(f"http://127.0.0.1:{port}")
    with log.open("wb") as output:
        child = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_for(child, server.endpoint, log)
            yield server
        finally:
            child.kill()
            child.wait()


BUSY, DROPPED, LOST = "busy", "dropped", "lost"
"""Faults: 503; the connection ends and the server never hears of the request; it does, and its
answer is lost. A number is a pause in seconds before the request is passed on."""

Fault = str | float | None


@dataclass
class FaultyProxy(S3Server):
    """A server before another one. `fault` is asked about each request, by its method and key, and
    is asked anew about each repetition of it."""

    fault: Callable[[str, str], Fault] = lambda method, key: None
    requests: list[tuple[str, str, Fault]] = field(default_factory=list)
    """Every request: method, key, and what became of it."""


@contextmanager
def faulty_proxy(target: S3Server) -> Iterator[FaultyProxy]:
    """A proxy to `target` on loopback."""
    address = urlsplit(target.endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            key = urlsplit(self.path).path.lstrip("/").partition("/")[2]
            fault = proxy.fault(self.command, key)
            proxy.requests.append((self.command, key, fault))
            if fault == BUSY:
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if fault == DROPPED:
                self.close_connection = True
                return
            if isinstance(fault, float):
                time.sleep(fault)
            upstream = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
            try:
                upstream.request(self.command, self.path, body, dict(self.headers.items()))
                answer = upstream.getresponse()
                content = answer.read()
            finally:
                upstream.close()
            if fault == LOST:
                self.close_connection = True
                return
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            size = answer.getheader("Content-Length") if self.command == "HEAD" else len(content)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            self.wfile.write(content)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.handle_any
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the client gave up
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy = FaultyProxy(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
