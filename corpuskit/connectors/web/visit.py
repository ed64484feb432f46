"""One URL from its verdicts to its outcome."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from corpuskit import logs
from corpuskit.connectors import sniff
from corpuskit.connectors.base import MAX_CONTENT_BYTES, FetchContext
from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.errors import FetchError
from corpuskit.connectors.fetching.origins import MAX_HOPS, OriginRules, Origins
from corpuskit.connectors.fetching.origins import REDIRECTS as REDIRECT_CODES
from corpuskit.connectors.fetching.pinned import PinnedClient, RawAnswer
from corpuskit.connectors.fetching.policy import BUSY
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.fetching.rsl import terms_of
from corpuskit.connectors.reasons import (
    CONTENT_TYPE,
    CRAWL_DELAY,
    EMPTY,
    EXCLUDED,
    FAILED,
    HTTP_STATUS,
    OPT_OUT,
    REDIRECTS,
    REFUSED_ADDRESS,
    ROBOTS,
    SAME_CONTENT,
)
from corpuskit.connectors.web import discover, history, lists
from corpuskit.connectors.web.admit import Admission
from corpuskit.connectors.web.archive import CrawlArchive
from corpuskit.connectors.web.frontier import (
    FEED,
    KEPT,
    LOST,
    PAGE,
    READ,
    Entry,
    Frontier,
    UrlOutcome,
)
from corpuskit.connectors.web.hints import Hints
from corpuskit.connectors.web.history import PageCapture, unmodified
from corpuskit.connectors.web.keep import Keeper
from corpuskit.connectors.web.options import WebOptions
from corpuskit.connectors.web.scope import normal_url
from corpuskit.connectors.web.streak import Streaks, text_key
from corpuskit.document import OptOutSignal, RawRecord
from corpuskit.errors import SourceError
from corpuskit.urls import absolute_url, header_url

_log = logs.logger(__name__)

MAX_TRIES: Final = 3
"""How often a URL is asked that gives an error which may pass."""

_PAGES: Final = frozenset({sniff.HTML, sniff.XHTML, sniff.TEXT})
_ENDING: Final = (OSError, sqlite3.Error, MemoryError, ImportError, SourceError)
"""Exceptions of the machine or the whole source: they end a crawl, which can go on later."""
NOT_MODIFIED: Final = 304
GONE: Final = 410


@dataclass(slots=True)
class Visit:
    """What a visit changed."""

    kept: bool = False
    settled: int = 1
    """URLs that no longer wait."""
    idle: bool = True
    """Whether nothing was asked, so that the host needs no rest."""
    bytes: int = 0
    wanted: int | None = None
    """Characters in the wanted languages of a page that was kept, if somebody looked."""
    new: dict[str, int] = field(default_factory=dict)
    """URLs that wait now, per host."""
    crawl_delay: float = 0.0
    retry_after: float = 0.0
    failure: FetchError | None = None
    """What went wrong, where the host may be in trouble."""


@dataclass(slots=True)
class _Turn:
    """A URL whose turn it is, and what is known before it is asked for."""

    entry: Entry
    site: OriginRules
    visit: Visit
    signals: list[OptOutSignal]
    last: PageCapture | None
    """Of a page that was kept before."""


class PageVisitor:
    """Visits URLs; any number of threads may, each at a host of its own."""

    def __init__(
        self,
        options: WebOptions,
        client: PinnedClient,
        frontier: Frontier,
        archive: CrawlArchive,
        pause: Callable[[str, float], None],
        context: FetchContext,
    ) -> None:
        """`pause(host, crawl_delay)` waits as long as a host is owed between two requests."""
        judge = context.judge
        self._client, self._frontier, self._judge = client, frontier, judge
        self._pause = pause
        self._ai_bots, self._excluded = options.ai_bots, context.excluded
        self._binding = context.binding
        self._keeper, self._history = Keeper(archive, frontier), frontier.history
        self._streaks = Streaks(frontier.history.ended())
        self._sites = Origins(client, frontier.origins, pause, options.max_crawl_delay)
        hints = Hints(judge.languages if judge else ())
        self._admission = Admission(options, frontier.queries(), hints, context.excluded)
        self.seeds = self._admission.seeds

    def visit(self, entry: Entry) -> Visit:
        """Ask for a URL if that is allowed, and settle it unless it is worth another try.

        An exception that the URL causes settles it (`read/failed`), and the crawl goes on.
        """
        visit = Visit()
        try:
            self._check_excluded(entry)
            site, asked = self._sites.of(entry.origin)
            visit.crawl_delay, visit.idle = site.rules.delay, not asked
            if site.too_slow:
                detail = f"Crawl-delay: {site.rules.delay:g}"
                visit.settled = self._frontier.give_up(entry.host, CRAWL_DELAY, detail)
                return visit
            if asked:
                # The page's turn comes when the host has had its rest.
                visit.settled = 0
                visit.new = self._frontier.add(self._admission.sitemaps(site, entry.origin))
                if not site.rules.file.unavailable:
                    return visit
            self._ask(self._turn(entry, site, visit))
        except FetchError as error:
            self._failed(entry, visit, error)
        except _ENDING:
            raise
        except Exception as error:  # noqa: BLE001  # one URL must not stop a crawl
            _log.exception("%s: %s", without_secrets(entry.url), FAILED)
            if not visit.kept:
                self._failed(entry, visit, FetchError(FAILED, type(error).__name__))
        return visit

    def _check_excluded(self, entry: Entry) -> None:
        """Links out of bounds are not taken up; seeds and what an earlier run took up may be."""
        if (why := self._excluded(entry.url)) is not None:
            raise FetchError(EXCLUDED, why)

    def _turn(self, entry: Entry, site: OriginRules, visit: Visit) -> _Turn:
        """FetchError if the URL is not to be asked for."""
        visit.settled = 1
        if (unavailable := site.unavailable()) is not None:
            raise unavailable
        if not site.rules.allowed(entry.url):
            raise FetchError(ROBOTS, site.rules.rule(entry.url) or "disallowed")
        if entry.kind == PAGE and (why := self._streaks.ended(entry.url)):
            raise FetchError(SAME_CONTENT, why)
        signals = self._stated(entry.url, site)
        self._respect(signals)
        last = self._history.capture(entry.url) if entry.kind == PAGE else None
        return _Turn(entry, site, visit, signals, last)

    def _respect(self, signals: list[OptOutSignal]) -> None:
        if reserving := opt_outs.binding_signals(signals, self._binding):
            raise FetchError(OPT_OUT, opt_outs.shown(reserving))

    def _stated(self, url: str, site: OriginRules) -> list[OptOutSignal]:
        """Opt-out signals that are known before a page is asked for."""
        signals = opt_outs.of_robots(site.rules, url, self._ai_bots)
        signals += opt_outs.of_tdmrep(site.tdmrep, url)
        signals += self._sites.license_signals(site, url)
        if site.ai_txt:
            signals.append(OptOutSignal(kind="ai.txt", value="present"))
        return signals

    def _ask(self, turn: _Turn) -> None:
        entry, visit, last = turn.entry, turn.visit, turn.last
        if unmodified(last, self._history.hint(entry.url)):
            self._frontier.settle(entry, UrlOutcome(KEPT, detail="by its sitemap as it was"))
            visit.kept = True
            return
        visit.idle = False
        answer = self._answer(turn)
        visit.bytes, visit.retry_after = len(answer.body), answer.retry_after()
        if last and answer.status == NOT_MODIFIED:
            self._unchanged(turn, last, answer)
        elif answer.status in REDIRECT_CODES:
            self._redirected(entry, answer, visit)
        elif answer.status != 200:
            again = answer.status in BUSY
            error = FetchError(HTTP_STATUS, str(answer.status), again=again)
            self._failed(entry, visit, error, answer)
        elif entry.kind == PAGE:
            self._page(turn, answer)
        else:
            self._list(entry, answer, visit)

    def _answer(self, turn: _Turn) -> RawAnswer:
        """The answer for a URL, also where its server first adds a session's key to it, which
        the URL's normal form leaves out."""
        entry, conditions = turn.entry, turn.last.validators if turn.last else {}
        wanted, limit = _wanted(entry.kind), _limit(entry.kind)
        answer = self._client.get(entry.url, wanted, limit, conditions=conditions)
        location = answer.fields.get("location", "") if answer.status in REDIRECT_CODES else ""
        target = absolute_url(header_url(location), entry.url) or ""
        if target in ("", entry.url) or normal_url(target) != entry.url:
            return answer
        if not turn.site.rules.allowed(target):
            raise FetchError(ROBOTS, turn.site.rules.rule(target) or "disallowed")
        self._pause(entry.host, turn.site.rules.delay)
        answer = self._client.get(target, wanted, limit, conditions=conditions)
        return replace(answer, url=entry.url)

    def _unchanged(self, turn: _Turn, last: PageCapture, answer: RawAnswer) -> None:
        """The server says that a page is as it was; its headers may reserve it all the same."""
        signals = turn.signals + opt_outs.of_headers(answer.fields)
        terms = terms_of(None, turn.entry.url, answer.fields)
        signals += terms.signals(turn.entry.url, self._sites.terms)
        self._respect(signals)
        verdicts = self._keeper.verdicts(turn.entry, turn.site, opt_outs.verdict(signals), answer)
        self._keeper.unchanged(turn.entry, answer, last, verdicts)
        turn.visit.kept = True

    def _page(self, turn: _Turn, answer: RawAnswer) -> None:
        entry, visit = turn.entry, turn.visit
        content = answer.content()
        kind = _kind_of(content, answer)
        page_links = discover.FoundLinks(
            key=text_key(content.decode("latin-1")), terms=terms_of(None, entry.url, answer.fields)
        )
        if kind != sniff.TEXT:
            page_links = discover.in_page(content, entry.url, answer.charset, answer.fields)
        signals = (
            turn.signals + opt_outs.of_headers(answer.fields) + opt_outs.of_meta(page_links.metas)
        )
        signals += page_links.terms.signals(entry.url, self._sites.terms)
        links = [] if opt_outs.nofollow(signals) else self._admission.links(entry, page_links)
        tdm = opt_outs.verdict(signals)
        if reserving := opt_outs.binding_signals(signals, self._binding):
            self._reserved(turn, opt_outs.shown(reserving), len(answer.body), links)
            return
        verdicts = self._keeper.verdicts(entry, turn.site, tdm, answer)
        visit.wanted = self._worth(content, kind, answer)
        visit.new = self._keeper.page(entry, answer, turn.last, verdicts, visit.wanted, links)
        visit.kept = True
        if ended := self._streaks.note(entry.url, page_links.key):
            visit.settled += self._frontier.end(*ended, SAME_CONTENT)

    def _reserved(self, turn: _Turn, why: str, size: int, links: list[Entry]) -> None:
        """A page that says of itself that it is not to be kept; its links are followed."""
        _log.info("%s: %s (%s)", without_secrets(turn.entry.url), OPT_OUT, why)
        outcome = UrlOutcome(LOST, OPT_OUT, why, 200, size, None if self._judge is None else 0)
        noted = [history.withdraw(turn.entry.url, f"{OPT_OUT} {why}")]
        turn.visit.new = self._frontier.settle(turn.entry, outcome, links, noted=noted)

    def _worth(self, content: bytes, kind: str, answer: RawAnswer) -> int | None:
        """Characters that a page adds to what is wanted, None if nobody can tell."""
        if self._judge is None:
            return None
        return self._judge(
            RawRecord(
                source_ref=answer.url,
                content=content,
                url=answer.url,
                content_type=kind,
                charset=answer.charset,
                headers=answer.fields,
            )
        )

    def _list(self, entry: Entry, answer: RawAnswer, visit: Visit) -> None:
        content = answer.content(lists.MAX_SITEMAP_BYTES)
        read = lists.in_feed if entry.kind == FEED else lists.in_sitemap
        listed = read(content, entry.url, answer.charset)
        outcome = UrlOutcome(READ, status=200, bytes=len(answer.body))
        links, noted = self._admission.links(entry, listed), self._admission.dated(listed)
        visit.new = self._frontier.settle(entry, outcome, links, noted=noted)

    def _redirected(self, entry: Entry, answer: RawAnswer, visit: Visit) -> None:
        """Take up the target as a URL of its own, so that everything is checked anew."""
        location = answer.fields.get("location", "")
        target = normal_url(absolute_url(header_url(location), entry.url) or "")
        if not location or entry.hops >= MAX_HOPS:
            raise FetchError(REDIRECTS, f"{entry.hops} before" if location else "to nowhere")
        if target is None:
            raise FetchError(REFUSED_ADDRESS, "redirect to no http or https URL")
        if target == entry.url:
            raise FetchError(REDIRECTS, "to itself")
        following = self._admission.target(entry, target)
        outcome = UrlOutcome(READ, detail=f"redirect to {target}", status=answer.status)
        visit.new = self._frontier.settle(entry, outcome, following)

    def _failed(
        self, entry: Entry, visit: Visit, error: FetchError, answer: RawAnswer | None = None
    ) -> None:
        visit.failure = error if error.again else None
        _log.info(
            "%s: %s (%s), try %d",
            without_secrets(entry.url), error.code, error.detail, entry.tries + 1,
        )  # fmt: skip
        visit.settled = int(not error.again or entry.tries + 1 >= MAX_TRIES)
        if not visit.settled:
            self._frontier.try_again(entry)
            return
        status = answer.status if answer else None
        noted, detail = [], error.detail
        if error.code == OPT_OUT or status == GONE:
            noted = [history.withdraw(entry.url, f"{error.code} {error.detail}")]
        elif last := self._history.capture(entry.url):
            detail = f"{detail}; the text of {last.at} stays"
        outcome = UrlOutcome(LOST, error.code, detail, status, visit.bytes)
        self._frontier.settle(entry, outcome, noted=noted)


def _kind_of(content: bytes, answer: RawAnswer) -> str:
    """Media type of a page; FetchError for other content, and for an empty page."""
    kind = answer.media_type
    if kind not in (_PAGES | sniff.UNDECLARED):  # its body was not read
        raise FetchError(CONTENT_TYPE, kind)
    if not content.strip():
        raise FetchError(EMPTY, f"{len(content)} bytes")
    if kind in sniff.UNDECLARED:
        kind = sniff.sniff(content)
    if kind not in _PAGES:
        raise FetchError(CONTENT_TYPE, kind)
    return kind


def _wanted(kind: str) -> Callable[[int, str], bool]:
    if kind == PAGE:
        return lambda status, media: status == 200 and media in (_PAGES | sniff.UNDECLARED)
    return lambda status, _: status == 200


def _limit(kind: str) -> int:
    return MAX_CONTENT_BYTES if kind == PAGE else lists.MAX_SITEMAP_BYTES
