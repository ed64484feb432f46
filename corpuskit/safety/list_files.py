"""Lists of addresses and words as their publishers write them.

| list | files |
|---|---|
| UT1 (Université Toulouse Capitole) | a folder per category with `domains` and `urls` |
| hosts files | `0.0.0.0 example.org` |
| LDNOOBW, LDNOOBW V2 | a file per language: `th`, `th.txt`; one word or phrase a line |
| NLLB Toxicity-200 | a file per language: `khm_Khmr_twl.zip` (its password is published), `.txt` |
| lists of your own | text, UTF-8, one entry a line |
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

NLLB_PASSWORD: Final = b"tL4nLLb"
"""Published in the README of Toxicity-200: it keeps the lists from search engines."""
MOST_BYTES: Final = 2_000_000_000
"""Of a list; the largest of UT1, `adult`, has 0.1 GB."""
_UT1: Final = ("domains", "urls")
_SINKS: Final = frozenset(("0.0.0.0", "127.0.0.1", "::", "::1"))
"""Addresses to which hosts files send what they block."""
_OTHER_NAMES: Final = {"kh": "km"}
"""LDNOOBW V2 names the file of Khmer by the country."""


class UnreadableListError(ValueError):
    """A list that cannot be used, with the reason."""


def address_files(path: Path) -> list[Path]:
    """The files of a list of domains and URLs: a file, or those of a category's folder of UT1."""
    if not path.is_dir():
        return [path]
    files = [path / name for name in _UT1 if (path / name).is_file()]
    if not files:
        raise UnreadableListError(
            "the folder has neither `domains` nor `urls`; name the folder of one category of UT1, "
            "or a file"
        )
    return files


def word_files(path: Path, names: Mapping[str, Sequence[str]]) -> dict[str, Path]:
    """By language the file of a folder with one per language.

    `names` has for each language what its file may be called, the best first: `khm_Khmr`, `km`.
    Files of other languages are not read.
    """
    files: dict[str, Path] = {}
    for file in sorted(path.iterdir()):
        if file.is_file() and file.suffix in ("", ".txt", ".zip"):
            stem = file.name.removesuffix(file.suffix).removesuffix("_twl").casefold()
            files.setdefault(_OTHER_NAMES.get(stem, stem), file)
    chosen: dict[str, Path] = {}
    for code, spellings in names.items():
        for spelling in spellings:
            if spelling.casefold() in files:
                chosen.setdefault(code, files[spelling.casefold()])
    return chosen


def digest_of(paths: Sequence[Path]) -> str:
    """Hex sha256 over the contents of files; UnreadableListError where one cannot be read."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(hashlib.sha256(_content(path)).digest())
    return whole.hexdigest()


def entries_of(path: Path) -> Iterator[str]:
    """The lines of a list that are neither blank nor comments (`# ...`)."""
    content = _content(path)
    if path.suffix == ".zip":
        content = _unzipped(content)
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UnreadableListError(f"is not UTF-8 text (byte {error.start})") from error
    for line in lines:
        entry = line.strip()
        if entry and not entry.startswith(("# ", "#\t")) and entry != "#":
            yield entry


def address_of(entry: str) -> str | None:
    """The address of a line, without a comment and what a hosts file sends it to; None where there
    is none."""
    parts = entry.partition(" #")[0].split()
    if len(parts) > 1 and parts[0] in _SINKS:
        parts = parts[1:]
    return parts[0] if len(parts) == 1 and "." in parts[0] else None


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableListError(f"has more than {MOST_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableListError(error.strerror or str(error)) from error


def _unzipped(content: bytes) -> bytes:
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (member,) = (info for info in archive.infolist() if info.filename.endswith(".txt"))
            if member.file_size > MOST_BYTES:
                raise UnreadableListError(f"has more than {MOST_BYTES:,} bytes")
            return archive.read(member, pwd=NLLB_PASSWORD)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise UnreadableListError(f"cannot be unzipped: {error}") from error
    except ValueError as error:
        if isinstance(error, UnreadableListError):
            raise
        raise UnreadableListError("does not hold exactly one text file") from error
