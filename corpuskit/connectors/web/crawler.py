"""The crawl: threads across hosts, one request in flight per host."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from corpuskit import logs
from corpuskit.connectors.base import FetchContext
from corpuskit.connectors.fetching.addresses import Resolve, resolve
from corpuskit.connectors.fetching.errors import FetchError
from corpuskit.connectors.fetching.pinned import PinnedClient
from corpuskit.connectors.fetching.policy import MIN_DELAY
from corpuskit.connectors.reasons import NO_YIELD
from corpuskit.connectors.web.archive import CrawlArchive, number_of
from corpuskit.connectors.web.frontier import Entry, Frontier
from corpuskit.connectors.web.options import WebOptions
from corpuskit.connectors.web.records import Maker
from corpuskit.connectors.web.tally import CrawlTally
from corpuskit.connectors.web.turns import MAX_STREAK_AGAIN, Host, Turns
from corpuskit.connectors.web.visit import PageVisitor, Visit
from corpuskit.connectors.web.withdraw import take_out
from corpuskit.errors import SourceError
from corpuskit.urls import site_of

_log = logs.logger(__name__)

MAX_WAIT: Final = 300.0
"""Longest wait in seconds between two requests to a failing host."""
_FIRST_REPORT_SECONDS: Final = 1.0
_REPORT_SECONDS: Final = 5.0
_WATCH_SECONDS: Final = 0.05
_ENDING_SECONDS: Final = 3.0
"""How long threads have to end once they were told to."""


class Crawler:
    """One crawl, from where its frontier stands to the end of its budget."""

    def __init__(
        self,
        options: WebOptions,
        store: Path,
        context: FetchContext,
        resolver: Resolve = resolve,
    ) -> None:
        """Without a judge in the context a crawl is breadth-first."""
        agent = context.agent
        store.mkdir(parents=True, exist_ok=True)
        self._options, self._report, self._note = options, context.report, context.note
        self._client = PinnedClient(
            agent,
            allow_private=options.allow_private,
            deadline=options.deadline,
            resolver=resolver,
        )
        focus = options.focus and context.judge is not None
        self.frontier = Frontier(store / "frontier.sqlite", focus=focus)
        operator = " ".join(f"{agent.operator} ({agent.contact})".split())
        maker = Maker(self._client.agent, operator, agent.recipe)
        _check_seeds(self.frontier.seeds(), options.seeds)
        archives, known = self.frontier.archives(), self.frontier.history
        known.begin(options.recrawl, max(map(number_of, archives), default=0) + 1)
        archive = CrawlArchive(store, archives, maker, known.state("archive") or 1)
        self._visitor = PageVisitor(
            options, self._client, self.frontier, archive, self._pause, context
        )
        self._stop = threading.Event()
        self._change = threading.Condition()
        yields = self.frontier.yields
        self._turns = Turns(options.max_pages_per_host, yields.score if yields else None)
        self._in_flight = 0
        self._is_over = False
        """Whether it ended by itself."""
        self._tally = CrawlTally()
        self._error: BaseException | None = None

    def run(self) -> None:
        """Crawl until nothing waits or the budget is used up."""
        is_new = bool(self.frontier.add(self._visitor.seeds))
        self._tally = CrawlTally(*self.frontier.totals())
        self._ask_again()
        if not is_new and not self.frontier.waiting():
            self._note(
                "the crawl was finished before, nothing was asked; to ask for its pages again, "
                f"set recrawl to {self._options.recrawl + 1}"
            )
        for name, count in self.frontier.waiting().items():
            self._turns.host(name).waiting = count
        for name, count in self.frontier.kept().items():
            self._turns.host(name).kept = count
        threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(self._options.threads)
        ]
        try:
            for thread in threads:
                thread.start()
            self._watch(threads)
            self._is_over = self._error is None
        finally:
            self._end(threads)
            self._report(self.progress())
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Let go of the frontier."""
        self.frontier.close()

    def _ask_again(self) -> None:
        """Let wait what failed in an earlier run for a reason that may have passed, and say so."""
        if not self._has_budget():
            return
        most = self._options.max_pages_per_host
        full = [name for name, count in self.frontier.kept().items() if count >= most]
        again = self.frontier.ask_again(full)
        for name in again:
            self._turns.host(name).patience = MAX_STREAK_AGAIN
        if again:
            count = sum(again.values())
            urls = "1 URL that" if count == 1 else f"{count:,} URLs that"
            self._note(f"asking again for {urls} failed before")

    def _watch(self, threads: list[threading.Thread]) -> None:
        due = time.monotonic() + _FIRST_REPORT_SECONDS
        while any(thread.is_alive() for thread in threads):
            time.sleep(_WATCH_SECONDS)
            if time.monotonic() >= due:
                self._report(self.progress())
                due = time.monotonic() + _REPORT_SECONDS

    def _end(self, threads: list[threading.Thread]) -> None:
        self._stop.set()
        self._client.abort()
        with self._change:
            self._change.notify_all()
        until = time.monotonic() + _ENDING_SECONDS
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def progress(self) -> str:
        """One line on how far the crawl is."""
        with self._change:
            waiting = sum(host.waiting for host in self._turns.hosts.values())
            limit = self._limit_reached() if self._is_over and waiting else ""
            return self._tally.line(waiting, self.frontier.reasons(), limit)

    def _limit_reached(self) -> str:
        """The option that ended a crawl although URLs wait, with its value."""
        options = self._options
        if self._tally.kept >= options.max_pages:
            return f"max_pages = {options.max_pages}"
        if self._tally.bytes >= options.max_bytes:
            return f"max_bytes = {options.max_bytes}"
        return f"max_pages_per_host = {options.max_pages_per_host}"

    def _work(self) -> None:
        try:
            while (entry := self._take()) is not None:
                try:
                    visit = self._visitor.visit(entry)
                except BaseException:
                    self._release(entry, None)
                    raise
                self._release(entry, visit)
        except BaseException as error:  # noqa: BLE001  # raised again by the main thread
            if not self._stop.is_set():
                self._error = error
                self._stop.set()

    def _take(self) -> Entry | None:
        """The next URL whose host has had its rest; waits for one; None at the end."""
        with self._change:
            while not self._stop.is_set():
                ready = self._ready()
                if ready is None and not self._in_flight:
                    break
                wait = 1.0
                if ready is not None:
                    host = self._turns.host(ready)
                    wait = host.next_at - time.monotonic()
                    if wait <= 0:
                        entry = self.frontier.next_of(ready, wide=host.wide)
                        if entry is None:
                            host.waiting = 0
                            continue
                        host.busy = True
                        self._turns.taken(host)
                        self._in_flight += 1
                        return entry
                self._change.wait(min(wait, 1.0))
            self._change.notify_all()
            return None

    def _ready(self) -> str | None:
        """The host whose turn comes first, None if none has anything left to ask."""
        return self._turns.next_host(time.monotonic()) if self._has_budget() else None

    def _has_budget(self) -> bool:
        within = self._tally.kept + self._in_flight < self._options.max_pages
        return within and self._tally.bytes < self._options.max_bytes

    def _release(self, entry: Entry, visit: Visit | None) -> None:
        with self._change:
            host = self._turns.host(entry.host)
            host.busy = False
            self._in_flight -= 1
            if visit is not None:
                self._count(host, visit)
                idle = visit.idle and visit.failure is None
                rest = 0.0 if idle else self._rest(entry.host, visit.crawl_delay)
                rest = max(rest, visit.retry_after)
                if visit.failure is not None:
                    rest = max(rest, min(rest * 2**host.streak, MAX_WAIT))
                host.next_at = time.monotonic() + rest
                if visit.failure is not None and host.streak >= host.patience:
                    self._give_up(entry.host, host, visit.failure)
                elif not visit.wanted:
                    self._drop_if_fruitless(entry.host, host)
            self._change.notify_all()

    def _count(self, host: Host, visit: Visit) -> None:
        host.waiting -= visit.settled
        host.kept += visit.kept
        host.streak = 0 if visit.failure is None else host.streak + 1
        self._tally.add(visit)
        self._turns.gave(host, visit.bytes, visit.wanted or 0)
        for name, count in visit.new.items():
            self._turns.host(name).waiting += count

    def _give_up(self, name: str, host: Host, failure: FetchError) -> None:
        _log.warning("%s: host given up after %d failures (%s)", name, host.streak, failure.detail)
        self.frontier.give_up(name, failure.code, f"host given up: {failure.detail}")
        host.waiting = 0

    def _drop_if_fruitless(self, name: str, host: Host) -> None:
        """A host whose pages gave nothing, for more of them the more gave something before."""
        if self.frontier.yields is None or not host.waiting:
            return
        idle, fruitful = self.frontier.yields.fruitless(name)
        if idle >= self._options.focus_pages * (1 + fruitful):
            detail = f"no wanted text in the last {idle} pages of the host"
            _log.info("%s: host dropped, %s", name, detail)
            self.frontier.give_up(name, NO_YIELD, detail)
            self.frontier.yields.drop(name)
            host.waiting = 0

    def _rest(self, host: str, crawl_delay: float) -> float:
        is_private = host in self._options.allow_private
        least = self._options.delay if is_private else max(self._options.delay, MIN_DELAY)
        return max(least, crawl_delay)

    def _pause(self, host: str, crawl_delay: float) -> None:
        if self._stop.wait(self._rest(host, crawl_delay)):
            raise InterruptedError


def _check_seeds(earlier: Sequence[str], seeds: Sequence[str]) -> None:
    """SourceError if a crawl of other sites has begun in this folder."""
    began, asked = (sorted({site_of(url) or "" for url in urls}) for urls in (earlier, seeds))
    if began and not set(began) & set(asked):
        raise SourceError(
            f"the folder holds a crawl of {', '.join(began[:3])}, not of {', '.join(asked[:3])}; "
            "crawl into another folder (--out), or give the source of the recipe another name"
        )


def crawl(
    options: WebOptions,
    store: Path,
    context: FetchContext,
    resolver: Resolve = resolve,
) -> list[tuple[str, str, str | None, int | None]]:
    """Crawl into `store`; the pages lost so far: URL, reason, detail, status.

    An exception, KeyboardInterrupt included, leaves a store from which the next call goes on.
    """
    crawler = Crawler(options, store, context, resolver)
    try:
        crawler.run()
        take_out(store, crawler.frontier.history)
        return list(crawler.frontier.lost_pages())
    finally:
        with suppress(Exception):  # a thread that is still in the database lets go by itself
            crawler.close()
