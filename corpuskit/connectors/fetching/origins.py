"""What an origin says about itself, asked once a day before anything else is asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from corpuskit import logs
from corpuskit.connectors.containers.http_message import decode_content
from corpuskit.connectors.fetching import rsl
from corpuskit.connectors.fetching.errors import FetchError
from corpuskit.connectors.fetching.origin_store import OriginFiles, OriginStore
from corpuskit.connectors.fetching.pinned import PinnedClient, RawAnswer
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.fetching.robots import MAX_AGE, MAX_BYTES, RobotsFile, Rules, text_of
from corpuskit.connectors.reasons import NETWORK, REFUSED_ADDRESS, ROBOTS
from corpuskit.document import OptOutSignal
from corpuskit.urls import absolute_url, header_url

_log = logs.logger(__name__)

MAX_HOPS: Final = 5
"""Redirects that are followed: RFC 9309, 2.3.1.2, asks for five at least."""
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class OriginRules:
    """An origin's rules and opt-out files."""

    def __init__(self, files: OriginFiles, max_delay: float) -> None:
        self.rules = Rules(files.robots)
        self.too_slow = self.rules.delay > max_delay
        self.tdmrep, self.ai_txt = files.tdmrep, files.ai_txt

    def unavailable(self) -> FetchError | None:
        """Why nothing may be asked of the origin at present; None if its robots.txt was had.

        A server that does not answer is a failure of the network, not a verdict of robots.txt.
        """
        file = self.rules.file
        if not file.unavailable:
            return None
        if file.problem:
            return FetchError(NETWORK, file.problem, again=True)
        return FetchError(ROBOTS, self.rules.rule("") or "", again=True)


class Origins:
    """The origins met so far; any number of threads may use it, each for hosts of its own."""

    def __init__(
        self,
        client: PinnedClient,
        store: OriginStore,
        pause: Callable[[str, float], None],
        max_delay: float,
    ) -> None:
        """`pause(host, crawl_delay)` waits as long as a host is owed between two requests;
        hosts that are owed more than `max_delay` seconds are asked for robots.txt alone."""
        self._client, self._store, self._pause = client, store, pause
        self._max_delay = max_delay
        self._known: dict[str, OriginRules] = {}
        self._lock = threading.Lock()

    def of(self, origin: str) -> tuple[OriginRules, bool]:
        """The origin's rules, and whether it was just asked. FetchError if its address is
        refused."""
        with self._lock:
            known = self._known.get(origin)
        if known is not None and known.rules.file.fresh:
            return known, False
        files = self._store.load(origin)
        asked = files is None or not files.robots.fresh
        if files is None or asked:
            files = self._ask(origin)
        rules = OriginRules(files, self._max_delay)
        if asked and not files.robots.unavailable and not rules.too_slow:
            self._store.save(origin, files)
        if not files.robots.unavailable:  # else asked again with the next URL
            with self._lock:
                self._known[origin] = rules
        return rules, asked

    def terms(self, address: str) -> str | None:
        """A license document for machines, asked for once a day; None where it cannot be had."""
        kept = self._store.load_terms(address)
        if kept is not None and datetime.now(UTC) - kept[1] < MAX_AGE:
            return kept[0] or None
        if not address.startswith(("http://", "https://")):
            return None
        self._pause(urlsplit(address).hostname or "", 0.0)
        content = self._text(address)
        self._store.save_terms(address, content, datetime.now(UTC).replace(microsecond=0))
        return content or None

    def license_signals(self, site: OriginRules, url: str) -> list[OptOutSignal]:
        """What the license documents that robots.txt names say about a page."""
        return rsl.signals_of("robots-rsl", site.rules.licenses, url, self.terms)

    def _ask(self, origin: str) -> OriginFiles:
        robots = self._robots(origin)
        if robots.unavailable:
            _log.warning(
                "%s: robots.txt is unavailable (%d)", without_secrets(origin), robots.status
            )
            return OriginFiles(robots, "", ai_txt=False)
        host, delay = urlsplit(origin).hostname or "", Rules(robots).delay
        if delay > self._max_delay:
            _log.warning("%s: left alone, Crawl-delay %g s", without_secrets(origin), delay)
            return OriginFiles(robots, "", ai_txt=False)
        self._pause(host, delay)
        tdmrep = self._text(f"{origin}/.well-known/tdmrep.json")
        self._pause(host, delay)
        ai_txt = self._text(f"{origin}/ai.txt")
        is_ai_txt = bool(ai_txt) and "<html" not in ai_txt.lower()
        return OriginFiles(robots, tdmrep or "", ai_txt=is_ai_txt)

    def _robots(self, origin: str) -> RobotsFile:
        status, body, problem = 0, b"", ""
        try:
            for answer in self._answers(f"{origin}/robots.txt"):
                status, body = answer.status, b""
            body = _decoded(answer) if status not in REDIRECTS else b""
            if answer.body and not body:  # nothing of it can be read
                status = 0
        except FetchError as error:
            if error.code == REFUSED_ADDRESS and not status:
                raise
            problem = "" if status else error.detail
            status = 0
        return RobotsFile(status, body, datetime.now(UTC).replace(microsecond=0), problem)

    def _text(self, url: str) -> str:
        """A file of an origin, empty where there is none. Redirects lead to its new place, if it
        has the same path there: others are those of pages that do not exist."""
        try:
            *_, answer = self._answers(url, to_same_path=True)
        except FetchError:
            return ""
        return text_of(_decoded(answer)) if answer.status == 200 else ""

    def _answers(self, url: str, *, to_same_path: bool = False) -> Iterator[RawAnswer]:
        """The answers for a URL and for where each redirects to, with the rests in between."""
        for _ in range(MAX_HOPS + 1):
            answer = self._get(url)
            yield answer
            target = absolute_url(header_url(answer.fields.get("location", "")), url)
            if answer.status not in REDIRECTS or target in (None, url):
                return
            if to_same_path and urlsplit(target).path != urlsplit(url).path:
                return
            url = str(target)
            self._pause(urlsplit(url).hostname or "", 0.0)

    def _get(self, url: str) -> RawAnswer:
        return self._client.get(
            url, lambda status, _: 200 <= status < 300, 2 * MAX_BYTES, truncate=True
        )


def _decoded(answer: RawAnswer) -> bytes:
    """As much of a body as can be read, also of one that is gzip without saying so."""
    codings = answer.fields.get("content-encoding", "")
    content = decode_content(answer.body, codings, 2 * MAX_BYTES)[0]
    if content.startswith(b"\x1f\x8b"):
        return decode_content(content, "gzip", 2 * MAX_BYTES)[0]
    return content
