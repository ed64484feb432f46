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
_COMPRESSED: Final = frozenset({".gz", ".gzip", ".zst", ".zstd"})


def file_type(name: str, start: bytes) -> tuple[str | None, str]:
    """Media type of a file that is read, or None; and what the file seems to be.

    `start` is the first decompressed bytes. The suffix decides, beneath that of a compression;
    only the signature of a binary format overrules it. A file with no suffix is read if it is
    HTML or text; one with a suffix that is not known (`page.php`, `index.html@lang=km`) if
    it is HTML.
    """
    binary = sniff.signature(start)
    path = PurePosixPath(name)
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    known = _BY_SUFFIX.get(path.suffix.lower())
    if binary is not None or known is not None:
        return (known, known or "") if binary is None else (None, binary)
    sniffed = sniff.sniff(start)
    wanted = {sniff.HTML, sniff.XHTML} | (set() if path.suffix else {sniff.TEXT})
    return (sniffed if sniffed in wanted else None), f"{sniffed} named *{path.suffix}"
