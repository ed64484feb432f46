"""An index server and a data server on loopback, and what they were asked."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

CRAWL = "CC-MAIN-2026-43"


@dataclass
class Reply:
    """What a server answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection breaks in the middle of the body."""


@dataclass
class Asked:
    """What a server was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Server:
    """A server whose answers are functions of the request."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.sent = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each answer waits 40 ms for an ACK

            def do_GET(self) -> None:
                server._serve(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        asked = Asked(parts.path, query, {k.lower(): v for k, v in handler.headers.items()})
        self.asked.append(asked)
        reply = self.answer(asked)
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        self.sent += len(reply.body)
        handler.wfile.write(reply.body[: len(reply.body) // 2] if reply.cut else reply.body)
        handler.close_connection = reply.cut

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.asked]


def ranged(data: bytes, asked: Asked) -> Reply:
    """A part of a file, as its Range header says."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.headers.get("range", ""))
    if found is None:
        return Reply(200, data)
    start = int(found[1]) if found[1] else max(0, len(data) - int(found[2]))
    stop = min(len(data), int(found[2]) + 1) if found[1] and found[2] else len(data)
    span = f"bytes {start}-{stop - 1}/{len(data)}"
    return Reply(206, data[start:stop], {"Content-Range": span})


def ndjson(rows: list[dict]) -> Reply:
    """Captures as the index server writes them, compressed as it does."""
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    kind = {"Content-Type": "text/x-ndjson", "Content-Encoding": "gzip"}
    return Reply(200, gzip.compress(text, mtime=0), kind)


def message(status: int, text: str) -> Reply:
    """What the server of Common Crawl says instead of captures."""
    body = json.dumps({"message": text}).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=utf-8"})


def sea_rows(folder: Path) -> list[dict]:
    """The captures of a real archive, by their CDXJ."""
    rows = []
    for line in (folder / "sea-dev.cdxj").read_text(encoding="utf-8").splitlines():
        key, timestamp, rest = line.split(" ", 2)
        rows.append({"urlkey": key, "timestamp": timestamp} | json.loads(rest))
    return sorted(rows, key=lambda row: (row["urlkey"], row["timestamp"]))


class Archive:
    """A small Common Crawl: one crawl of the real pages of `warc-sea`, pages of ten captures."""

    def __init__(self, folder: Path, page: int = 10) -> None:
        self.rows, self.page = sea_rows(folder), page
        self.data = (folder / "sea-dev.warc.gz").read_bytes()

    def below(self, host: str) -> list[dict]:
        key = ",".join(reversed(host.split(".")))
        return [row for row in self.rows if re.match(rf"{re.escape(key)}[,)]", row["urlkey"])]

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/collinfo.json":
            body = json.dumps([{"id": CRAWL}, {"id": "CC-MAIN-2026-38"}]).encode()
            return Reply(200, body, {"Content-Type": "application/json"})
        if asked.path == f"/{CRAWL}-index":
            return self._index(asked.query)
        if asked.path == "/sea-dev.warc.gz":
            return ranged(self.data, asked)
        return Reply(404, b"<html>Not Found</html>", {"Content-Type": "text/html"})

    def _index(self, query: dict[str, str]) -> Reply:
        found = self.below(query["url"].removeprefix("*."))
        if not found:
            return message(404, f"No Captures found for: {query['url']}")
        count = -(-len(found) // self.page)
        if "showNumPages" in query:
            about = {"pages": count, "pageSize": int(query["pageSize"]), "blocks": count}
            return Reply(200, json.dumps(about).encode(), {"Content-Type": "application/json"})
        start = int(query["page"]) * self.page
        return ndjson(found[start : start + self.page])


def recorded(folder: Path) -> Iterator[dict]:
    """Answers of Common Crawl's servers, as they were recorded."""
    for path in sorted((folder / "cdx_toolkit").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


@contextmanager
def archive(folder: Path, wrap: Callable[[Archive, Asked], Reply | None] | None = None):
    """The small Common Crawl, served; `wrap` may answer in its place."""
    made = Archive(folder)

    def answer(asked: Asked) -> Reply:
        return (wrap(made, asked) if wrap else None) or made(asked)

    with Server(answer) as server:
        yield server
