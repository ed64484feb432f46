"""A store whose outputs are objects below a prefix in an object store.

An object is put whole or not at all and never renamed, so that nothing unfinished is ever listed.
What is written is kept in memory, or from `BUFFERED` bytes on in a temporary file of this machine,
until it is put. Tables and shards are read in ranges: a step that needs two columns of a table does
not fetch the others.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Final

import pyarrow as pa

from corpuskit.errors import DamagedOutputError
from corpuskit.object_store.client import PART_BYTES, TIMEOUT, ObjectClient, ObjectState
from corpuskit.object_store.lease import Lease
from corpuskit.store import StoredOutput, TableStore, disk_errors, name_parts, refuse_missing
from corpuskit.store_url import StoreUrl
from corpuskit.table_file import DamagedTableError, TableFile

BUFFERED: Final = 16 << 20
"""Bytes of an unfinished output that are kept in memory."""

FIRST_BYTES: Final = 256 << 10
"""Bytes that are fetched when an output is opened: all of a small one."""

LAST_BYTES: Final = 64 << 10
"""Bytes that are fetched with a read at an output's end: the index of a table, the footer of a
Parquet file."""

_LEAST_READ: Final = 256 << 10
_MOST_AHEAD: Final = 8 << 20
"""Bytes that are fetched at a time from an output that is read from front to back."""
_LOOKED_AT: Final = 1_000
"""Objects of a prefix that are looked at to see whose it is: one page of a listing."""

_WINDOWS: Final = 4
"""Ranges of an output that are kept while it is read."""


class ObjectStore(TableStore):
    """Outputs as objects; can be pickled and opened in another process."""

    cuts_short = False

    def __init__(self, url: StoreUrl, timeout: float = TIMEOUT) -> None:
        """`timeout`: seconds without a byte of an answer, after which a request is repeated."""
        self.url = url
        self.client = ObjectClient(url, timeout)
        self.lease: Lease | None = None
        """Held while this process builds; not handed to workers."""

    def __reduce__(self) -> tuple[type[ObjectStore], tuple[StoreUrl, float]]:
        return ObjectStore, (self.url, self.client.timeout)

    @contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """See Store."""
        key = self._key_to_write(name)
        with _buffer() as buffer:
            with disk_errors(Path(tempfile.gettempdir())):
                yield buffer
                size = buffer.seek(0, io.SEEK_END)
                buffer.seek(0)
            self.client.put(key, buffer if size > PART_BYTES else buffer.read())

    def put(self, name: str, content: bytes, *, durable: bool = True) -> None:
        """See Store; a store keeps what it has acknowledged, `durable` or not."""
        self.client.put(self._key_to_write(name), content)

    def get(self, name: str, start: int = 0, stop: int | None = None) -> bytes:
        """See Store."""
        key = _key(name)
        if start == 0 and stop is None:
            return self.client.read(key)[0]
        if stop is None:
            stop = self.client.state(key).size
        if stop <= start:
            self.client.state(key)
            return b""
        return self.client.read_range(key, start, stop)[0]

    def reading(self, name: str) -> AbstractContextManager[Any]:
        """See Store; all reads are of one version of the output."""
        file: AbstractContextManager[Any] = pa.PythonFile(
            ObjectFile(self.client, _key(name)), mode="r"
        )
        return file

    @contextmanager
    def table_file(self, name: str) -> Iterator[TableFile]:
        """See Store."""
        key = _key(name)
        try:
            with pa.PythonFile(ObjectFile(self.client, key), mode="r") as file:
                yield TableFile(file)
        except FileNotFoundError:
            raise
        except (OSError, DamagedTableError) as error:
            raise DamagedOutputError(
                name,
                f"{self.url / key} is damaged ({error}); run the build again, which makes it anew",
            ) from error

    def list(self, prefix: str) -> Iterator[StoredOutput]:
        """See Store."""
        self._refuse_lost_lease()
        objects = self.client.list(_key(prefix))
        for name, size in sorted(objects, key=lambda output: output[0].split("/")):
            yield StoredOutput(name, size)

    def exists(self, name: str) -> bool:
        """See Store."""
        return self.size(name) is not None

    def size(self, name: str) -> int | None:
        """See Store."""
        state = self._state(name)
        return None if state is None else state.size

    def fingerprint(self, name: str) -> str | None:
        """The ETag."""
        state = self._state(name)
        return None if state is None else state.etag

    def _state(self, name: str) -> ObjectState | None:
        try:
            return self.client.state(_key(name))
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        """See Store."""
        self.client.delete(self._key_to_write(name))

    def commit(self, name: str, content: bytes, members: Iterable[str]) -> None:
        """See Store; WorkspaceError also if another process has taken over the build."""
        wanted = list(members)
        folders = {member.partition("/")[0] for member in wanted if "/" in member}
        there = {output.name for folder in sorted(folders) for output in self.list(folder)}
        refuse_missing(
            self.url, [item for item in wanted if item not in there and not self.exists(item)]
        )
        if self.lease is not None:
            self.lease.confirm()
        self.put(name, content)

    def is_empty(self) -> bool:
        """Whether there is no object below the prefix."""
        return not list(self.client.list("", most=1))

    def holds_beside(self, folder: str) -> bool:
        """Whether some of the first objects below the prefix are not in `folder`."""
        names = (name for name, _ in self.client.list("", most=_LOOKED_AT))
        return any(not name.startswith(f"{folder}/") for name in names)

    @contextmanager
    def owned(self, memory: Path | None) -> Iterator[None]:
        """Hold the lease of the prefix, for a build; see `lease`.

        WorkspaceError if a running build has it, or if the store cannot keep one.
        """
        with Lease(self.client, memory).held() as lease:
            self.lease = lease
            try:
                yield
            finally:
                self.lease = None

    def _key_to_write(self, name: str) -> str:
        self._refuse_lost_lease()
        return _key(name)

    def _refuse_lost_lease(self) -> None:
        if self.lease is not None:
            self.lease.refuse_if_lost()


def _key(name: str) -> str:
    return "/".join(name_parts(name))


def _buffer() -> Any:
    return tempfile.SpooledTemporaryFile(BUFFERED, prefix="corpuskit-")


class ObjectFile(io.RawIOBase):
    """An object that is read like a file, in ranges of one version of it.

    FileNotFoundError if it is not there; OSError if it is replaced while it is read. What is read
    from front to back is fetched in growing ranges.
    """

    def __init__(self, client: ObjectClient, key: str) -> None:
        super().__init__()
        self._client, self._key, self._position = client, key, 0
        first, state = client.read_range(key, 0, FIRST_BYTES)
        self._state = state if state is not None else client.state(key)
        self._windows = [(0, first)]
        self._ahead = _LEAST_READ

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move without asking the store."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._state.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, as far as the object goes."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes, all of those asked for unless the object ends before."""
        end = self._state.size
        stop = end if size is None or size < 0 else min(end, self._position + size)
        start = self._position
        if stop <= start:
            return b""
        self._position = stop
        for window, content in self._windows:
            if window <= start and stop <= window + len(content):
                return content[start - window : stop - window]
        return self._fetched(start, stop)

    def _fetched(self, start: int, stop: int) -> bytes:
        first, last = self._range(start, stop)
        content, _ = self._client.read_range(self._key, first, last, self._state.etag)
        if len(content) != last - first:
            raise OSError(f"{self._key}: {len(content)} bytes of {last - first} came")
        self._windows = [*self._windows, (first, content)][-_WINDOWS:]
        return content[start - first : stop - first]

    def _range(self, start: int, stop: int) -> tuple[int, int]:
        """What is fetched for a read: more ahead where the last range ended, the whole end where
        the read is in it."""
        end = self._state.size
        if start >= end - LAST_BYTES:
            return max(0, end - LAST_BYTES), end
        last_window, content = self._windows[-1]
        follows = last_window <= start <= last_window + len(content)
        self._ahead = min(_MOST_AHEAD, self._ahead * 2) if follows else _LEAST_READ
        return start, min(end, max(stop, start + self._ahead))
