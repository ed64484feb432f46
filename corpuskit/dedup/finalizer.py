"""MurmurHash3's finalizers (A. Appleby, public domain): bijections that spread a hash's bits."""

from __future__ import annotations

from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

Unsigned = TypeVar("Unsigned", np.uint32, np.uint64)

_STEPS: Final = {
    4: ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)),
    8: ((33, 0xFF51AFD7ED558CCD), (33, 0xC4CEB9FE1A85EC53), (33, 1)),
}
"""Shifts and factors by the octets of a hash: fmix32 and fmix64."""


def finalized(hashes: npt.NDArray[Unsigned]) -> npt.NDArray[Unsigned]:
    """The hashes, of 32 or 64 bits, with their bits spread."""
    width = hashes.dtype.type
    mixed = hashes.copy()
    for shift, factor in _STEPS[hashes.dtype.itemsize]:
        mixed ^= mixed >> width(shift)
        if factor != 1:
            mixed *= width(factor)
    return mixed
