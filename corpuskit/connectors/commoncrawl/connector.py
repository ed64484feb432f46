"""The connector `commoncrawl`: pages of Common Crawl by domain, top-level domain or language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from corpuskit.connectors.base import (
    Connector,
    ConnectorOptions,
    FetchContext,
    FetchEstimate,
    Input,
    Piece,
    TakenDown,
)
from corpuskit.connectors.commoncrawl import columnar, index_api
from corpuskit.connectors.commoncrawl.captures import IndexPage
from corpuskit.connectors.commoncrawl.estimate import estimate
from corpuskit.connectors.commoncrawl.forget import forget
from corpuskit.connectors.commoncrawl.listing import (
    ListingStore,
    choose,
    read_lost,
    request_of,
    summary,
)
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.commoncrawl.parts import CaptureFetcher, CapturePart, parts_of
from corpuskit.connectors.commoncrawl.polite import check_crawls, polite_session
from corpuskit.connectors.fetching.session import Session
from corpuskit.connectors.pieces import Cutter
from corpuskit.connectors.reasons import RECORD_TYPE, WITHDRAWN
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError
from corpuskit.tombstones import MARK

_REPORT_EVERY = 100  # records; at a record a second a line in about two minutes


class CommonCrawlConnector(Connector):
    """Lists captures by an index, fetches their records into WARC files, reads those.

    Records come as the connector `warc` gives them. Captures that could not be fetched
    come with their reason from one more input, `not-fetched.jsonl`, whose
    positions are lines.
    """

    name: ClassVar[str] = "commoncrawl"
    version: ClassVar[str] = "5"
    source_type: ClassVar[str] = "commoncrawl"
    libraries: ClassVar[tuple[str, ...]] = (
        "beautifulsoup4", "charset-normalizer", "fastwarc", "lxml", "zstandard",
    )  # fmt: skip
    Options: ClassVar[type[ConnectorOptions]] = CommonCrawlOptions
    options: CommonCrawlOptions
    fetches: ClassVar[bool] = True

    @classmethod
    def forget(cls, store: Path, taken: TakenDown) -> list[str]:
        """See `forget.py`."""
        return forget(store, taken)

    def asks(self) -> list[str]:
        """Which index is asked for what, and where the records come from."""
        options = self.options
        limit = f", at most {options.max_records:,}" if options.max_records else ""
        what = ", ".join([*(f"*.{host}" for host in self._hosts), *options.languages]) + limit
        wheres = options.index or [f"{options.index_url}/{crawl}-index" for crawl in options.crawl]
        return [
            *(f"{where}: captures of {what}" for where in wheres),
            f"{options.data_url}: the record of each capture, one every {options.delay:g} s",
        ]

    def fetch(self, context: FetchContext) -> None:
        """List the captures, then fetch what is missing of their records."""
        store, report = self._store, context.report
        store.tidy()
        session = polite_session(context.agent, self.options.delay)
        states = columnar.states(self.options, self.root)
        pages, request = request_of(self.options, states)
        excluded = _chosen_by(context)
        if not store.stands(request, excluded):
            store.not_fetched.unlink(missing_ok=True)
            choice = choose(self._pages(session, pages, report), self.options, excluded)
            if not choice.captures and not choice.lost:
                raise SourceError(f"{self.asks()[0]}: there are none ({summary(choice)})")
            store.save(request, choice)
            report(summary(choice))
        captures, lost = store.load()
        parts = list(parts_of(store, captures))
        if store.not_fetched.exists() and all(part.done for part in parts):
            return
        fetcher = CaptureFetcher(
            session,
            self.options.data_url,
            _counting(len(captures), report),
            taken_down=context.taken_down,
        )
        for part in parts:
            if part.done:
                fetcher.report(len(part.captures))
            else:
                fetcher.fetch(part)
        lost += [capture for part in parts for capture in read_lost(part.path(".lost.jsonl"))]
        store.write(store.not_fetched, "".join(capture.line() for capture in lost).encode())
        store.tidy()

    def estimate(self, context: FetchContext) -> FetchEstimate:
        """From a few pages of the index, which a fetch does not ask for again."""
        self._store.tidy()
        return estimate(self.options, self.root, self._store, context)

    def inputs(self) -> list[Input]:
        """The WARC files in the order of the captures, then the captures that are lost."""
        store = self._store
        if not (store.listing.exists() and store.not_fetched.exists()):
            raise SourceError("Common Crawl's records are not all here yet; fetch them first")
        files = [part.path(".warc.gz") for part in self._parts(store)]
        files = [path for path in [*files, store.not_fetched] if path.stat().st_size]
        return [Input(path.relative_to(store.folder).as_posix(), str(path)) for path in files]

    def scan(self, item: Input) -> list[Piece]:
        """Cut a WARC file where records begin, the list of lost captures between lines."""
        if not _is_lost(item):
            return self._warc(item).scan(item)
        cutter = Cutter()
        for number, _ in enumerate(read_lost(Path(item.path))):
            cutter.add(number, 0)
        return cutter.pieces()

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The records of a piece."""
        if not _is_lost(item):
            yield from map(_with_reason, self._warc(item).read(item, piece))
            return
        for number, lost in enumerate(read_lost(Path(item.path))):
            if piece.start <= number < piece.stop:
                yield RawRecord(
                    source_ref=lost.ref, url=lost.url, reason=lost.reason, detail=lost.detail
                )

    @property
    def _store(self) -> ListingStore:
        assert self.store is not None  # a connector that fetches is always given one
        return ListingStore(self.store)

    @property
    def _hosts(self) -> list[str]:
        return [*self.options.tld, *self.options.domains]

    def _parts(self, store: ListingStore) -> Iterator[CapturePart]:
        return parts_of(store, store.load()[0])

    def _warc(self, item: Input) -> WarcConnector:
        options = WarcOptions(path=item.path, source_type="commoncrawl")
        return WarcConnector(options, self.root)

    def _pages(
        self, session: Session, request: str, report: Callable[[str], None]
    ) -> Iterator[IndexPage]:
        if self.options.index:
            yield from columnar.pages(
                self.options, self.root, self._store, session, request, report
            )
            return
        check_crawls(self.options, self._store, session)
        for crawl in self.options.crawl:
            server = index_api.IndexServer(
                session, self.options.index_url, crawl, self.options.page_size
            )
            for host in self._hosts:
                yield from self._pages_of(server, host, request, report)

    def _pages_of(
        self, server: index_api.IndexServer, host: str, request: str, report: Callable[[str], None]
    ) -> Iterator[IndexPage]:
        asks = index_api.asks(server, host, self.options, self._store, request)
        for number, ask in enumerate(asks):
            yield ask()
            report(f"{server.crawl} *.{host}: page {number + 1:,} of {len(asks):,} of the index")


def _with_reason(record: RawRecord) -> RawRecord:
    """A record; the placeholder of one that was taken down with that for its reason."""
    if record.reason == RECORD_TYPE and (record.url or "").startswith(MARK):
        record.reason, record.detail = WITHDRAWN, "taken down"
    return record


def _is_lost(item: Input) -> bool:
    return item.name.endswith(".jsonl")


def _chosen_by(context: FetchContext) -> Callable[[str], str | None]:
    """What is left out of the list of captures. What was taken down stays in it, and is not
    fetched: with another list, everything behind it would be fetched again."""
    return lambda url: None if context.taken_down(url) else context.excluded(url)


def _counting(total: int, report: Callable[[str], None]) -> Callable[[int], None]:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        before, done = done, done + more
        if done // _REPORT_EVERY > before // _REPORT_EVERY or done == total:
            report(f"{done:,} of {total:,} records of Common Crawl")

    return count
