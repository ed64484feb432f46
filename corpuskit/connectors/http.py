"""HTTP as connectors use it: under the operator's name, patient, and able to go on.

A server that is busy (429, 5xx) or lost is asked again, ever more slowly and never before its
Retry-After; one that refuses (403) or has nothing (404) is not asked again. Redirects are
followed to HTTP(S) only. Everything here is for files that the recipe names; pages that links
lead to need the checks of the crawler.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

import requests
import urllib3

from corpuskit.connectors.base import Agent
from corpuskit.errors import SourceError

TRIES: Final = 7
"""Times a server is asked in a row without a byte won: with the pauses below about two minutes."""
LONGEST_PAUSE: Final = 60.0
LONGEST_RETRY_AFTER: Final = 3600.0
"""Seconds. A server that asks for more than an hour is not waited for: fetching again later goes
on where it stopped."""
TIMEOUT: Final = (15.0, 60.0)
"""Seconds to connect, and between two bytes."""
DEADLINE: Final = 300.0
"""Seconds after which an answer that is still coming in is given up: a dripping server defeats
every time-out between two reads."""
MAX_BODY: Final = 1 << 28
"""Bytes, decoded, of an answer that is had as a whole; a bomb stops here."""
CHUNK: Final = 1 << 18
_REQUEST_TIMEOUT = 408
_BUSY = frozenset({_REQUEST_TIMEOUT, 429, 500, 502, 503, 504})

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


def user_agent(agent: Agent) -> str:
    """`corpuskit/VERSION (+CONTACT; OPERATOR)`; what is not ASCII is percent-encoded UTF-8."""
    who = "; ".join(quote(part, safe=" @:/?#&=+,'~-._") for part in (agent.contact, agent.operator))
    return f"corpuskit/{version('corpuskit')} (+{who})"


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After header (RFC 9110, 10.2.3: a number or a date) asks for."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def validator(response: requests.Response) -> str | None:
    """What names this very version of a file in If-Range: a strong ETag, else its date."""
    tag = response.headers.get("ETag", "")
    if tag.startswith('"'):
        return tag
    return response.headers.get("Last-Modified") if not tag else None


def total_size(response: requests.Response) -> int | None:
    """Size of the whole file of which a 206 or 416 gives a part (Content-Range)."""
    total = response.headers.get("Content-Range", "").rpartition("/")[2]
    return int(total) if total.isdecimal() else None


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
        self._session = requests.Session()
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
                    body = _whole(response, limit)
                    return Reply(response.url, response.status_code, response.headers, body)
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
            response = self._session.get(url, headers=headers, stream=True, timeout=TIMEOUT)
        except _LOST:
            raise
        except requests.RequestException as error:  # no URL, too many redirects, another scheme
            raise HttpError(f"{url}: {error}") from error
        status = response.status_code
        if status in _BUSY:
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
        download = _Download(url, target)
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
                    data = response.raw.read(decode_content=False)
                    if start >= 0 and len(data) != stop - start:
                        raise requests.ConnectionError(f"{len(data)} of {stop - start} bytes")
                    return data, response
            except _LOST as error:
                patience.wait(error)


def _whole(response: requests.Response, limit: int) -> bytes:
    parts, size, end = [], 0, time.monotonic() + DEADLINE
    for chunk in response.iter_content(CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise HttpError(f"{response.url}: an answer of more than {limit} bytes")
        if time.monotonic() > end:
            raise requests.exceptions.ReadTimeout(f"not whole after {DEADLINE:.0f} s")
    return b"".join(parts)


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
        asked = (error.wait if isinstance(error, _BusyError) else None) or 0.0
        if self._failures >= self._tries or asked > LONGEST_RETRY_AFTER:
            more = f", and asks to wait {asked:.0f} s" if asked else ""
            raise HttpError(
                f"{self._url}: given up after {self._failures} tries ({error}{more}); "
                "fetch again later: it goes on from here",
                status,
            ) from error
        self._pause(max(asked, min(2.0 ** (self._failures - 1), LONGEST_PAUSE)))


class _Download:
    """A file that is being fetched: its bytes so far, and the version that they are of."""

    def __init__(self, url: str, target: Path) -> None:
        self._url, self._target = url, target
        self._part = target.with_name(target.name + ".part")
        self._note = target.with_name(target.name + ".part.json")
        self._version = self._noted()
        self.have = self._part.stat().st_size if self._version and self._part.exists() else 0
        self._total: int | None = None
        self._ended = False

    def _noted(self) -> str | None:
        """The version of the bytes that an earlier run left; None if they are no use."""
        try:
            note = json.loads(self._note.read_bytes())
        except (OSError, ValueError):
            return None
        return note["version"] if note.get("url") == self._url else None

    def headers(self) -> dict[str, str]:
        """Ask for the rest of the same version, else for all of it."""
        headers = {"Accept-Encoding": "identity"}
        if self.have and self._version:
            headers |= {"Range": f"bytes={self.have}-", "If-Range": self._version}
        return headers

    def take(
        self, response: requests.Response, report: Callable[[int, int | None], None] | None
    ) -> None:
        """Add what the server sends."""
        if response.status_code == requests.codes.requested_range_not_satisfiable:
            self._total = total_size(response)
            self._ended = self._total == self.have
            if not self._ended:
                self._start(response)
                raise requests.ConnectionError("the server's file is shorter than what was had")
            return
        if not self._continues(response):
            self._start(response)
        self._ended = False
        with self._part.open("r+b") as file:
            file.seek(self.have)
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                file.write(chunk)
                self.have += len(chunk)
                if report is not None:
                    report(self.have, self._total)
            file.flush()
            os.fsync(file.fileno())
        self._ended = True

    def _continues(self, response: requests.Response) -> bool:
        wanted = f"bytes {self.have}-"
        part = response.status_code == requests.codes.partial_content
        if not (part and response.headers.get("Content-Range", "").startswith(wanted)):
            return False
        self._total = total_size(response)
        return True

    def _start(self, response: requests.Response) -> None:
        """Nothing of what was had is used."""
        length = response.headers.get("Content-Length", "")
        self._total = int(length) if length.isdecimal() else None
        self._version, self.have = validator(response), 0
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._part.write_bytes(b"")
        self._note.write_text(json.dumps({"url": self._url, "version": self._version}))

    def complete(self) -> bool:
        """Give the file its name if all of it is there."""
        if not self._ended or self._total not in (None, self.have):
            return False
        self._part.replace(self._target)
        self._note.unlink(missing_ok=True)
        return True
