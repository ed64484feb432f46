"""Stored MinHash signatures as datasketch's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from datasketch import MinHash

NUM_PERM: Final = 120
"""Permutations; 120 has 16 divisors, so bands and rows can be adapted to the threshold."""

SEED: Final = 1
"""Seed of the permutations; datasketch's default."""


def as_minhash(values: npt.NDArray[np.uint32] | bytes) -> MinHash:
    """A signature, or the little-endian bytes in which a build stores it, for datasketch's LSH
    classes; datasketch is imported here, which takes .9 s the first time."""
    from datasketch import MinHash

    row: Any = np.frombuffer(values, "<u4") if isinstance(values, bytes) else values
    return MinHash(num_perm=len(row), seed=SEED, scheme="affine32", hashvalues=row)
