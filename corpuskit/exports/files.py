"""Files of an export, written whole with their digests."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

import zstandard

from corpuskit.store import Store

SUFFIXES: Final = {"none": "", "gzip": ".gz", "zstd": ".zst"}
_GZIP_LEVEL: Final = 6
_ZSTD_LEVEL: Final = 9


@dataclass
class ExportedFile:
    """A file of an export."""

    path: str
    documents: int = 0
    bytes: int = 0
    sha256: str = ""
    tokens: int | None = None


class DigestedFile:
    """A file to write to that counts and digests what goes into it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, content: Any) -> int:
        """Write bytes."""
        self._digest.update(content)
        self.bytes += len(memoryview(content).cast("B"))
        return self._file.write(content)

    def flush(self) -> None:
        """Pass on what is written."""
        self._file.flush()

    @property
    def sha256(self) -> str:
        """Hex digest of what was written."""
        return self._digest.hexdigest()


@contextmanager
def writing(store: Store, exported: ExportedFile) -> Iterator[DigestedFile]:
    """A file of an export, whose size and digest are noted when the block ends."""
    with store.writing(exported.path) as file:
        digested = DigestedFile(file)
        yield digested
        exported.bytes, exported.sha256 = digested.bytes, digested.sha256


@contextmanager
def compressed(file: DigestedFile, compression: str) -> Iterator[Any]:
    """What is written to it goes compressed to a file; the same bytes at any time of day."""
    if compression == "gzip":
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as stream:
            yield stream
    elif compression == "zstd":
        compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
        with compressor.stream_writer(file, closefd=False) as stream:  # type: ignore[arg-type]
            yield stream
    else:
        yield file
