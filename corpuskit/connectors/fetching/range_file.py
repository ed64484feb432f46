"""A file on a server; only what is read is fetched."""

from __future__ import annotations

import io
from typing import Any, Final

from corpuskit.connectors.fetching.download import total_size, validator
from corpuskit.connectors.fetching.session import Session

TAIL: Final = 1 << 16
"""Bytes asked for at first, from the end: with them comes the file's size and, of most Parquet
files, all of the footer."""

_LARGEST_TAIL: Final = 1 << 25


class RangeFile(io.RawIOBase):
    """A seekable file over HTTP, by one range request for each read outside its tail.

    All reads are of one version of the file. HttpError where a range cannot be fetched.
    """

    def __init__(self, session: Session, url: str, tail: int = TAIL) -> None:
        super().__init__()
        self._session, self._url, self._position = session, url, 0
        self._tail, response = session.ranged(url, -tail, 0)
        self._version = validator(response)
        self.size = total_size(response) or 0

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
        """Move without asking the server."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer by one request, or by none within the tail and at the file's end."""
        view = memoryview(buffer).cast("B")
        stop = min(self.size, self._position + len(view))
        if stop <= self._position:
            return 0
        tail = self.size - len(self._tail)
        if self._position >= tail:
            data = self._tail[self._position - tail : stop - tail]
        else:
            data = self._session.read_range(self._url, self._position, stop, self._version)
            if stop == self.size and len(data) <= _LARGEST_TAIL:  # a footer is read again
                self._tail = data
        view[: len(data)] = data
        self._position += len(data)
        return len(data)
