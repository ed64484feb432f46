"""A stream of byte chunks that can be looked into before it is read."""

from __future__ import annotations

from collections.abc import Iterator

from corpuskit.connectors.containers.compression import Damage


class ByteStream:
    """Bytes with a position and lookahead.

    The stream stops where bytes are lost: `damage` then says why, nothing more can be read,
    and `resume` goes on with what comes after.
    """

    def __init__(self, chunks: Iterator[bytes | Damage], position: int = 0) -> None:
        self._chunks = chunks
        self._buffer = b""
        self._at = 0
        self.position = position
        self.damage: Damage | None = None

    def _next(self) -> bytes:
        if self.damage is not None:
            return b""
        item = next(self._chunks, b"")
        if isinstance(item, Damage):
            self.damage = item
            return b""
        return item

    def resume(self) -> None:
        """Go on after the damage."""
        self.damage = None

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer only where the stream stops; they stay unread."""
        have = len(self._buffer) - self._at
        if have < size:
            parts = [self._buffer[self._at :]] if have else []
            while have < size and (chunk := self._next()):
                parts.append(chunk)
                have += len(chunk)
            self._buffer, self._at = parts[0] if len(parts) == 1 else b"".join(parts), 0
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only where the stream stops."""
        data = self.peek(size)
        self._at += len(data)
        self.position += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over `size` bytes in bounded memory; returns how many there were."""
        passed = min(size, len(self._buffer) - self._at)
        self._at += passed
        while passed < size and (chunk := self._next()):
            used = min(size - passed, len(chunk))
            self._buffer, self._at = chunk, used
            passed += used
        self.position += passed
        return passed

    def seek(self, position: int) -> None:
        """Pass over everything before `position`, damage included."""
        while self.position < position:
            if not self.skip(position - self.position):
                if self.damage is None:
                    return
                self.resume()
