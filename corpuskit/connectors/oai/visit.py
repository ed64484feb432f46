"""One address of a document: asked by the rules that a crawl keeps, or why it is not.

robots.txt, opt-outs, private addresses and redirects are treated as in a crawl, by the same code.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from corpuskit import logs
from corpuskit.connectors.base import Agent, never_excluded
from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.errors import FetchError, TransientError
from corpuskit.connectors.fetching.opt_outs import AI_BOTS
from corpuskit.connectors.fetching.origin_store import OriginStore
from corpuskit.connectors.fetching.origins import MAX_HOPS, OriginRules, Origins
from corpuskit.connectors.fetching.origins import REDIRECTS as REDIRECT_CODES
from corpuskit.connectors.fetching.page_metas import metas_of, parse_page
from corpuskit.connectors.fetching.pinned import PinnedClient, RawAnswer
from corpuskit.connectors.fetching.policy import BUSY, MIN_DELAY
from corpuskit.connectors.fetching.retry import Retry
from corpuskit.connectors.fetching.rsl import terms_of
from corpuskit.connectors.oai.kinds import kind_of
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.reasons import (
    CONTENT_TYPE,
    EMPTY,
    EXCLUDED,
    HTTP_STATUS,
    NETWORK,
    OPT_OUT,
    REDIRECTS,
    ROBOTS,
)
from corpuskit.document import OptOutSignal, Robots, Tdm
from corpuskit.urls import absolute_url, header_url

_log = logs.logger(__name__)

MAX_DOCUMENT: Final = 64_000_000
"""Bytes of a document: a scanned thesis of 500 pages has about 50 MB."""
DEADLINE: Final = 300.0
"""Seconds that one request may take: 64 MB at 0.2 MB/s."""
MAX_TRIES: Final = 3
"""Times an address is asked that gives an error which may pass, as the crawler does."""
DEAD: Final = 3
"""Addresses in a row at which a host had no answer in all tries, before it is left alone."""
MAX_CRAWL_DELAY: Final = 120.0
"""Seconds between requests that a host may ask for in its robots.txt before it is left alone."""

_FIRST_PAUSE: Final = 10.0
"""Seconds before an address is asked again, then twice as many: documents are not urgent."""


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document as it came, and what was said of it."""

    answer: RawAnswer
    kind: str
    robots: Robots
    tdm: Tdm


class _FailedError(TransientError):
    """A request that failed; after the last one it is the reason of the record."""

    def __init__(self, reason: FetchError, wait: float = 0.0) -> None:
        super().__init__(f"{reason.code} {reason.detail}", wait=wait, detail=reason.detail)
        self._reason = reason

    def given_up(self, url: str, tries: int, *, too_long: bool) -> FetchError:
        """The reason itself."""
        return self._reason


