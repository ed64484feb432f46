"""A wiki as a source: what is asked of it, what is kept, what is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from functools import cached_property
from itertools import chain
from pathlib import Path

from corpuskit.connectors.base import Agent, Input, Piece
from corpuskit.connectors.wikimedia.api import listing, site
from corpuskit.connectors.wikimedia.api.client import Api
from corpuskit.connectors.wikimedia.api.fetcher import WikiPageFetcher
from corpuskit.connectors.wikimedia.api.listing import BATCH
from corpuskit.connectors.wikimedia.api.parts import WikiPart, parts
from corpuskit.connectors.wikimedia.api.reader import Reader
from corpuskit.connectors.wikimedia.api.site import WikiSite
from corpuskit.connectors.wikimedia.options import WikimediaOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

_BYTES = 30_000  # of HTML a page: bnwiki's long ones have 140 kB, mediawiki-sea's 9 kB
_REPORT_EVERY = 50  # pages; at a page a second about once a minute


class Wiki:
    """The wiki at an API's address, in a folder of its own below the source's store."""

    def __init__(self, options: WikimediaOptions, store: Path) -> None:
        assert options.api is not None
        self._options, self._url = options, options.api
        self._store = store
        self._folder = store / f"wiki-{hashlib.sha256(self._url.encode()).hexdigest()[:8]}"
        self._scratch = store / "tmp"

    def asks(self, *, pages: bool) -> list[str]:
        """What `fetch` asks of whom."""
        place = self._url.removesuffix("api.php")
        about = f"GET {self._url}: siteinfo (license, namespaces); robots.txt of its host"
        if not pages:
            return [about]
        names = ", ".join(map(str, self._options.namespaces))
        limit = self._options.max_records
        most = f", at most {limit:,} pages" if limit else ""
        return [
            about,
            f"GET {self._url}: the list of pages of namespace {names}, {BATCH} at a time{most}",
            f"GET {place}rest.php/v1/page/…/html: the HTML of each page, one every "
            f"{self._options.delay:g} s",
        ]

    def fetch(
        self,
        agent: Agent,
        report: Callable[[str], None],
        binding: Collection[str] | None = None,
        *,
        pages: bool,
    ) -> None:
        """Fetch what is missing: the wiki's description, the list of pages, the pages."""
        api = Api(self._url, agent, self._options.delay)
        here = site.ask(api, self._site_file, self._scratch)
        if not pages:
            return
        api.slower(here.rules.delay)
        counter = _Counter(self._url, report)
        mode = self._folder / "content.json"
        fetcher = WikiPageFetcher(api, here, mode, self._scratch, counter, binding)
        batches = (
            listing.pages(api, namespace, self._folder / "list", self._scratch)
            for namespace in self._options.namespaces
        )
        for part in self._parts(chain.from_iterable(batches)):
            if part.done:
                counter(len(part.pages))
            else:
                fetcher.fetch(part)
        counter.end()

    @property
    def _site_file(self) -> Path:
        return self._folder / "site.json"

    def _parts(self, batches: Iterator[list[listing.WikiPage]]) -> Iterator[WikiPart]:
        return parts(self._folder / "pages", batches, self._options.max_records)

    def site(self) -> WikiSite:
        """What the wiki says of itself; SourceError if it was not asked yet."""
        if not self._site_file.exists():
            raise SourceError(f"{self._url} was not asked yet; fetch it first")
        return site.load(self._site_file, self._url)

    def inputs(self) -> list[Input]:
        """What became of the pages, a file for each batch; SourceError if some are missing."""
        made = list(self._parts(self._stored()))
        count = sum(len(part.pages) for part in made)
        limit = self._options.max_records
        ended = self._listed_whole() or (limit is not None and count >= limit)
        if not ended or not all(part.done for part in made):
            raise SourceError(f"the pages of {self._url} are not all here yet; fetch them first")
        if not count:
            raise SourceError(f"{self._url} lists no pages in these namespaces")
        paths = [part.path(".jsonl") for part in made if part.pages]
        return [Input(str(path.relative_to(self._store)), str(path)) for path in paths]

    def _stored(self) -> Iterator[list[listing.WikiPage]]:
        for namespace in self._options.namespaces:
            for batch, _ in listing.stored(self._folder / "list", namespace):
                yield batch

    def _listed_whole(self) -> bool:
        for namespace in self._options.namespaces:
            *_, last = (None, *listing.stored(self._folder / "list", namespace))
            if last is None or last[1] is not None:
                return False
        return True

    def scan(self, item: Input) -> list[Piece]:
        """One piece: a batch."""
        with closing(Path(item.path).open("rb")) as file:
            count = sum(1 for _ in file)
        return [Piece(0, count, count, count * _BYTES)]

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The pages of a batch, in the list's order."""
        yield from self._reader.read(item, piece)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.site())


class _Counter:
    """Tells how far the pages are."""

    def __init__(self, url: str, report: Callable[[str], None]) -> None:
        self._url, self._report = url, report
        self._count = self._told = 0

    def __call__(self, more: int) -> None:
        self._count += more
        if self._count - self._told >= _REPORT_EVERY:
            self.end()

    def end(self) -> None:
        """Tell of what was not told of."""
        self._told = self._count
        self._report(f"{self._url}: {self._count:,} pages")
