"""A real nginx of one test: its own configuration, root and log, on loopback.

with nginx(tmp_path, "location /slow { limit_rate 1k; }") as server:
    (server.root / "a.html").write_text("…")
    requests.get(server.url + "/a.html")
    assert [one.status for one in server.log()] == [200]
"""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from services.programs import free_port, program, wait_for

_CONFIG = """
daemon off;
master_process off;  # a single process, of this user, that is ended by its id
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
    types {{
        text/html html;
        text/plain txt;
        text/css css;
        application/xml xml;
        application/rss+xml rss;
        application/atom+xml atom;
        application/json json;
        application/gzip gz;
        application/pdf pdf;
    }}
    default_type application/octet-stream;
    log_format entry escape=json '{{"method":"$request_method","uri":"$request_uri",'
        '"status":$status,"body_bytes":$body_bytes_sent,"bytes":$bytes_sent,"host":"$host",'
        '"range":"$http_range","agent":"$http_user_agent","time":$msec,'
        '"encoding":"$sent_http_content_encoding"}}';
    access_log {folder}/access.log entry;
    client_body_temp_path {folder}/tmp;
    proxy_temp_path {folder}/tmp;
    fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp;
    scgi_temp_path {folder}/tmp;
    {http}
    server {{
        listen 127.0.0.1:{port};
        {listen}
        server_name localhost;
        root {root};
        {server}
    }}
}}
"""


@dataclass(frozen=True)
class Request:
    """A line of the access log."""

    method: str
    uri: str
    """Path and query as they were asked for."""
    status: int
    body_bytes: int
    bytes: int
    """With the head of the answer."""
    host: str
    range: str
    """The header Range, or empty; `agent` is the User-Agent."""
    agent: str
    time: float
    """Seconds since the epoch when the answer was sent."""
    encoding: str


@dataclass(frozen=True)
class Nginx:
    """A server that runs."""

    url: str
    root: Path
    """Folder that it serves."""
    folder: Path

    def log(self) -> list[Request]:
        """What it was asked so far, in the order in which the answers ended."""
        mark = f"/mark-{uuid4().hex}"
        deadline = time.monotonic() + 10
        urllib.request.urlopen(f"{self.url}{mark}?empty", timeout=10).close()
        while mark not in (text := self._log.read_text()):
            assert time.monotonic() < deadline, "nginx writes no log"
            time.sleep(0.005)
        lines = text.partition(mark)[0].splitlines()[:-1]
        entries: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [Request(**entry) for entry in entries if not entry["uri"].startswith("/mark-")]

    @property
    def _log(self) -> Path:
        return self.folder / "access.log"


_MARKS = "location ~ ^/mark-[0-9a-f]+$ { return 204; }\n"
"""What `log` asks for, to know that all before it is written."""


@contextmanager
def nginx(
    folder: Path, server: str = "", *, http: str = "", listen: str = "", root: Path | None = None
) -> Iterator[Nginx]:
    """nginx for as long as the block runs, with its files in `folder`/nginx.

    `server` and `http` are directives of these blocks, `listen` further ones of that name.
    """
    command = program("nginx", "usr/sbin/nginx")
    place, port = folder / "nginx", free_port()
    root = root or place / "root"
    for one in (place / "tmp", root):
        one.mkdir(parents=True, exist_ok=True)
    config = place / "nginx.conf"
    config.write_text(
        _CONFIG.format(
            folder=place, root=root, port=port, http=http, listen=listen, server=_MARKS + server
        )
    )
    with (place / "error.log").open("ab") as errors:
        child = subprocess.Popen(
            [command, "-p", place, "-e", place / "error.log", "-c", config],
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
    try:
        wait_for(child, f"http://127.0.0.1:{port}/mark-0", place / "error.log")
        yield Nginx(f"http://127.0.0.1:{port}", root, place)
    finally:
        child.terminate()
        child.wait(10)
