"""A prefix in an object store to publish to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from corpuskit.errors import PushError
from corpuskit.object_store.client import PART_BYTES
from corpuskit.object_store.store import ObjectStore
from corpuskit.publish.published import digest_of
from corpuskit.publish.tombstones import tombstones_of
from corpuskit.push.copying import copy_files, earlier_files, plan_copy, refuse_foreign
from corpuskit.push.destinations import MANIFEST, PushFile, PushPlan, chunks_of
from corpuskit.store_url import Place, StoreUrl
from corpuskit.tombstones import Tombstones
from corpuskit.workspace import IDENTITY

_MD5: Final = re.compile(r'"?([0-9a-f]{32}(?:-\d{1,5})?)"?')
"""An ETag of S3: the MD5 of the object, or of the MD5s of its parts with their number. Objects
that are encrypted with a key of the user's have others, and other stores too."""


class PrefixDestination:
    """A prefix, empty or with an earlier version; of two that publish there at once, one does."""

    def __init__(self, url: StoreUrl, build: Place) -> None:
        if not isinstance(build, Path) and f"{url}/".startswith(f"{build}/"):
            raise PushError(f"{url} is in the build itself; choose a prefix outside of it")
        self.url = url
        self._store = ObjectStore(url)
        self._version: str | None = None
        """Of the manifest that was there when the plan was made."""

    @property
    def shown(self) -> str:
        """See PushDestination."""
        return str(self.url)

    def tombstones(self) -> Tombstones:
        """See PushDestination."""
        return tombstones_of(self._store)

    def plan(self, files: list[PushFile], *, public: bool) -> PushPlan:
        """See PushDestination; PushError where the prefix holds something else."""
        del public  # who may read a bucket is its owner's matter
        self._version = self._store.fingerprint(MANIFEST)
        earlier = self._earlier()
        sizes = dict(self._store.client.list(""))
        refuse_foreign(self.shown, sizes, files, earlier)

        def is_there(file: PushFile) -> bool:
            return sizes.get(file.name) == file.bytes and self._is_same(file)

        return plan_copy(files, earlier, is_there)

    def _earlier(self) -> Sequence[str]:
        if self._store.exists(IDENTITY):
            raise PushError(
                f"{self.url} is where a build is made; choose another prefix to publish to"
            )
        earlier = earlier_files(self._store, self.url)
        if earlier is None and self._store.holds_beside(".work"):
            raise PushError(
                f"{self.url} holds objects that are no corpus; choose an empty or a new prefix"
            )
        return earlier or []

    def _is_same(self, file: PushFile) -> bool:
        """Whether the object of a file has its content: by its ETag, or it is read."""
        match = _MD5.fullmatch(self._store.fingerprint(file.name) or "")
        if match is not None and match[1] == etag_of(file):
            return True
        return digest_of(self._store, file.name) == file.sha256

    def carry_out(self, plan: PushPlan, message: str) -> str:
        """See PushDestination; each object is put whole, the manifest last."""
        del message
        if plan.uploads or plan.deletions:
            with self._store.owned(None):
                if self._store.fingerprint(MANIFEST) != self._version:
                    raise PushError(f"{self.url} was published to in between; run it again")
                copy_files(self._store, plan)
        return str(self.url)


def etag_of(file: PushFile) -> str:
    """The ETag that S3 gives to a file as `ObjectClient.put` sends it, without quotes."""
    whole, parts, pending = hashlib.md5(usedforsecurity=False), [], b""
    for chunk in chunks_of(file):
        whole.update(chunk)
        pending += chunk
        while len(pending) >= PART_BYTES:
            parts.append(_md5(pending[:PART_BYTES]))
            pending = pending[PART_BYTES:]
    if file.bytes <= PART_BYTES:
        return whole.hexdigest()
    if pending:
        parts.append(_md5(pending))
    return f"{_md5(b''.join(parts)).hex()}-{len(parts)}"


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()
