"""Import the modules of a command without looking for garbage among what they define."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import here what a build needs: a tenth faster, since modules leave hardly any garbage.

    What was imported is not looked at again: it lives as long as the process.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
