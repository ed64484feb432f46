"""One object store, asked through obstore: requests, retries and errors.

obstore itself repeats a request that a server answers with 5xx or loses. What still fails is
repeated here, where that is safe: reads, and puts of a whole object, which leave the same object
however often they are done. A conditional put whose answer was lost is looked up: its content names
who wrote it.

Credentials come from the environment (AWS_ACCESS_KEY_ID, GOOGLE_SERVICE_ACCOUNT, ...) of each
process, or from the machine's role. They are in no object of this module, so that nothing that is
pickled, logged or raised holds them.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from importlib import import_module
from typing import IO, Any, Final, TypeVar
from urllib.parse import urlsplit

from corpuskit import logs
from corpuskit.display import mask, printable
from corpuskit.errors import StoreBusyError, WorkspaceError
from corpuskit.store_url import StoreUrl

TIMEOUT: Final = 60.0
"""Seconds without a byte of an answer, after which a request is repeated. A part of an upload has
to be sent in this time: 8 MB, at 140 kB a second."""

TRIES: Final = 4
"""How often a request is made here; obstore repeats each of them up to `_REPEATS` times."""

_REPEATS: Final = 5
_BACKOFF: Final = timedelta(milliseconds=100)
"""Before obstore's first repetition; the pauses grow to 15 s."""
_PAUSE: Final = 1.0
"""Seconds before the first repetition here; each further pause is twice as long."""

PART_BYTES: Final = 8 << 20
"""Larger objects are uploaded in parts of this size, and become visible with the last step."""
_PARTS_AT_ONCE: Final = 4

_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT",
                     "AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT")  # fmt: skip
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_STATUS: Final = re.compile(r"status code: (\d{3})")
_CODE: Final = re.compile(r"<Code>(\w{1,60})</Code>")
_CAUSE: Final = re.compile(r"(?:status code: |HTTP error: )(.{1,80})")
OPENING: Final = "set up"
_RETRIED: Final = (408, 409, 425, 429)

_log = logs.logger(__name__)

Result = TypeVar("Result")
Content = bytes | IO[bytes]


@dataclass(frozen=True, slots=True)
class ObjectState:
    """An object as the store describes it."""

    size: int
    etag: str | None
    modified: datetime
    """When it was written, by the store's clock."""


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of an object, for a put that replaces this one and no other."""

    etag: str | None
    version: str | None

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> ObjectVersion:
        """The version that obstore names in the result of a put, or in an object's metadata."""
        return cls(result.get("e_tag"), result.get("version"))


