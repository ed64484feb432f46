"""Requests to servers that everybody uses: one at a time, with pauses, backing off when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import requests

from corpuskit.connectors.base import Agent
from corpuskit.connectors.http import retry_after, user_agent
from corpuskit.errors import SourceError

ATTEMPTS: Final = 7
"""How often a request is made: with pauses of 2, 4, … 64 s it outlives a minute's overload."""
PATIENCE: Final = 600.0
"""Longest wait, in seconds, that a server's Retry-After is obeyed within a run; a longer one
ends the run, which goes on when it is started again."""
DEADLINE: Final = 300.0
"""Seconds after which an answer that is still coming in is given up: a dripping server defeats
every time-out between two reads."""

_TIMEOUT = (20, 120)  # seconds to connect, between two reads: the index may search for a minute
_AGAIN = frozenset({429, 500, 502, 503, 504})
_CHUNK = 1 << 16


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


class _TooLongError(Exception):
    """More bytes came than can have been asked for."""


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
        self._session = requests.Session()
        self._session.trust_env = False  # no credentials of .netrc
        self._session.headers["User-Agent"] = user_agent(agent)

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 1 << 28,
        read: tuple[int, ...] = (200, 404),
    ) -> Answer:
        """Ask until there is an answer worth having, or ATTEMPTS are used up.

        429, 5xx and broken connections are tried again; nothing else is, above all not 403.
        The body is read up to `limit` decoded bytes, and only of answers of a status in `read`.
        Raises SourceError where the server asks for more than PATIENCE.
        """
        request = _Request(url, params or {}, headers or {}, limit, read)
        answer = Answer(None, {}, b"", "not asked")
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(self._pause(answer, attempt, url))
            answer = self._once(request)
            if answer.final:
                break
        return answer

    def _pause(self, answer: Answer, attempt: int, url: str) -> float:
        asked = retry_after(answer.headers.get("retry-after")) or 0.0
        if asked > PATIENCE:
            raise SourceError(
                f"{url}: {answer.fault}, come back in {asked:.0f} s; run the same command again "
                "then (what was fetched is kept)"
            )
        return max(asked, self.delay * (1 << attempt))

    def _once(self, asked: _Request) -> Answer:
        self.sleep(max(0.0, self._free - time.monotonic()))
        try:
            with self._session.get(
                asked.url, params=asked.params, headers=asked.headers, stream=True,
                timeout=_TIMEOUT, allow_redirects=False,
            ) as response:  # fmt: skip
                body = _body(response, asked.limit) if response.status_code in asked.read else b""
                named = {name.lower(): value for name, value in response.headers.items()}
                final = response.status_code not in _AGAIN
                return Answer(response.status_code, named, body, "", final)
        except _TooLongError:
            return Answer(None, {}, b"", f"an answer of more than {asked.limit} bytes", True)
        except (requests.RequestException, OSError) as error:
            return Answer(None, {}, b"", f"{type(error).__name__}: {error}"[:200])
        finally:
            self._free = time.monotonic() + self.delay


def _body(response: requests.Response, limit: int) -> bytes:
    parts, size, end = [], 0, time.monotonic() + DEADLINE
    for chunk in response.iter_content(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise _TooLongError
        if time.monotonic() > end:
            raise requests.exceptions.ReadTimeout(f"not whole after {DEADLINE:.0f} s")
    return b"".join(parts)
