"""What a file of a folder is: by its name, and by its first bytes where the name is silent."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from corpuskit.connectors import sniff

JSONL: Final = "application/jsonl"

_BY_SUFFIX: Final = {
    ".html": sniff.HTML,
    ".htm": sniff.HTML,
    ".shtml": sniff.HTML,
    ".xhtml": sniff.XHTML,
    ".xht": sniff.XHTML,
    ".txt": sniff.TEXT,
    ".text": sniff.TEXT,
    ".md": sniff.TEXT,
    ".markdown": sniff.TEXT,
    ".jsonl": JSONL,
    ".ndjson": JSONL,
}
_COMPRESSED: Final = frozenset({".gz", ".gzip", ".zst", ".zstd", ".bz2"})
_READERS: Final = {
    ".warc": "warc",
    ".csv": "tables",
    ".tsv": "tables",
    ".parquet": "tables",
    ".parq": "tables",
    ".pdf": "documents",
    ".docx": "documents",
    ".odt": "documents",
    ".epub": "documents",
}
"""The connectors that read files of other types, by suffix."""
_READERS_BY_START: Final = {b"WARC/": "warc", b"PAR1": "tables", b"%PDF-": "documents"}


def file_type(name: str, start: bytes) -> tuple[str | None, str]:
    """Media type of a file that is read, or None; and what the file seems to be.

    `start` is the first decompressed bytes. The suffix decides, beneath that of a compression;
    only the signature of a binary format overrules it. A file that another connector reads (a
    WARC file, a table, a PDF) is not read here, even where it holds HTML. A file with no suffix is
    read if it is HTML or text; one with a suffix that is not known (`page.php`,
    `index.html@lang=km`) if it is HTML.
    """
    binary = sniff.signature(start)
    suffix = _suffix(name)
    known = _BY_SUFFIX.get(suffix)
    if reader := _reader(suffix, start):
        what = binary or (f"named *{suffix}" if suffix else "a file without a suffix")
        return None, f"{what}; the connector `{reader}` reads it"
    if binary is not None or known is not None:
        return (known, known or "") if binary is None else (None, binary)
    sniffed = sniff.sniff(start)
    wanted = {sniff.HTML, sniff.XHTML} | (set() if suffix else {sniff.TEXT})
    return (sniffed if sniffed in wanted else None), f"{sniffed} named *{suffix}"


def _suffix(name: str) -> str:
    """The suffix of a name, lower case, beneath that of a compression."""
    path = PurePosixPath(name)
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    return path.suffix.lower()


def _reader(suffix: str, start: bytes) -> str | None:
    """The connector that reads a file, by its first bytes or its suffix, if it is another one."""
    for magic, reader in _READERS_BY_START.items():
        if start.startswith(magic):
            return reader
    return _READERS.get(suffix)
