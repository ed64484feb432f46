"""Requests to servers that everybody uses: one at a time, with pauses, backing off when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import requests

from corpuskit import logs
from corpuskit.connectors.base import Agent
from corpuskit.connectors.deadline import GuardedAdapter
from corpuskit.connectors.http_policy import (
    BUSY,
    DEADLINE,
    MAX_BODY,
    TIMEOUT,
    TRIES,
    TooLargeError,
    retry_after,
    user_agent,
    wait_before,
    whole,
)
from corpuskit.errors import SourceError

_log = logs.logger(__name__)

ATTEMPTS: Final = TRIES
"""How often a request is made: with pauses of 2, 4, … 64 s it outlives a minute's overload."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request, after all its attempts."""

    status: int | None
    """None if no attempt got a whole answer; `problem` then says why."""
    headers: Mapping[str, str]
    body: bytes
    problem: str
    final: bool = False
    """Whether asking again would not help."""

    @property
    def media_type(self) -> str:
        """Declared media type, lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def fault(self) -> str:
        """The answer in a few words, for messages."""
        return self.problem if self.status is None else f"HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class _Request:
    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    limit: int
    read: tuple[int, ...]


class Polite:
    """A client of one thread. It follows no redirects: the servers are known by name."""

    def __init__(
        self, agent: Agent, delay: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """`delay`: seconds between the end of an answer and the next request."""
        self.delay, self.sleep = delay, sleep
        self._free = 0.0
        self._session, self._adapter = requests.Session(), GuardedAdapter()
        self._adapter.mount(self._session)
        self._session.trust_env = False  # no credentials of .netrc
        self._session.headers["User-Agent"] = user_agent(agent)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_BODY,
        read: tuple[int, ...] = (200, 404),
    ) -> Answer:
        """Ask until there is an answer worth having, or ATTEMPTS are used up.

        By the policy of `http_policy`; the first pause is twice `delay`. The body is read up to
        `limit` decoded bytes, and only of answers of a status in `read`. Raises SourceError where
        the server asks to be left alone for longer than that policy waits.
        """
        request = _Request(url, params or {}, headers or {}, limit, read)
        answer = Answer(None, {}, b"", "not asked")
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(self._pause(answer, attempt, url))
            answer = self._once(request)
            _log.debug("GET %s %s: %s", url, dict(request.params), answer.status or answer.fault)
            if answer.final:
                break
        return answer

    def _pause(self, answer: Answer, attempt: int, url: str) -> float:
        asked = retry_after(answer.headers.get("retry-after"))
        wait = wait_before(attempt, asked, 2 * self.delay)
        if wait is None:
            raise SourceError(
                f"{url}: {answer.fault}, come back in {asked:.0f} s; run the same command again "
                "then (what was fetched is kept)"
            )
        _log.info("%s: %s; asked again in %.0f s", url, answer.fault, wait)
        return wait

    def _once(self, asked: _Request) -> Answer:
        self.sleep(max(0.0, self._free - time.monotonic()))
        try:
            with self._adapter.within(DEADLINE):
                response = self._session.get(
                    asked.url, params=asked.params, headers=asked.headers, stream=True,
                    timeout=TIMEOUT, allow_redirects=False,
                )  # fmt: skip
            with response:
                body = (
                    whole(response, asked.limit, DEADLINE)
                    if response.status_code in asked.read
                    else b""
                )
                named = {name.lower(): value for name, value in response.headers.items()}
                final = response.status_code not in BUSY
                return Answer(response.status_code, named, body, "", final)
        except TooLargeError as error:
            return Answer(None, {}, b"", str(error), True)
        except (requests.RequestException, OSError) as error:
            return Answer(None, {}, b"", f"{type(error).__name__}: {error}"[:200])
        finally:
            self._free = time.monotonic() + self.delay
