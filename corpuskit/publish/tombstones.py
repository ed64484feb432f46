"""The tombstones beside a corpus."""

from __future__ import annotations

from corpuskit.store import Store
from corpuskit.tombstones import FILE, Tombstones, read_events


def tombstones_of(store: Store) -> Tombstones:
    """The tombstones in a build folder, none where it has no such file.

    Raises TombstoneError for a file that cannot be read: nobody knows what must not come back.
    """
    try:
        content = store.get(FILE)
    except FileNotFoundError:
        return Tombstones()
    return Tombstones(tuple(read_events(content)))
