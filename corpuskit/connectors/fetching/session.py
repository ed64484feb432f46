"""HTTP for addresses that the recipe names: under the operator's name, patient, resumable.

By the policy of `policy`. Redirects are followed to HTTP(S) only. Addresses that pages or records
name need the checks of `pinned`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
import urllib3

from corpuskit import logs
from corpuskit.connectors.base import Agent
from corpuskit.connectors.fetching.causes import message_of
from corpuskit.connectors.fetching.deadline import GuardedAdapter
from corpuskit.connectors.fetching.download import Download, span_of, validator
from corpuskit.connectors.fetching.errors import HttpError, TooLargeError, TransientError
from corpuskit.connectors.fetching.limits import TooSlowError, read_body
from corpuskit.connectors.fetching.policy import (
    BUSY,
    DEADLINE,
    MAX_BODY,
    TIMEOUT,
    TRIES,
    retry_after,
    user_agent,
)
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.fetching.retry import Retry

_log = logs.logger(__name__)

_LOST = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.HTTPError,
    TooSlowError,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its whole body."""

    url: str
    """After redirects."""
    status: int
    headers: Mapping[str, str]
    """Whatever the case of their names."""
    content: bytes
    """Without its codings."""


class Session:
    """Requests of one operator, one at a time; safe for one thread."""

    def __init__(
        self,
        agent: Agent | None,
        *,
        tries: int = TRIES,
        delay: float = 0.0,
        first_pause: float = 1.0,
        redirects: bool = True,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`agent` is None only where no operator is known: see `user_agent`.

        `delay`: seconds between the end of an answer and the next request; `first_pause`:
        seconds before a failed request is made again. Without `redirects` a redirect is an
        answer like any other. `pause` waits.
        """
        self._session, self._adapter = _AnonymousSession(), GuardedAdapter()
        self._adapter.mount(self._session)
        self._session.headers.update({"User-Agent": user_agent(agent), "Accept": "*/*"})
        self._retry = Retry(tries=tries, first_pause=first_pause, pause=pause)
        self._redirects, self._pause = redirects, pause
        self.delay = delay
        self._free = 0.0
        """When the next request may be made, on the monotonic clock."""

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        limit: int = MAX_BODY,
        accept: Collection[int] = (),
    ) -> Reply:
        """The answer with its whole body, of a status under 400 or in `accept`.

        HttpError if there is none, or if it has more than `limit` decoded bytes.
        """

        def attempt() -> Reply:
            with self._answer(url, headers, accept) as response:
                body = read_body(response.raw, limit, DEADLINE, decode=True)
                return Reply(response.url, response.status_code, response.headers, body)

        return self._retry.call(url, attempt)

    def to_file(
        self, url: str, target: Path, report: Callable[[int, int | None], None] | None = None
    ) -> None:
        """Fetch a file as it is stored there; `target` only ever holds the whole of it.

        What was fetched stands in `target`.part; called again it goes on there if the server
        still has that version. `report` takes bytes so far and of the whole, as far as known.
        Raises HttpError.
        """
        download = Download(url, target)

        def attempt() -> None:
            with self._answer(url, download.headers(), accept=(416,), patient=True) as response:
                download.take(response, report)
            if not download.complete():
                raise TransientError("the answer is shorter than it was said to be")

        self._retry.call(url, attempt, progress=lambda: download.have)

    def read_range(self, url: str, start: int, stop: int, version: str | None = None) -> bytes:
        """Bytes [start, stop) of a file, or the last -`start` of it where `stop` is 0.

        `version` is the `validator` of the file. HttpError where the server does not serve
        ranges or has another version by now.
        """
        return self.ranged(url, start, stop, version)[0]

    def ranged(
        self, url: str, start: int, stop: int, version: str | None = None
    ) -> tuple[bytes, requests.Response]:
        """As `read_range`, with the answer itself."""
        headers = {
            "Range": f"bytes={start}" if start < 0 else f"bytes={start}-{stop - 1}",
            "Accept-Encoding": "identity",
        }
        if version is not None:
            headers["If-Range"] = version

        def attempt() -> tuple[bytes, requests.Response]:
            with self._answer(url, headers, accept=(416,)) as response:
                size = _size_of_range(url, response, start, stop, version)
                data = read_body(response.raw, size, DEADLINE, decode=False)
                if len(data) != size:
                    raise TransientError(f"{len(data)} of {size} bytes")
                return data, response

        return self._retry.call(url, attempt)

    @contextmanager
    def _answer(
        self,
        url: str,
        headers: Mapping[str, str] | None,
        accept: Collection[int],
        *,
        patient: bool = False,
    ) -> Iterator[requests.Response]:
        """An answer with its body unread. TransientError where it is lost or the server is busy,
        while it is asked for and while its body is read; HttpError where it is refused. The
        body of a file takes the time it takes if `patient`."""
        if (owed := self._free - time.monotonic()) > 0:
            self._pause(owed)
        try:
            with (
                self._adapter.within(DEADLINE) as guard,
                self._ask(url, headers, accept) as response,
            ):
                if patient:
                    guard.disarm()
                yield response
        except TooLargeError as error:
            raise HttpError(f"{url}: {error}", detail=str(error)) from None
        except _LOST as error:
            raise TransientError(message_of(error), detail=_kind(error)) from error
        except requests.RequestException as error:  # no URL, too many redirects, another scheme
            raise HttpError(f"{url}: {message_of(error)}", detail=_kind(error)) from error
        finally:
            self._free = time.monotonic() + self.delay

    def _ask(
        self, url: str, headers: Mapping[str, str] | None, accept: Collection[int]
    ) -> requests.Response:
        response = self._session.get(
            url, headers=headers, stream=True, timeout=TIMEOUT, allow_redirects=self._redirects
        )
        status = response.status_code
        _log.debug("GET %s: status %d", without_secrets(url), status)
        if status in BUSY:
            response.close()
            wait = retry_after(response.headers.get("Retry-After"))
            raise TransientError(f"status {status}", status, wait)
        if status >= 400 and status not in accept:
            response.close()
            _log.info("%s: refused with status %d", without_secrets(url), status)
            raise HttpError(f"{url}: the server answers {status} {response.reason}", status)
        return response


class _AnonymousSession(requests.Session):
    """Sends no credentials, least of all those of a .netrc, which are not meant for us."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = _no_credentials

    def rebuild_auth(self, *_: object) -> None:
        """As requests calls it for a redirect, for which it would look into .netrc again."""


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _size_of_range(
    url: str, response: requests.Response, start: int, stop: int, version: str | None
) -> int:
    """How many bytes an answer says that it brings of a range; HttpError if it is another one."""
    if response.status_code != requests.codes.partial_content:
        message = _no_range(url, response, version)
        _log.info("%s: no range, status %d", without_secrets(url), response.status_code)
        raise HttpError(message, response.status_code)
    declared = response.headers.get("Content-Range", "")
    span = span_of(declared)
    if span is None or (start >= 0 and span != (start, stop)):
        detail = f"HTTP 206 with another range: {declared!r}"
        raise HttpError(f"{url}: {detail}", response.status_code, detail)
    return span[1] - span[0]


def _no_range(url: str, response: requests.Response, version: str | None) -> str:
    if response.status_code == requests.codes.requested_range_not_satisfiable:
        return f"{url}: the file has no such bytes"
    changed = version is not None and validator(response) not in (None, version)
    what = "has another version of it by now" if changed else "serves no byte ranges"
    return f"{url}: the server {what}"


def _kind(error: Exception) -> str:
    """What went wrong, in the same words every time: requests' own hold addresses of objects."""
    if isinstance(error, requests.ReadTimeout | TooSlowError) and "0x" not in str(error):
        return str(error)
    return type(error).__name__
