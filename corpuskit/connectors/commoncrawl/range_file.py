"""A file on a server, of which only what is read is fetched."""

from __future__ import annotations

import io
import re
from typing import Final

from corpuskit.connectors.commoncrawl.polite import Answer, Polite

TAIL: Final = 1 << 17
"""Bytes fetched with the first request, from the end: the footer of a Parquet file. Those of
Common Crawl's index, of 30 columns and some dozens of row groups, fit."""
MAX_READ: Final = 1 << 30
"""Largest range asked for at once."""

_SPAN = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class RangeFile(io.RawIOBase):
    """A seekable file over HTTP, by one range request for each read outside its tail.

    Raises OSError where a range cannot be had.
    """

    def __init__(self, client: Polite, url: str) -> None:
        self.client, self.url = client, url
        self._position = 0
        start, self._tail, self.size = self._get(f"bytes=-{TAIL}", TAIL)
        self._tail_start = start

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read starts."""
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move there; asks nothing of the server."""
        self._position = max(0, (0, self._position, self.size)[whence] + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, fewer only at the end."""
        stop = self.size if size < 0 else min(self.size, self._position + size)
        start, self._position = self._position, max(self._position, stop)
        if start >= stop:
            return b""
        if start >= self._tail_start:
            return self._tail[start - self._tail_start : stop - self._tail_start]
        got, data, _ = self._get(f"bytes={start}-{stop - 1}", min(stop - start, MAX_READ))
        if got != start or len(data) != stop - start:
            raise OSError(f"{self.url}: another range than asked for")
        return data

    def _get(self, span: str, limit: int) -> tuple[int, bytes, int]:
        """Start, bytes and the whole file's size of a range."""
        answer = self.client.get(
            self.url, headers={"Range": span, "Accept-Encoding": "identity"}, limit=limit,
            read=(206,),
        )  # fmt: skip
        found = _SPAN.fullmatch(answer.headers.get("content-range", ""))
        if answer.status != 206 or found is None:
            raise OSError(f"{self.url}: {_why(answer)}")
        return int(found[1]), answer.body, int(found[3])


def _why(answer: Answer) -> str:
    return "the server cannot send parts of files" if answer.status == 200 else answer.fault
