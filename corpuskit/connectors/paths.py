"""The files that a `path` of the recipe names: a file, a folder or a glob."""

from __future__ import annotations

import math
import os
import re
import stat
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from corpuskit.connectors.base import Input
from corpuskit.errors import SourceError

_WILD = re.compile(r"[*?\[]")


def list_inputs(path: str, root: Path) -> list[Input]:
    """Files in the order of their names, which are relative to the folder that `path` names.

    `path` starts from `root` unless it is absolute. A folder means all files below it; in
    a glob `*` and `?` stay within a name and `**` goes down any number of folders. Names that
    start with a dot are passed over unless the glob spells the dot. Links are followed, but
    no folder is entered from within itself. Pipes, broken links and folders that cannot be
    listed are inputs like any other: reading them gives a reason. SourceError if there is no
    file.
    """
    place = root / Path(path).expanduser()
    if os.path.lexists(place) and not place.is_dir():
        return [Input(_portable(place.name), str(place))]
    folder, pattern = place, ["**", "*"]
    if not place.is_dir():
        folder, pattern = _split_glob(place)
    if not folder.is_dir():
        raise SourceError(_missing(folder, path))
    names_and_places = sorted(
        (_portable("/".join(parts)), str(folder.joinpath(*parts)))
        for parts in _files(folder, pattern)
    )
    if not names_and_places:
        raise SourceError(_nothing(path, folder, pattern))
    return [Input(name, file) for name, file in names_and_places]


def _split_glob(path: Path) -> tuple[Path, list[str]]:
    before, pattern = split_wild(path.parts)
    return Path(*before), pattern


def split_wild(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The parts of a path before its first wildcard, and the others."""
    first = next((i for i, part in enumerate(parts) if _WILD.search(part)), len(parts))
    return list(parts[:first]), list(parts[first:])


def _missing(folder: Path, path: str) -> str:
    siblings = [entry.name for entry in folder.parent.iterdir()] if folder.parent.is_dir() else []
    close = get_close_matches(folder.name, siblings, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "a relative path starts from the recipe"
    return f"path {path!r}: there is no {str(folder)!r} ({hint})"


def _nothing(path: str, folder: Path, pattern: Sequence[str]) -> str:
    if pattern == ["**", "*"]:
        return f"path {path!r}: the folder {str(folder)!r} holds no files (put files into it)"
    hint = "" if "**" in pattern else "; ** goes down into folders"
    return f"path {path!r}: no file in {str(folder)!r} matches {'/'.join(pattern)!r}{hint}"


def _files(folder: Path, pattern: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Paths below a folder, in parts, that match a pattern or cannot be looked into."""
    depth = math.inf if "**" in pattern else len(pattern)
    hidden = any(part.startswith(".") for part in pattern)
    start: tuple[str, ...] = ()
    waiting = [(start, frozenset({_folder_identity(folder)}))]
    while waiting:
        parts, above = waiting.pop()
        names = _names(folder.joinpath(*parts))
        if names is None:
            yield parts
            continue
        for name in names:
            if name.startswith(".") and not hidden:
                continue
            path = (*parts, name)
            identity = _folder_identity(folder.joinpath(*path))
            if identity is None:
                if matches(path, pattern):
                    yield path
            elif len(path) < depth and identity not in above:
                waiting.append((path, above | {identity}))


def _names(folder: Path) -> list[str] | None:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return None


def _folder_identity(path: Path) -> tuple[int, int] | None:
    """The identity of a folder, whatever links lead to it; None if it is not a folder."""
    try:
        state = path.stat()
    except OSError:
        return None
    return (state.st_dev, state.st_ino) if stat.S_ISDIR(state.st_mode) else None


def matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path below a folder, in parts, is one that a pattern means."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        rest = pattern[1:] or ["*"]
        if matches(parts, rest):
            return True
        return bool(parts) and not parts[0].startswith(".") and matches(parts[1:], pattern)
    if not parts or (parts[0].startswith(".") and not pattern[0].startswith(".")):
        return False
    return fnmatchcase(parts[0], pattern[0]) and matches(parts[1:], pattern[1:])


def _portable(name: str) -> str:
    """A name as text: bytes of it that are not UTF-8 are written as \\xNN."""
    return os.fsencode(name).decode("utf-8", "backslashreplace").replace(os.sep, "/")