class DocumentVisitor:
    """Asks for documents, one request at a time."""

    def __init__(
        self,
        agent: Agent,
        options: OaiOptions,
        folder: Path,
        excluded: Callable[[str], str | None] = never_excluded,
        pause: Callable[[float], None] = time.sleep,
        binding: Collection[str] | None = None,
    ) -> None:
        """`folder` keeps what hosts say in their robots.txt, for a day; `excluded` says why a
        URL must not be asked, None where it may; `binding` are the opt-out protocols that bind,
        None for all."""
        self._binding = binding
        self._kinds, self._delay = options.full_text, options.delay
        self._private, self._excluded = frozenset(options.allow_private), excluded
        self._wait = pause
        self._client = PinnedClient(agent, allow_private=self._private, deadline=DEADLINE)
        self._store = OriginStore.open(folder / "origins.sqlite")
        self._origins = Origins(self._client, self._store, self._rest, MAX_CRAWL_DELAY)
        self._free: dict[str, float] = {}
        self._failures: Counter[str] = Counter()

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def visit(self, url: str) -> FetchedDocument:
        """The document at an address or where it leads; FetchError says why there is none."""
        for _ in range(2):  # a page may name its document; a document names no other
            document, named = self._follow(url)
            if document is not None:
                return document
            url = named
        raise FetchError(CONTENT_TYPE, f"a page, and {url} is another")

    def _follow(self, url: str) -> tuple[FetchedDocument | None, str]:
        """The document, or the address that a page gives for it."""
        for _ in range(MAX_HOPS + 1):
            site, signals = self._may(url)
            answer = self._ask(url, site.rules.delay)
            if answer.status not in REDIRECT_CODES:
                return self._taken(answer, site, signals)
            location = answer.fields.get("location")
            if not location:
                raise FetchError(REDIRECTS, "to nowhere")
            url = _joined(url, header_url(location))
        raise FetchError(REDIRECTS, f"more than {MAX_HOPS}")

    def _may(self, url: str) -> tuple[OriginRules, list[OptOutSignal]]:
        """Rules of an address's origin, and opt-out signals; FetchError if they forbid it."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if (why := self._excluded(url)) is not None:
            raise FetchError(EXCLUDED, why)
        if self._failures[host] >= DEAD:
            raise FetchError(NETWORK, f"{host} had no answer {DEAD} times in a row")
        if self._failures[host]:  # its robots.txt may be asked for again
            self._rest(host, 0.0)
        site, _ = self._origins.of(f"{parts.scheme}://{parts.netloc}")
        if (unavailable := site.unavailable()) is not None:
            self._failures[host] += 1
            self._free[host] = time.monotonic()
            raise unavailable
        if site.too_slow:
            raise FetchError(ROBOTS, f"a Crawl-delay of {site.rules.delay:g} s")
        if not site.rules.allowed(url):
            raise FetchError(ROBOTS, site.rules.verdict(url)["rule"] or "disallowed")
        signals = opt_outs.of_robots(site.rules, url, AI_BOTS) + opt_outs.of_tdmrep(
            site.tdmrep, url
        )
        signals += self._origins.license_signals(site, url)
        if site.ai_txt:
            signals.append(OptOutSignal(kind="ai.txt", value="present"))
        self._respect(signals)
        return site, signals

    def _respect(self, signals: Sequence[OptOutSignal]) -> None:
        if reserving := opt_outs.binding_signals(signals, self._binding):
            raise FetchError(OPT_OUT, opt_outs.shown(reserving)[:200])

    def _ask(self, url: str, crawl_delay: float) -> RawAnswer:
        host = urlsplit(url).hostname or ""
        owed = 0.0

        def owe(seconds: float) -> None:
            nonlocal owed
            owed = seconds

        def attempt() -> RawAnswer:
            self._rest(host, crawl_delay, owed)
            return self._answer(url)

        try:
            answer = Retry(tries=MAX_TRIES, first_pause=_FIRST_PAUSE, pause=owe).call(url, attempt)
        except FetchError as error:
            self._failures[host] += error.again
            if self._failures[host] == DEAD:
                _log.warning("%s: host given up after %d addresses (%s)", host, DEAD, error.detail)
            raise
        self._failures[host] = 0
        if answer.status != 200 and answer.status not in REDIRECT_CODES:
            raise FetchError(HTTP_STATUS, str(answer.status))
        return answer

    def _answer(self, url: str) -> RawAnswer:
        """The answer to one request; _FailedError where another one may fare better."""
        try:
            answer = self._client.get(url, lambda status, _: status == 200, MAX_DOCUMENT)
        except FetchError as error:
            if error.again:
                raise _FailedError(error) from error
            raise
        if answer.status in BUSY:
            busy = FetchError(HTTP_STATUS, str(answer.status), again=True)
            raise _FailedError(busy, answer.retry_after())
        return answer

    def _rest(self, host: str, crawl_delay: float, wait: float = 0.0) -> None:
        """Wait as long as a host is owed since it was last asked."""
        least = self._delay if host in self._private else max(self._delay, MIN_DELAY)
        rest = max(least, crawl_delay, wait)
        since = time.monotonic() - self._free.get(host, float("-inf"))
        if since < rest:
            self._wait(rest - since)
        self._free[host] = time.monotonic()

    def _taken(
        self, answer: RawAnswer, site: OriginRules, signals: list[OptOutSignal]
    ) -> tuple[FetchedDocument | None, str]:
        content = answer.content(MAX_DOCUMENT)
        if not content.strip():
            raise FetchError(EMPTY, f"{len(content)} bytes")
        kind = kind_of(content)
        root = parse_page(content, answer.charset) if kind == "html" else None
        metas = metas_of(root)
        signals = signals + opt_outs.of_headers(answer.fields) + opt_outs.of_meta(metas)
        terms = terms_of(root, answer.url, answer.fields)
        signals += terms.signals(answer.url, self._origins.terms)
        if "pdf" in self._kinds and (named := _document_of(metas)):
            self._respect(signals)
            return None, _joined(answer.url, named)
        self._respect(signals)
        if kind is None or kind not in self._kinds:
            raise FetchError(CONTENT_TYPE, kind or answer.media_type or "unknown")
        verdict = site.rules.verdict(answer.url)
        return FetchedDocument(answer, kind, verdict, opt_outs.verdict(signals)), ""


def _document_of(metas: Sequence[tuple[str, str]]) -> str | None:
    """The PDF that a repository's page is about, as Google Scholar has it named: DSpace, EPrints,
    OJS and Invenio do so."""
    return next((value for name, value in metas if name == "citation_pdf_url" and value), None)


def _joined(url: str, location: str) -> str:
    target = absolute_url(location, url)
    if target is not None and target.startswith(("http://", "https://")):
        return target
    raise FetchError(REDIRECTS, "to no http or https address")
