"""What an origin says about itself, asked once a day before anything else is asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from corpuskit.connectors.containers.http_message import decode_content
from corpuskit.connectors.fetching.pinned import Answer, Client, FetchError
from corpuskit.connectors.fetching.robots import MAX_BYTES, RobotsFile, Rules
from corpuskit.connectors.reasons import REFUSED_ADDRESS
from corpuskit.connectors.web import lists
from corpuskit.connectors.web.frontier import Frontier, Origin

MAX_HOPS: Final = 5
"""Redirects that are followed: RFC 9309, 2.3.1.2, asks for five at least."""
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class Site:
    """An origin's rules and opt-out files."""

    def __init__(self, origin: Origin, max_delay: float) -> None:
        self.rules = Rules(origin.robots)
        self.too_slow = self.rules.delay > max_delay
        self.tdmrep, self.ai_txt = origin.tdmrep, origin.ai_txt


class Sites:
    """The origins met so far; any number of threads may use it, each for hosts of its own."""

    def __init__(
        self,
        client: Client,
        frontier: Frontier,
        pause: Callable[[str, float], None],
        max_delay: float,
    ) -> None:
        """`pause(host, crawl_delay)` waits as long as a host is owed between two requests;
        hosts that are owed more than `max_delay` seconds are asked for robots.txt alone."""
        self._client, self._frontier, self._pause = client, frontier, pause
        self._max_delay = max_delay
        self._known: dict[str, Site] = {}
        self._lock = threading.Lock()

    def of(self, origin: str) -> tuple[Site, bool]:
        """The site and whether it was just asked. FetchError if its address is refused."""
        with self._lock:
            site = self._known.get(origin)
        if site is not None and site.rules.file.fresh:
            return site, False
        stored = self._frontier.origin(origin)
        asked = stored is None or not stored.robots.fresh
        if stored is None or asked:
            stored = self._ask(origin)
        site = Site(stored, self._max_delay)
        if asked and not stored.robots.unavailable and not site.too_slow:
            self._frontier.learn(origin, stored)
        if not stored.robots.unavailable:  # else asked again with the next URL
            with self._lock:
                self._known[origin] = site
        return site, asked

    def _ask(self, origin: str) -> Origin:
        robots = self._robots(origin)
        if robots.unavailable:
            return Origin(robots, "", ai_txt=False)
        host, delay = urlsplit(origin).hostname or "", Rules(robots).delay
        if delay > self._max_delay:
            return Origin(robots, "", ai_txt=False)
        self._pause(host, delay)
        tdmrep = self._text(f"{origin}/.well-known/tdmrep.json")
        self._pause(host, delay)
        ai_txt = self._text(f"{origin}/ai.txt")
        return Origin(robots, tdmrep or "", ai_txt=bool(ai_txt) and "<html" not in ai_txt.lower())

    def _robots(self, origin: str) -> RobotsFile:
        url = f"{origin}/robots.txt"
        status, body = 0, b""
        try:
            for _ in range(MAX_HOPS + 1):
                answer = self._get(url)
                status = answer.status
                target = lists.absolute(answer.fields.get("location", ""), url)
                if status not in REDIRECTS or target in ("", url):
                    body = _decoded(answer)
                    if answer.body and not body:  # nothing of it can be read
                        status = 0
                    break
                url = target
                self._pause(urlsplit(url).hostname or "", 0.0)
        except FetchError as error:
            if error.code == REFUSED_ADDRESS and url == f"{origin}/robots.txt":
                raise
            status = 0
        return RobotsFile(status, body, datetime.now(UTC).replace(microsecond=0))

    def _text(self, url: str) -> str:
        try:
            answer = self._get(url)
        except FetchError:
            return ""
        return _decoded(answer).decode("utf-8-sig", "replace") if answer.status == 200 else ""

    def _get(self, url: str) -> Answer:
        return self._client.get(
            url, lambda status, _: 200 <= status < 300, 2 * MAX_BYTES, truncate=True
        )


def _decoded(answer: Answer) -> bytes:
    """As much of a body as can be read."""
    codings = answer.fields.get("content-encoding", "")
    return decode_content(answer.body, codings, 2 * MAX_BYTES)[0]