class ObjectClient:
    """Requests for the objects below one prefix; can be pickled, and used by several threads.

    FileNotFoundError for an object that is not there; WorkspaceError, with what to do, for
    everything else that fails.
    """

    def __init__(self, url: StoreUrl, timeout: float = TIMEOUT) -> None:
        self.url, self.timeout = url, timeout

    def __reduce__(self) -> tuple[type[ObjectClient], tuple[StoreUrl, float]]:
        return ObjectClient, (self.url, self.timeout)

    @cached_property
    def _obstore(self) -> Any:
        try:
            return import_module("obstore")
        except ImportError as error:
            raise WorkspaceError(
                f"{self.url}: object stores need the extra object-store; "
                "pip install 'corpuskit-lrl[object-store]'"
            ) from error

    @property
    def _exceptions(self) -> Any:
        _ = self._obstore  # says what to install
        return import_module("obstore.exceptions")

    @cached_property
    def _store(self) -> Any:
        """obstore's own client; made in each process, because its threads do not survive a fork."""
        _ = self._obstore
        from_url = import_module("obstore.store").from_url
        options: dict[str, Any] = {
            "connect_timeout": timedelta(seconds=min(10.0, self.timeout)),
            "read_timeout": timedelta(seconds=self.timeout),
            "timeout": timedelta(hours=1),
        }
        if _is_local(_endpoint()):
            options["allow_http"] = True
        retries = {
            "max_retries": _REPEATS,
            "retry_timeout": timedelta(minutes=3),
            "backoff": {"init_backoff": _BACKOFF, "max_backoff": timedelta(seconds=15), "base": 2},
        }
        with self._errors(OPENING):
            return from_url(str(self.url), client_options=options, retry_config=retries)

    def put(self, name: str, content: Content) -> None:
        """Put a whole object in place of what is there."""

        def send() -> None:
            source: Any = content
            if not isinstance(content, bytes):
                content.seek(0)
            try:
                self._obstore.put(
                    self._store, name, source, chunk_size=PART_BYTES, max_concurrency=_PARTS_AT_ONCE
                )
            except FileNotFoundError:
                raise self._no_bucket() from None

        self._repeated(f"put {name}", send)

    def create(self, name: str, content: bytes) -> ObjectVersion | None:
        """Put an object where there is none; its version, or None where there is one already.

        `content` is to be unique, as with an owner's random name: by it an object is recognized
        whose put went well and whose answer was lost.
        """
        return self._conditional(name, content, "create")

    def replace(self, name: str, content: bytes, version: ObjectVersion) -> ObjectVersion | None:
        """Put an object in place of one version; the new version, or None where another one is
        there by now. `content` as for `create`."""
        mode = {"e_tag": version.etag, "version": version.version}
        return self._conditional(name, content, {k: v for k, v in mode.items() if v is not None})

    def _conditional(self, name: str, content: bytes, mode: Any) -> ObjectVersion | None:
        exceptions = self._exceptions

        def send() -> ObjectVersion | None:
            try:
                sent = self._obstore.put(self._store, name, content, mode=mode, use_multipart=False)
            except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
                return self._written(name, content)
            except FileNotFoundError:
                if mode == "create":
                    raise self._no_bucket() from None
                return None
            return ObjectVersion.of(sent)

        return self._repeated(f"put {name}", send)

    def _written(self, name: str, content: bytes) -> ObjectVersion | None:
        """The version that is there, if it is this very content."""
        try:
            there = self._obstore.get(self._store, name)
        except FileNotFoundError:
            return None
        return ObjectVersion.of(there.meta) if bytes(there.bytes()) == content else None

    def read(self, name: str) -> tuple[bytes, ObjectVersion, ObjectState]:
        """A whole object with its version."""

        def ask() -> tuple[bytes, ObjectVersion, ObjectState]:
            answer = self._obstore.get(self._store, name)
            meta = answer.meta
            return bytes(answer.bytes()), ObjectVersion.of(meta), _state(meta)

        return self._repeated(f"get {name}", ask)

    def read_range(
        self, name: str, start: int, stop: int, etag: str | None = None
    ) -> tuple[bytes, ObjectState | None]:
        """Bytes [start, stop) of an object, fewer at its end, and its state where that is known.

        With `etag`, only of that version: OSError if another one is there by now.
        """
        options: dict[str, Any] = {"range": (start, stop)}
        if etag is not None:
            options["if_match"] = etag
        changed = self._exceptions.PreconditionError

        def ask() -> tuple[bytes, ObjectState | None]:
            try:
                answer = self._obstore.get(self._store, name, options=options)
                return bytes(answer.bytes()), _state(answer.meta)
            except changed as error:
                raise OSError(f"{name} was replaced while it was read") from error
            except Exception as error:
                if _status(error) == 416:  # it ends before the range
                    return b"", None
                raise

        return self._repeated(f"get {name}", ask)

    def state(self, name: str) -> ObjectState:
        """What the store says of an object."""
        return self._repeated(f"head {name}", lambda: _state(self._obstore.head(self._store, name)))

    def list(self, prefix: str, most: int | None = None) -> Iterator[tuple[str, int]]:
        """Name and size of the objects below a prefix, in any order; `most` of them, or all."""

        def ask() -> list[tuple[str, int]]:
            names: list[tuple[str, int]] = []
            try:
                for page in self._obstore.list(self._store, prefix or None):
                    names += [(meta["path"], meta["size"]) for meta in page]
                    if most is not None and len(names) >= most:
                        return names[:most]
            except FileNotFoundError:
                raise self._no_bucket() from None
            return names

        yield from self._repeated(f"list {prefix or 'all'}", ask)

    def delete(self, name: str) -> None:
        """Remove an object, if it is there."""

        def send() -> None:
            try:
                self._obstore.delete(self._store, name)
            except FileNotFoundError:
                return

        self._repeated(f"delete {name}", send)

    def _repeated(self, what: str, request: Callable[[], Result]) -> Result:
        """Make a request, again where an answer was lost or the store was busy."""
        for tries in range(1, TRIES):
            try:
                with self._errors(what):
                    return request()
            except StoreBusyError as error:
                pause = _PAUSE * 2 ** (tries - 1)
                cause = str(error).partition("; ")[0]
                _log.warning("%s; try %d follows in %g s", cause, tries + 1, pause)
                time.sleep(pause)
        with self._errors(what):
            return request()

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        """Errors of obstore as ours: one line, without credentials."""
        try:
            yield
        except FileNotFoundError:
            raise FileNotFoundError(f"{self.url}: {what}: it is not there") from None
        except (OSError, WorkspaceError):
            raise
        except Exception as error:
            if not type(error).__module__.startswith("obstore"):
                raise
            raise self._explained(what, error) from None

    def _no_bucket(self) -> WorkspaceError:
        return WorkspaceError(
            f"{self.url}: there is no bucket {self.url.bucket!r}; create it, or correct the URL"
        )

    def _explained(self, what: str, error: Exception) -> WorkspaceError:
        kind, status, cause = type(error).__name__, _status(error), _cause(error)
        line = f"{self.url}: {what}: {cause}"
        if status == 404:
            return self._no_bucket()
        if kind in ("PermissionDeniedError", "UnauthenticatedError") or "credential" in cause:
            return WorkspaceError(
                f"{line}; check the credentials in the environment and what they may do "
                "(docs/object-stores.md), then run the same command again"
            )
        if "builder error" in cause and str(_endpoint()).startswith("http:"):
            return WorkspaceError(
                f"{line}; the endpoint is http://, which has to be allowed: AWS_ALLOW_HTTP=true"
            )
        if what != OPENING and (status is None or status >= 500 or status in _RETRIED):
            return StoreBusyError(
                f"{line}; see whether the store can be reached, then run the same command again "
                "(finished work is kept)"
            )
        return WorkspaceError(f"{line}; docs/object-stores.md says what a store needs")


def _state(meta: Mapping[str, Any]) -> ObjectState:
    return ObjectState(int(meta["size"]), meta.get("e_tag"), meta["last_modified"])


def _endpoint() -> str | None:
    """The server that the environment names in place of the provider's own."""
    return next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)


def _is_local(endpoint: str | None) -> bool:
    return endpoint is not None and urlsplit(endpoint).hostname in _LOOPBACK


def _status(error: BaseException) -> int | None:
    """The HTTP status in obstore's message."""
    match = _STATUS.search(str(error)[:2_000])
    return int(match[1]) if match else None


def _cause(error: BaseException) -> str:
    """What obstore's long message says, in a few words."""
    first = mask(str(error)[:4_000].partition("\n\nDebug source")[0])
    code, cause = _CODE.search(first), _CAUSE.search(first)
    words = cause[1].partition(": <")[0].strip(" :") if cause else first.splitlines()[0][:160]
    return printable(f"{words} ({code[1]})" if code else words)
