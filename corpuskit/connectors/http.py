"""HTTP as connectors use it: under the operator's name, patient, and able to go on.

By the policy of `http_policy`. Redirects are followed to HTTP(S) only. Everything here is for
addresses that the recipe names; pages that links lead to need the checks of the crawler.
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
from corpuskit.connectors.deadline import GuardedAdapter
from corpuskit.connectors.http_download import Download, validator
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

_LOST = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.HTTPError,
)


class HttpError(SourceError):
    """A URL that could not be had; `status` is the server's last answer, None if it gave none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        self.status = status
        super().__init__(message, status)

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer had as a whole."""

    url: str
    """After redirects."""
    status: int
    headers: Mapping[str, str]
    """Whatever the case of their names."""
    content: bytes
    """Without its codings."""


class _BusyError(Exception):
    """The server may answer later; `wait` is what its Retry-After says, in seconds."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.wait = retry_after(response.headers.get("Retry-After"))
        super().__init__(f"status {self.status}")


class Session:
    """Requests of one operator, one at a time; safe for one thread."""

    def __init__(
        self,
        agent: Agent,
        *,
        tries: int = TRIES,
        delay: float = 0.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`delay`: seconds between the end of an answer and the next request. `pause` waits."""
        self._session, self._adapter = requests.Session(), GuardedAdapter()
        self._adapter.mount(self._session)
        self._session.headers.update({"User-Agent": user_agent(agent), "Accept": "*/*"})
        self._session.auth = _no_credentials  # those of a .netrc are not meant for us
        self._tries, self._delay, self._pause = tries, delay, pause
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
        patience = _Patience(url, self._tries, self._pause)
        while True:
            try:
                with self._ask(url, headers, accept) as response:
                    body = whole(response, limit, DEADLINE)
                    return Reply(response.url, response.status_code, response.headers, body)
            except TooLargeError as error:
                raise HttpError(f"{url}: {error}") from None
            except (*_LOST, _BusyError) as error:
                patience.wait(error)
            finally:
                self._free = time.monotonic() + self._delay

    @contextmanager
    def open(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> Iterator[requests.Response]:
        """The answer with its body unread; HttpError if there is none or it is 400 or more.

        A range that is not there (416) is an answer. Losing the body's connection is the
        caller's to handle.
        """
        patience = _Patience(url, self._tries, self._pause)
        while True:
            try:
                response = self._ask(url, headers)
                break
            except (*_LOST, _BusyError) as error:
                patience.wait(error)
        try:
            yield response
        finally:
            response.close()
            self._free = time.monotonic() + self._delay

    def _ask(
        self, url: str, headers: Mapping[str, str] | None, accept: Collection[int] = (416,)
    ) -> requests.Response:
        if (owed := self._free - time.monotonic()) > 0:
            self._pause(owed)
        try:
            with self._adapter.within(DEADLINE):
                response = self._session.get(url, headers=headers, stream=True, timeout=TIMEOUT)
        except _LOST:
            raise
        except requests.RequestException as error:  # no URL, too many redirects, another scheme
            raise HttpError(f"{url}: {error}") from error
        status = response.status_code
        _log.debug("GET %s: %d", url, status)
        if status in BUSY:
            response.close()
            raise _BusyError(response)
        if status >= 400 and status not in accept:
            response.close()
            raise HttpError(f"{url}: the server answers {status} {response.reason}", status)
        return response

    def to_file(
        self, url: str, target: Path, report: Callable[[int, int | None], None] | None = None
    ) -> None:
        """Fetch a file as it is stored there; `target` only ever holds the whole of it.

        What was fetched stands in `target`.part; called again it goes on there if the server
        still has that version. `report` takes bytes so far and of the whole, as far as known.
        Raises HttpError.
        """
        download = Download(url, target)
        patience = _Patience(url, self._tries, self._pause)
        while True:
            before = download.have
            try:
                with self.open(url, download.headers()) as response:
                    download.take(response, report)
                if download.complete():
                    return
                raise requests.ConnectionError("the answer is shorter than it was said to be")
            except _LOST as error:
                if download.have > before:
                    patience = _Patience(url, self._tries, self._pause)
                patience.wait(error)

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
        span = f"{start}" if start < 0 else f"{start}-{stop - 1}"
        headers = {"Range": f"bytes={span}", "Accept-Encoding": "identity"}
        if version is not None:
            headers["If-Range"] = version
        patience = _Patience(url, self._tries, self._pause)
        while True:
            try:
                with self.open(url, headers) as response:
                    if response.status_code != requests.codes.partial_content:
                        raise HttpError(_no_range(url, response, version), response.status_code)
                    most = stop - start if start >= 0 else -start
                    data = whole(response, most, DEADLINE, decode=False)
                    if start >= 0 and len(data) != stop - start:
                        raise requests.ConnectionError(f"{len(data)} of {stop - start} bytes")
                    return data, response
            except TooLargeError as error:
                raise HttpError(f"{url}: {error}") from None
            except _LOST as error:
                patience.wait(error)


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _no_range(url: str, response: requests.Response, version: str | None) -> str:
    if response.status_code == requests.codes.requested_range_not_satisfiable:
        return f"{url}: the file has no such bytes"
    changed = version is not None and validator(response) not in (None, version)
    what = "has another version of it by now" if changed else "serves no byte ranges"
    return f"{url}: the server {what}"


class _Patience:
    """How long a server is still asked."""

    def __init__(self, url: str, tries: int, pause: Callable[[float], None]) -> None:
        self._url, self._tries, self._pause = url, tries, pause
        self._failures = 0

    def wait(self, error: Exception) -> None:
        """Pause before the next try; HttpError if there is to be none."""
        self._failures += 1
        status = error.status if isinstance(error, _BusyError) else None
        asked = error.wait if isinstance(error, _BusyError) else None
        wait = wait_before(self._failures, asked)
        if self._failures >= self._tries or wait is None:
            more = f", and asks to wait {asked:.0f} s" if asked else ""
            raise HttpError(
                f"{self._url}: given up after {self._failures} tries ({error}{more}); "
                "fetch again later: it goes on from here",
                status,
            ) from error
        _log.info("%s: %s; asked again in %.0f s", self._url, error, wait)
        self._pause(wait)
