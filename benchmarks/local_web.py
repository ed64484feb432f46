"""A web of real pages on this machine: hundreds of hosts by name, one server, known contents.

The pages are those of the test data: html-*, pages of MediaWiki wikis, WARC records, and labelled
text (including the training texts of identification) as small pages. Their original links are
disabled and new ones appended, by one of several layouts, which say where pages in the wanted
language are and what links to them.
"""

from __future__ import annotations

import csv
import gzip
import html
import json
import random
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from corpuskit.connectors.warc import WarcConnector, WarcOptions

TEXT_CHARS: Final = 900
"""Characters of labelled text that make a page; short sources give what they have."""
LINKS: Final = 12
"""Links a page, about."""

_ANCHOR: Final = re.compile(rb"(<a\b[^>]*?\s)href=", re.I)
_LINKED: Final = re.compile(rb"<(?:link|base)\b[^>]*>|<meta[^>]*robots[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class Content:
    """A page's body without links of its own."""

    name: str
    body: bytes
    lang: str | None
    """ISO 639-3 if all of it is in that language; None if it is in another or unknown."""


@dataclass(slots=True)
class Page:
    """A page at its place."""

    host: str
    path: str
    content: Content
    wanted: bool
    title: str
    links: list[Page] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """Host and path."""
        return self.host, self.path


@dataclass(frozen=True, slots=True)
class Layout:
    """How wanted pages are spread, and what tells of them."""

    name: str
    about: str
    hosts: float = 0.1
    """Share of the hosts that have wanted pages at all."""
    within: float = 1.0
    """Share of such a host's pages that are wanted, in its folder for them."""
    marked: float = 0.5
    """Share of those hosts whose folder is named after the language."""
    like: float = 0.5
    """Share of a page's links to other hosts that lead to pages as wanted (or not) as itself."""
    behind: int = 0
    """Unwanted pages that one has to pass, in a host, to come to the wanted ones."""
    decoys: float = 0.0
    """Share of the hosts whose home page and first links are wanted and nothing else."""


LAYOUTS: Final = (
    Layout("islands", "a tenth of the hosts are in the language, half of them say so in paths"),
    Layout("sections", "a third of the hosts have a section in it", hosts=0.3, within=0.3),
    Layout("opaque", "islands that nothing names and that link at random", marked=0, like=0),
    Layout("tunnel", "wanted pages behind two unwanted ones", within=0.5, marked=0, behind=2),
    Layout(
        "decoys", "as many hosts look good at first and are not", decoys=0.1, marked=0.2, within=0.6
    ),
    Layout("scattered", "wanted pages anywhere, so that nothing tells", 1.0, 0.0, 0.0, 0.0),
)


def contents(data: Path) -> list[Content]:
    """Every real page of the test data that is told to be of one language, and text as pages."""
    return [*_html_sets(data), *_wikis(data), *_archived(data), *_texts(data)]


def _html_sets(data: Path) -> Iterator[Content]:
    short = {"vi": "vie", "id": "ind", "th": "tha"}
    for gold in sorted(data.glob("html-*/gold*.jsonl")):
        for row in _rows(gold):
            whole = row.get("kind") in (None, "in-language")
            lang = short.get(row.get("lang") or "", row.get("lang")) if whole else None
            path = gold.parent / row["html"]
            yield Content(f"{gold.parent.name}/{row['html']}", _still(path.read_bytes()), lang)


def _rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def _wikis(data: Path) -> Iterator[Content]:
    for path in sorted(data.glob("mediawiki-sea/**/*.html")):
        yield Content(f"mediawiki-sea/{path.name}", _still(path.read_bytes()), None)


def _archived(data: Path) -> Iterator[Content]:
    connector = WarcConnector(WarcOptions(path="**/*.warc.gz"), data / "warc")
    for item in connector.inputs():
        for piece in connector.scan(item):
            for number, record in enumerate(connector.read(item, piece)):
                if record.reason is None and record.content_type == "text/html":
                    yield Content(f"warc/{item.name}/{number}", _still(record.content), None)


def _texts(data: Path) -> Iterator[Content]:
    """Labelled text of one language and source, some lines a page."""
    lines: dict[tuple[str, str], list[str]] = {}
    for path in sorted(data.glob("text-labelled/*.jsonl")):
        for row in _rows(path):
            lines.setdefault((row["lang"], row["source"]), []).extend(row["text"].split("\n"))
    with gzip.open(data / "lid/train.tsv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if "_" not in row["lang"]:  # with a script of its own: not a language's usual one
                lines.setdefault((row["lang"], f"lid-{row['source']}"), []).append(row["text"])
    for (lang, source), many in sorted(lines.items()):
        for number, text in enumerate(_chunks(many)):
            paragraphs = "".join(f"<p>{html.escape(line)}</p>\n" for line in text)
            title = html.escape(text[0][:40])
            body = (
                f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head>"
                f"<body><h1>{title}</h1><article>{paragraphs}</article></body></html>"
            )
            yield Content(f"{source}/{lang}/{number}", body.encode(), lang)


def _chunks(lines: Sequence[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if sum(map(len, chunk)) >= TEXT_CHARS:
            yield chunk
            chunk = []
    if sum(map(len, chunk)) >= TEXT_CHARS // 3:
        yield chunk


def _still(body: bytes) -> bytes:
    """A page whose own links lead nowhere."""
    return _LINKED.sub(b"", _ANCHOR.sub(rb"\1data-href=", body))


class Web:
    """Pages at their places, linked."""

    def __init__(
        self,
        wanted: Sequence[Content],
        others: Sequence[Content],
        layout: Layout,
        *,
        tag: str,
        hosts: int = 240,
        seed: int = 1,
    ) -> None:
        """`tag` names the language in marked paths (`km`). Every page is there once."""
        self._random = random.Random(seed)
        self.layout, self._tag = layout, tag
        self.hosts = [f"h{number:03}.example" for number in range(hosts)]
        self.pages: list[Page] = []
        self._spread(list(wanted), list(others))
        self.by_key = {page.key: page for page in self.pages}
        self._link()

    @property
    def seeds(self) -> list[Page]:
        """Home pages of ten hosts, one of them of a host with neither many nor few wanted pages:
        an operator knows some site."""
        count = Counter(page.host for page in self.pages if page.wanted)
        homes = [page for page in self.pages if page.path == "/"]
        rich = sorted((page for page in homes if count[page.host]), key=lambda p: count[p.host])
        others = [page for page in homes if not count[page.host]] or homes
        return [rich[len(rich) // 2], *others[:9]] if rich else others[:10]

    def body(self, page: Page, port: int) -> bytes:
        """What the server sends."""
        items = "".join(
            f'<li><a href="http://{link.host}:{port}{link.path}">{html.escape(link.title)}</a></li>'
            for link in page.links
        )
        end = f"<nav><ul>{items}</ul></nav>".encode()
        head, mark, rest = page.content.body.rpartition(b"</body>")
        return head + end + mark + rest if mark else rest + end

    def _spread(self, wanted: list[Content], others: list[Content]) -> None:
        pick = self._random
        pick.shuffle(wanted)
        pick.shuffle(others)
        chosen = pick.sample(self.hosts, max(1, round(self.layout.hosts * len(self.hosts))))
        rest = [host for host in self.hosts if host not in chosen]
        decoys = pick.sample(rest, min(len(rest), round(self.layout.decoys * len(self.hosts))))
        for host in decoys:  # at most a third of what there is, so that there is a rest to find
            for number in range(4):
                if len(wanted) * 3 > 2 * len(chosen):
                    self._put(host, "/" if not number else f"/p{number}.html", wanted.pop(), True)
        sizes = self._sizes(len(chosen))
        marked = {host for host in chosen if pick.random() < self.layout.marked}
        while wanted:
            host = pick.choices(chosen, sizes)[0]
            folder = f"/{self._tag}/" if host in marked else f"/s{pick.randrange(2)}/"
            if not self.layout.within:
                host, folder = pick.choice(self.hosts), self._any_folder()
            number = len(self.pages)
            self._put(host, f"{folder}{number}.html", wanted.pop(), True)
        self._fill(others, chosen)

    def _fill(self, others: list[Content], chosen: Sequence[str]) -> None:
        """Home pages and all else; hosts wholly in the language get no other page but hubs."""
        pick = self._random
        have = {page.host for page in self.pages if page.path == "/"}
        for host in self.hosts:
            if host not in have:
                self._put(host, "/", others.pop(), False)
            for step in range(self.layout.behind if host in chosen else 0):
                self._put(host, f"/hub{step}/", others.pop(), False)
        wanted = {host: sum(page.host == host for page in self.pages) for host in chosen}
        sizes = self._sizes(len(self.hosts))
        for index, host in enumerate(self.hosts):
            if host in wanted:  # so many others that `within` of the host is wanted
                share = self.layout.within
                sizes[index] = wanted[host] * (1 - share) / share * 0.1 if share else sizes[index]
        for content in others:
            host = pick.choices(self.hosts, sizes)[0]
            self._put(host, f"{self._any_folder()}{len(self.pages)}.html", content, False)

    def _sizes(self, count: int) -> list[float]:
        """Relative sizes of hosts: most are small, none has more than 20 times the smallest."""
        if not self.layout.within:
            return [1.0] * count
        return [min(self._random.paretovariate(1.1), 20.0) for _ in range(count)]

    def _any_folder(self) -> str:
        return self._random.choice(("/", "/a/", "/b/", "/a/c/", "/s0/", "/s1/"))

    def _put(self, host: str, path: str, content: Content, wanted: bool) -> None:
        text = re.sub(rb"<[^>]*>|\s+", b" ", content.body[:4000]).decode("utf-8", "ignore")
        title = " ".join(text.split())[:40] if self._random.random() < 0.3 else "more"
        title = title if self.layout.marked else "more"
        self.pages.append(Page(host, path, content, wanted, title))

    def _link(self) -> None:
        """A tree within each host, and links at random, within and across."""
        by_host: dict[str, list[Page]] = {}
        for page in self.pages:
            by_host.setdefault(page.host, []).append(page)
        alike = {True: [p for p in self.pages if p.wanted], False: self.pages}
        for pages in by_host.values():
            self._tree(sorted(pages, key=lambda page: page.path != "/"))
        for page in self.pages:
            neighbors = [other for other in by_host[page.host] if self._reached_freely(other)]
            while len(page.links) < LINKS:
                if neighbors and self._random.random() < 0.6:
                    page.links.append(self._random.choice(neighbors))
                else:
                    same = self._random.random() < self.layout.like
                    page.links.append(self._across(page, alike[page.wanted and same]))

    def _across(self, page: Page, among: list[Page]) -> Page:
        """A page of another host: its home page half the time."""
        target = self._random.choice(among)
        if self._random.random() < 0.5 or not self._reached_freely(target):
            return self.by_key.get((target.host, "/"), target)
        return target

    def _reached_freely(self, page: Page) -> bool:
        """Whether a page may be linked to from anywhere: not what stands behind hubs."""
        return not (self.layout.behind and (page.wanted or page.path.startswith("/hub")))

    def _tree(self, pages: list[Page]) -> None:
        """Every page of a host can be reached from its home page."""
        hubs = [page for page in pages if page.path.startswith("/hub")]
        hidden = [page for page in pages if page.wanted and hubs]
        for parent, hub in zip([pages[0], *hubs], hubs, strict=False):
            parent.links.append(hub)
        for page in hidden:
            hubs[-1].links.append(page)
        rest = [page for page in pages[1:] if page not in hubs and page not in hidden]
        reached = [pages[0]]
        for page in sorted(rest, key=lambda page: page.path):
            self._random.choice(reached[-8:]).links.append(page)
            reached.append(page)


class Server:
    """The web behind one port of 127.0.0.1, and what it was asked for, in order."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.served: list[tuple[Page, int]] = []
        """Pages with the bytes sent."""
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        class Threads(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that went away

        self._server = Threads(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """A page by host and path, else 404."""
        host = request.headers["Host"].partition(":")[0]
        page = self.web.by_key.get((host, request.path))
        body = b"" if page is None else self.web.body(page, self.port)
        request.send_response(200 if page else 404)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        if page is not None:
            self.served.append((page, len(body)))

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Serve while in the block."""
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
