"""Reading the pieces of an input that cannot be entered in the middle.

A stream that is compressed as a whole has to be read from its start. A process keeps the place
where it stopped and goes on from there; it starts again only where it is handed an earlier piece.
What is read is the same either way. What it costs depends on who is handed which piece:

- one process, pieces in order: one pass over the stream
- k processes that take the pieces of one stream in order: k passes at most
- a new process for each of n pieces: (n + 1) / 2 passes, so an engine that may do that is handed
  the tasks of an input in at most 16 groups, 8.5 passes (pipeline.crashes.STREAM_PARTS)

Neither zlib nor zstandard can save a decoder's state, so a scan cannot leave restart points; larger
pieces would hold more of the input in memory at once. Files of many gzip members or zstd frames of
one record each, and multistream dumps, are entered anywhere and do not come here.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from corpuskit import logs
from corpuskit.limits import beat

_log = logs.logger(__name__)

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
    if kept is None and start:
        _log.info("%s: read from its start for the piece at %d", Path(path).name, start)
    for thing in things:
        beat()  # a record that is passed over is none that takes long
        if thing[0] >= stop:
            _kept.clear()  # one open file at most
            _kept[key] = (thing, things)
            return
        if thing[0] >= start:
            yield thing
