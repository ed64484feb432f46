"""What `make demo-web` runs: crawl three local sites of real pages, build and publish from them.

    python examples/demo/web.py [BUILD_FOLDER]

The demo's Khmer pages are served on three addresses of this machine, with a robots.txt that shuts a
folder, and a page that reserves itself from training; the crawl obeys both.
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from corpuskit.build import build
from corpuskit.cli import run
from corpuskit.cli.progress import watcher
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.recipe.oneoff import crawl_recipe

HERE = Path(__file__).resolve().parent
SITES = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
PAGES_A_SITE = 12


def khmer_pages() -> list[bytes]:
    """Pages of the demo's WARC that stand under /km/, as their servers sent them."""
    connector = WarcConnector(WarcOptions(path="pages.warc.gz"), HERE)
    (item,) = connector.inputs()
    records = (r for piece in connector.scan(item) for r in connector.read(item, piece))
    return [r.content for r in records if r.reason is None and "/km/" in (r.url or "")]


def site(pages: list[bytes]) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Path to body and further headers."""
    names = [f"/{number}.html" for number in range(len(pages))]
    links = "".join(f'<a href="{name}">{name}</a> ' for name in [*names, "/shut/1.html"])
    routes: dict[str, tuple[bytes, dict[str, str]]] = {
        "/": (f"<html><body>{links}</body></html>".encode(), {}),
        "/robots.txt": (b"User-agent: *\nDisallow: /shut/\n", {}),
        "/shut/1.html": (pages[0], {}),
    }
    routes |= {name: (page, {}) for name, page in zip(names, pages, strict=True)}
    routes[names[-1]] = (pages[-1], {"X-Robots-Tag": "noai"})
    return routes


def serve(host: str, routes: dict[str, tuple[bytes, dict[str, str]]]) -> ThreadingHTTPServer:
    """A server of those routes in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = routes.get(self.path, (b"", {}))
            self.send_response(200 if self.path in routes else 404)
            kind = "text/plain" if self.path.endswith(".txt") else "text/html; charset=utf-8"
            for name, value in {"Content-Type": kind, **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main(folder: str) -> int:
    pages = khmer_pages()
    servers = [
        serve(host, site(pages[number * PAGES_A_SITE : (number + 1) * PAGES_A_SITE]))
        for number, host in enumerate(SITES)
    ]
    recipe = crawl_recipe(
        [f"http://{server.server_address[0]}:{server.server_address[1]}/" for server in servers],
        ["khm_Khmr"],
        operator="corpuskit demo",
        contact="corpus@example.org",
        name="web-demo",
        allow_private=list(SITES),
        delay=0.1,
    )
    with watcher(quiet=False) as progress:
        build(recipe, folder, progress=progress)
    for server in servers:
        server.shutdown()
        server.server_close()
    print()
    return run(["inspect", folder, "--samples", "2"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "builds/web-demo"))
