"""Real HTTP servers on loopback addresses of their own, with what a test wants them to say."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from corpuskit.connectors.base import Agent

AGENT = Agent("corpuskit tests", "corpus@example.org")


@dataclass
class Page:
    """What a path answers."""

    body: bytes | str = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Route = Page | str | Callable[[BaseHTTPRequestHandler], Page | None]


class Site:
    """One host: its routes and what it was asked. The route `*` answers all that have none."""

    def __init__(self, host: str, routes: dict[str, Route]) -> None:
        self.routes = routes
        self.asked: list[tuple[float, str]] = []
        self.agents: set[str] = set()
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with site._lock:
                    site.asked.append((time.monotonic(), self.path))
                    site.agents.add(self.headers["User-Agent"])
                    site._now += 1
                    site.most_at_once = max(site.most_at_once, site._now)
                try:
                    site._answer(self)
                except OSError:  # the client has gone
                    self.close_connection = True
                finally:
                    with site._lock:
                        site._now -= 1

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self.server = Server((host, 0), Handler)
        self.host, self.url = host, f"http://{host}:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def paths(self) -> list[str]:
        return [path for _, path in self.asked]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        route = self.routes.get(request.path)
        shared = route is None and "*" in self.routes
        if route is None:
            route = self.routes.get("*", Page("not found", status=404))
        page = route(request) if callable(route) else route
        if page is None:  # the route answered itself
            request.close_connection = True
            return
        page = Page(page) if isinstance(page, str) else page
        body = page.body.encode() if isinstance(page.body, str) else page.body
        if shared and page.status == 200:
            body = body.replace(b"<body>", f"<body><p>{words(request.path)}</p>".encode())
        request.send_response(page.status)
        for name, value in {
            "Content-Type": page.kind, "Content-Length": str(len(body)), **page.headers
        }.items():  # fmt: skip
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


@contextmanager
def serving(*routes: dict[str, Route]) -> Iterator[list[Site]]:
    """A site per dictionary of routes, at 127.0.0.2, 127.0.0.3 and so on."""
    sites = [Site(f"127.0.0.{number}", one) for number, one in enumerate(routes, start=2)]
    try:
        yield sites
    finally:
        for site in sites:
            site.close()


def words(path: str) -> str:
    """A path in letters alone: pages that share a route are not to say the same."""
    return path.translate(str.maketrans("0123456789", "abcdefghij"))


def links(*targets: str, text: str = "page") -> str:
    """An HTML page that links to its targets."""
    anchors = "".join(f'<a href="{target}">{text}</a>\n' for target in targets)
    return f"<html><head><title>{text}</title></head><body><p>{text}</p>{anchors}</body></html>"
