"""Reading the pieces of an input that cannot be entered in the middle.

A compressed stream has to be read from its start. A worker is handed an input's pieces
in order, so it keeps the place where the last piece ended and goes on from there; only a
worker that is handed an earlier piece starts again. What is read is the same either way.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

Placed = tuple[int, Any]
"""Something that was read, after the position it was read at."""

_kept: dict[object, tuple[Placed, Iterator[Placed]]] = {}
atexit.register(_kept.clear)  # a reader that is given up later meets modules that are gone


def between(
    path: str, how: str, start: int, stop: int, read_all: Callable[[], Iterator[Placed]]
) -> Iterator[Placed]:
    """Of what `read_all` reads from a file, in order, that at positions in [start, stop).

    `how` names the way of reading: things kept from another way are not used.
    """
    state = Path(path).stat()
    key = (how, path, state.st_ino, state.st_size, state.st_mtime_ns)
    kept = _kept.pop(key, None)
    things: Iterator[Placed] = (
        chain([kept[0]], kept[1]) if kept is not None and kept[0][0] <= start else read_all()
    )
    for thing in things:
        if thing[0] >= stop:
            _kept.clear()  # one open file at most
            _kept[key] = (thing, things)
            return
        if thing[0] >= start:
            yield thing
