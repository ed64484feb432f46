"""HTTP for addresses that pages and records name: they are other people's, and may be traps.

One request, within limits of address, time, size and type, to the very address that was checked.
Nothing is followed and nothing is asked again: whoever asks decides that for each URL anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

import urllib3

from corpuskit import logs
from corpuskit.connectors.base import MAX_CONTENT_BYTES, Agent
from corpuskit.connectors.containers.http_message import (
    charset,
    decode_content,
    joined,
    media_type,
)
from corpuskit.connectors.fetching.addresses import (
    Destination,
    RefusedError,
    Resolve,
    locate,
    resolve,
)
from corpuskit.connectors.fetching.causes import cause_of
from corpuskit.connectors.fetching.deadline import Guard, watched
from corpuskit.connectors.fetching.errors import FetchError, TooLargeError
from corpuskit.connectors.fetching.limits import read_body, whole_number
from corpuskit.connectors.fetching.policy import retry_after, user_agent
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.reasons import (
    NETWORK,
    REFUSED_ADDRESS,
    TIMED_OUT,
    TOO_LARGE,
)

_log = logs.logger(__name__)

MAX_RETRY_AFTER: Final = 300.0
"""Longest wait in seconds that a Retry-After is granted; a longer one ends the tries sooner."""
_SINGLE: Final = frozenset(
    {"content-length", "etag", "last-modified", "location", "refresh", "retry-after"}
)
"""Headers whose value is not a list: of repeated ones the first counts."""
_REQUEST_TARGET: Final = re.compile(r"/[!-~]*+")
_ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1"


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A response without its transfer coding."""

    url: str
    status: int
    phrase: str
    headers: list[tuple[str, str]]
    body: bytes
    """As sent, content coding included; empty if it was not to be read."""
    address: str
    at: datetime
    fields: dict[str, str] = field(default_factory=dict)
    """Headers by lower-case name, repeated ones joined as in `http_message.joined`."""

    @property
    def media_type(self) -> str:
        """Declared media type."""
        return media_type(self.fields.get("content-type", ""))

    @property
    def charset(self) -> str | None:
        """Declared charset."""
        return charset(self.fields.get("content-type", ""))

    def content(self, limit: int = MAX_CONTENT_BYTES) -> bytes:
        """The body without its content coding; FetchError beyond `limit` bytes or damaged."""
        codings = self.fields.get("content-encoding", "")
        content, lost = decode_content(self.body, codings, limit)
        if lost is not None:
            raise FetchError(lost.reason, lost.detail)
        if len(content) > limit:
            raise FetchError(TOO_LARGE, f"more than {limit} bytes")
        return content

    def retry_after(self) -> float:
        """Seconds to wait by Retry-After (a number or a date), 0 if it asks for none."""
        return min(retry_after(self.fields.get("retry-after")) or 0.0, MAX_RETRY_AFTER)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Which bodies are asked for, which are read and how far."""

    wanted: Callable[[int, str], bool]
    limit: int
    truncate: bool
    conditions: Mapping[str, str]


class PinnedClient:
    """Makes requests; any number of threads may use it at once."""

    def __init__(
        self,
        agent: Agent,
        *,
        allow_private: Collection[str] = (),
        deadline: float = 60.0,
        resolver: Resolve = resolve,
    ) -> None:
        """`deadline`: seconds that one request may take in all, however slowly it drips."""
        self.agent = user_agent(agent)
        self.allow_private = frozenset(allow_private)
        self.deadline = deadline
        self._resolver = resolver
        self._open: set[Guard] = set()

    def get(
        self,
        url: str,
        wanted: Callable[[int, str], bool],
        limit: int = MAX_CONTENT_BYTES,
        *,
        truncate: bool = False,
        conditions: Mapping[str, str] = MappingProxyType({}),
    ) -> RawAnswer:
        """Ask for a URL once, following nothing.

        The body is read where `wanted(status, media type)`; one beyond `limit` bytes is cut
        there if `truncate`, else a FetchError, which also says whatever else goes wrong.
        `conditions` are headers under which the server need not send it again.
        """
        read = _Reading(wanted, limit, truncate, conditions)
        try:
            destination = locate(url, self.allow_private, self._resolver)
        except RefusedError as error:
            _log.info("%s: refused (%s)", without_secrets(url), error)
            raise FetchError(REFUSED_ADDRESS, str(error)) from None
        except (OSError, UnicodeError) as error:
            detail = cause_of(error) or f"no address: {error}"
            raise FetchError(NETWORK, detail, again=True) from None
        with self._guarded() as guard:
            try:
                return self._first(destination, url, guard, read)
            except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                code = TIMED_OUT if guard.expired else NETWORK
                raise FetchError(code, _name(error), again=True) from None

    def abort(self) -> None:
        """End every request that is under way."""
        for guard in list(self._open):
            guard.cut()

    @contextmanager
    def _guarded(self) -> Iterator[Guard]:
        guard = Guard()
        self._open.add(guard)
        try:
            with guard.within(self.deadline):
                yield guard
        finally:
            self._open.discard(guard)
            guard.close()

    def _first(self, destination: Destination, url: str, guard: Guard, read: _Reading) -> RawAnswer:
        """The answer of the first address that takes a connection."""
        for address in destination.addresses[:-1]:
            with suppress(urllib3.exceptions.NewConnectionError, urllib3.exceptions.TimeoutError):
                return self._ask(destination, address, url, guard, read)
        return self._ask(destination, destination.addresses[-1], url, guard, read)

    def _ask(
        self,
        destination: Destination,
        address: str,
        url: str,
        guard: Guard,
        read: _Reading,
    ) -> RawAnswer:
        at = datetime.now(UTC).replace(microsecond=0)
        with self._pool(destination, address, guard) as pool:
            response = pool.urlopen(
                "GET",
                destination.target,
                headers={
                    "Host": destination.authority,
                    "User-Agent": self.agent,
                    "Accept": _ACCEPT,
                    "Accept-Encoding": "gzip, deflate",
                    **read.conditions,
                },
                redirect=False,
                retries=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                headers = list(response.headers.iteritems())
                fields = _fields(headers)
                body = b""
                if read.wanted(response.status, media_type(fields.get("content-type", ""))):
                    body = _body(response, read, guard)
            finally:
                response.close()
            phrase = response.reason or ""
            return RawAnswer(url, response.status, phrase, headers, body, address, at, fields)

    def _pool(
        self, destination: Destination, address: str, guard: Guard
    ) -> urllib3.HTTPConnectionPool:
        timeout = urllib3.Timeout(connect=min(10.0, self.deadline), read=self.deadline)
        options: dict[str, Any] = {"timeout": timeout, "maxsize": 1}
        if destination.scheme == "https":
            import certifi

            pool: urllib3.HTTPConnectionPool = urllib3.HTTPSConnectionPool(
                address,
                destination.port,
                server_hostname=destination.host,
                assert_hostname=destination.host,
                cert_reqs="CERT_REQUIRED",
                ca_certs=certifi.where(),
                **options,
            )
        else:
            pool = urllib3.HTTPConnectionPool(address, destination.port, **options)
        connection = watched(pool.ConnectionCls, lambda: guard)
        pool.ConnectionCls = _asking_as_written(connection, destination.target)
        return pool


def _asking_as_written(connection: Any, target: str) -> Any:
    """A class of connections that ask for `target` as it is.

    urllib3 percent-encodes every `%` of a URL in which one is not part of an escape (`/100%zz`);
    the URL standard leaves them, and `%25` names another resource.
    """
    if not _REQUEST_TARGET.fullmatch(target):
        return connection

    class AsWritten(connection):  # type: ignore[misc]  # the class differs by scheme
        def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
            return super().request(method, target, *arguments, **options)

    AsWritten.__name__ = connection.__name__  # messages of urllib3 name it
    return AsWritten


def _fields(headers: list[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key not in fields or key not in _SINGLE:
            fields[key] = joined(key, fields.get(key), value)
    return fields


def _body(response: urllib3.BaseHTTPResponse, read: _Reading, guard: Guard) -> bytes:
    try:
        body = read_body(response, read.limit, decode=False, truncate=read.truncate)
    except TooLargeError:
        raise FetchError(TOO_LARGE, f"more than {read.limit} bytes") from None
    if guard.is_cut:  # a connection cut by us looks like one that ended
        raise TimeoutError("cut")
    declared = whole_number(response.headers.get("content-length", ""))
    if declared is not None and len(body) < min(declared, read.limit):
        raise OSError(f"{len(body)} bytes where Content-Length says {declared}")
    return body


def _name(error: Exception) -> str:
    """What went wrong without addresses of objects: the same words every time."""
    if words := cause_of(error):
        return words
    cause = error.__cause__ or error.__context__
    inner = f" ({type(cause).__name__})" if cause is not None else ""
    return f"{type(error).__name__}{inner}"
