"""What kind of table a file is."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from corpuskit.connectors.containers.bytestream import ByteStream
from corpuskit.connectors.containers.compression import codec_of_file, decompressed, open_binary
from corpuskit.connectors.containers.parquet_footer import MAGIC

PARQUET: Final = "parquet"
JSONL: Final = "jsonl"
CSV: Final = "csv"

_BY_SUFFIX: Final = {
    ".parquet": PARQUET,
    ".parq": PARQUET,
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".json": JSONL,
    ".csv": CSV,
    ".tsv": CSV,
}
_COMPRESSED: Final = frozenset({".gz", ".gzip", ".zst", ".zstd", ".bz2"})
_SNIFFED = 4096


def suffix(name: str) -> str:
    """The suffix of a name, lower case, beneath that of a compression."""
    path = PurePosixPath(name)
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    return path.suffix.lower()


def is_csv(name: str) -> bool:
    """Whether a file is CSV, by its name."""
    return _BY_SUFFIX.get(suffix(name)) == CSV


def kind_of(name: str, path: str) -> str | None:
    """PARQUET, JSONL or CSV; None for anything else, such as the card beside a data set.

    The name tells, or Parquet's magic number. A file without a suffix, or one named *.json,
    is JSONL if its first line starts an object and ends it. OSError if it cannot be opened.
    """
    with open_binary(path) as file:
        start = ByteStream(decompressed(file, codec_of_file(file))).peek(_SNIFFED)
    if start.startswith(MAGIC):
        return PARQUET
    known = _BY_SUFFIX.get(suffix(name))
    if known == JSONL and suffix(name) != ".json":
        return JSONL
    if known in (PARQUET, CSV):
        return known
    return JSONL if suffix(name) in ("", ".json") and _starts_object(start) else None


def _starts_object(start: bytes) -> bool:
    first, end, _ = start.lstrip(b"\xef\xbb\xbf \r\n\t").partition(b"\n")
    return first.startswith(b"{") and (not end or first.rstrip().endswith(b"}"))
