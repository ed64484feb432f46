"""Who owns a build in an object store: a lease, kept by conditional puts.

The lease is an object with the owner's random name. Its owner renews it every few seconds. A build
takes it by a put that succeeds only where there is none; it breaks the lease of a build that was
killed by a put that succeeds only while that very version is there, so that of several builds one
wins, and an owner that renewed in between loses nothing. How old a lease is, the store's own clock
tells: no two machines' clocks are compared.

A build that was killed and is started again on the same machine need not wait for its own lease to
run out: the local folder remembers the owner's name, and its lock shows that the process is gone.

An owner that could not renew in time stops before it writes anything more.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from corpuskit import logs
from corpuskit.errors import WorkspaceError
from corpuskit.object_store.client import ObjectClient, ObjectVersion

NAME: Final = ".work/lease.json"

SECONDS: Final = 60.0
"""How long a lease holds without being renewed."""

_RENEWALS: Final = 5
"""Renewals in that time: four may fail."""

_LONGEST: Final = 3_600.0
"""What a lease may say of itself; anything else counts as SECONDS."""

_log = logs.logger(__name__)


class Lease:
    """The lease of one prefix; `held` takes it and keeps it."""

    def __init__(
        self, client: ObjectClient, memory: Path | None = None, seconds: float = SECONDS
    ) -> None:
        """`memory` is a local file with the names of this folder's last owners; its folder must be
        locked by the caller."""
        self._client, self._memory, self._seconds = client, memory, seconds
        self.owner = uuid.uuid4().hex
        self._renewals = 0
        self._version: ObjectVersion | None = None
        self._renewed = 0.0
        self._lost = ""
        self._mutex = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[Lease]:
        """Take the lease, and renew it until the block ends.

        WorkspaceError if another build holds it, or if the store ignores the conditions by which
        leases are kept.
        """
        now = check_conditions(self._client)
        self._take(now)
        ended = threading.Event()
        thread = threading.Thread(target=self._keep, args=(ended,), daemon=True, name="lease")
        thread.start()
        try:
            yield self
        finally:
            ended.set()
            thread.join()
            self._release()

    def confirm(self) -> None:
        """Renew now; WorkspaceError if the lease was lost."""
        self._renew()
        self.refuse_if_lost()

    def refuse_if_lost(self) -> None:
        """WorkspaceError if the lease was lost."""
        if self._lost:
            raise WorkspaceError(
                f"{self._client.url}: {self._lost}, so that another build may own it by now; this "
                "one has stopped. Run the same command again when no other build runs there"
            )

    def _take(self, now: datetime) -> None:
        earlier = self._remembered()
        self._remember([*earlier[-1:], self.owner])  # should this process end right after the put
        self._renewed = time.monotonic()
        self._version = self._client.create(NAME, self._content())
        if self._version is None:
            self._break(now, earlier)
        self._remember([self.owner])

    def _break(self, now: datetime, earlier: list[str]) -> None:
        """Take over a lease that was released, has run out or was this folder's own."""
        try:
            content, version, state = self._client.read(NAME)
        except FileNotFoundError:
            raise self._in_use(self._seconds) from None
        owner, seconds = _owner_and_seconds(content)
        left = seconds - (now - state.modified).total_seconds()
        if owner and owner not in earlier and left > 0:
            raise self._in_use(left)
        if owner:
            _log.warning("%s: the lease of a build that has ended is broken", self._client.url)
        self._version = self._client.replace(NAME, self._content(), version)
        if self._version is None:  # somebody else was quicker
            raise self._in_use(seconds)

    def _in_use(self, left: float) -> WorkspaceError:
        return WorkspaceError(
            f"{self._client.url} is in use by a running build; wait for it to end (if it was "
            f"killed on another machine, its lease ends in {max(1, round(left))} s)"
        )

    def _keep(self, ended: threading.Event) -> None:
        while not ended.wait(self._seconds / _RENEWALS) and not self._lost:
            self._renew()

    def _renew(self) -> None:
        with self._mutex:
            if self._lost or self._version is None:
                return
            self._renewals += 1  # the content changes, and with it the version
            begun = time.monotonic()
            try:
                version = self._client.replace(NAME, self._content(), self._version)
            except WorkspaceError as error:
                _log.warning("the lease was not renewed: %s", error)
                if time.monotonic() - self._renewed > self._seconds:
                    self._lost = f"its lease could not be renewed for {self._seconds:g} s"
                return
            if version is None:
                self._lost = "its lease was taken over"
                _log.error("%s: %s", self._client.url, self._lost)
                return
            self._version, self._renewed = version, begun

    def _release(self) -> None:
        """Say that nobody owns it; a lease that cannot be released runs out."""
        with self._mutex, suppress(WorkspaceError, OSError):
            if self._version is not None and not self._lost:
                released = _content("", self._renewals + 1, self._seconds)
                self._client.replace(NAME, released, self._version)

    def _content(self) -> bytes:
        return _content(self.owner, self._renewals, self._seconds)

    def _remembered(self) -> list[str]:
        if self._memory is None:
            return []
        try:
            names = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def _remember(self, names: list[str]) -> None:
        if self._memory is not None:
            with suppress(OSError):
                self._memory.write_text(json.dumps(names), encoding="utf-8")


def _content(owner: str, renewals: int, seconds: float) -> bytes:
    nonce = "" if owner else uuid.uuid4().hex
    record = {"owner": owner, "renewals": renewals, "seconds": seconds, "nonce": nonce}
    return json.dumps(record).encode()


def _owner_and_seconds(content: bytes) -> tuple[str, float]:
    """What a lease says; one that cannot be read is somebody's."""
    try:
        record: Any = json.loads(content)
        owner, seconds = str(record["owner"]), float(record["seconds"])
    except (ValueError, TypeError, KeyError):
        return "?", SECONDS
    return owner, seconds if 0 < seconds <= _LONGEST else SECONDS


def check_conditions(client: ObjectClient) -> datetime:
    """The time by the store's clock; WorkspaceError for a store that ignores conditions.

    A server that takes every put (as `rclone serve s3` does) would let two builds own one prefix.
    """
    name = f".work/probe-{uuid.uuid4().hex}"
    try:
        first = client.create(name, b"first")
        if first is None:
            raise _ignores(client, "holds an object that nobody put")
        if client.create(name, b"second") is not None:
            raise _ignores(client, "puts an object that is to be new in place of another one")
        second = client.replace(name, b"third, longer", first)
        if second is None or client.replace(name, b"fourth", first) is not None:
            raise _ignores(client, "puts an object in place of another version than it was told")
        if client.read_range(name, 1, 5)[0] != b"hird":
            raise _ignores(client, "sends other bytes than the range that it was asked for")
        return client.state(name).modified
    finally:
        with suppress(WorkspaceError, OSError):
            client.delete(name)


def _ignores(client: ObjectClient, what: str) -> WorkspaceError:
    return WorkspaceError(
        f"{client.url}: this server {what}. Builds need conditional puts (If-None-Match and "
        "If-Match) and ranges; docs/object-stores.md lists servers that have them"
    )
