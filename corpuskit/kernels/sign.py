"""From code points to MinHash signatures in one pass: match key, shingles, set, minima.

The same as `corpuskit.dedup.signatures.signatures(shingle_sets(texts))`, bit by bit.
"""

# mypy: disable-error-code="assignment"
# numba gives a variable the type that fits all its values.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpuskit.kernels.choice import compiled
from corpuskit.kernels.compilation import Compiled, Kernel
from corpuskit.kernels.key_tables import (
    DECOMPOSES,
    DROPPED,
    FIRST,
    JOINS,
    MARK,
    SLOW,
    key_tables,
)
from corpuskit.text.keys import folded_text
from corpuskit.text.tables import Codes, code_points

Integers = npt.NDArray[np.int64]

SAVED_PER_CODE_POINT: Final = 4e-8
"""CPU seconds that the kernel saves: 57 microseconds less 19 for 900 characters of Indonesian."""

_PAD: Final = 0x110000  # of dedup.shingles
# Values of which minima are taken at once: 16 kB, which stay in the core's fastest cache.
_BLOCK: Final = 4096
_MIX_1, _MIX_2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_MIX_3, _MIX_4 = np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_EMPTY: Final = np.uint32(0xFFFFFFFF)


def sign(  # noqa: PLR0912, PLR0915  # a kernel is one loop
    codes: Any, offsets: Any,
    folded: Any, flags: Any, classes: Any, joining: Any, pairs: Any, is_folded: Any,
    factors: Any, constants: Any,
    rows: Any, counts: Any, slow: Any,
) -> None:  # fmt: skip
    """Write the signature of every text into `rows` and its distinct shingles into `counts`.

    Text i is `codes[offsets[i]:offsets[i + 1]]`. Where the tables do not give its key, only
    `slow[i]` is set. With `is_folded` the codes are folded already.
    """
    longest = 4
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    key = np.empty(longest, np.uint32)
    values = np.empty(longest, np.uint32)
    bits = 4
    while (1 << bits) < 3 * longest:
        bits += 1
    table = np.empty(1 << bits, np.uint64)
    shift = np.uint64(33)
    for text in range(len(offsets) - 1):
        size = 0
        before = np.uint32(0)  # the code point before, folded
        starter = np.uint32(0)
        starter_folded = np.uint32(0)
        run = 0  # where the marks after the last starter begin
        is_slow = False
        for at in range(offsets[text], offsets[text + 1]):
            code = codes[np.uint64(at)]
            flag = flags[code]
            if is_folded:
                if not flag & DROPPED:
                    key[size] = code
                    size += 1
                continue
            fold = folded[code]
            if flag & (SLOW | JOINS):
                if flag & SLOW:
                    is_slow = True
                    break
                if flag & JOINS:
                    if flags[starter] & DECOMPOSES:
                        is_slow = True
                        break
                    for form in (starter, starter_folded):
                        pair = np.uint64(form) << np.uint64(32) | np.uint64(code)
                        place = np.searchsorted(joining, pair)
                        if place < len(joining) and joining[place] == pair:
                            is_slow = True
                    if is_slow:
                        break
            if flag & MARK:
                # Nothing composes here, so that NFC only sorts the marks after a starter.
                place = size
                while place > run and classes[key[place - 1]] > classes[code]:
                    key[place] = key[place - 1]
                    place -= 1
                key[place] = code
                size += 1
                before = key[size - 1]
                continue
            starter = code
            starter_folded = fold
            if before and flags[before] & FIRST:
                for row in range(len(pairs)):
                    if pairs[row, 0] == before and pairs[row, 1] == fold:
                        key[size - 1] = pairs[row, 2]
                        fold = pairs[row, 3]
                        break
            if fold and not flag & DROPPED:
                key[size] = fold
                size += 1
            run = size
            before = fold
        slow[text] = is_slow
        if is_slow or size == 0:
            continue
        while size < 4:
            key[size] = _PAD
            size += 1
        bits = 4
        while (1 << bits) < 3 * size:
            bits += 1
        mask = np.uint64((1 << bits) - 1)
        downwards = np.uint64(64 - bits)
        table[: 1 << bits] = 0
        has_zero = False
        distinct = 0
        first = np.uint64(key[0])
        second = np.uint64(key[1])
        third = np.uint64(key[2])
        for at in range(3, size):
            fourth = np.uint64(key[np.uint64(at)])
            word = first | second << np.uint64(21) | third << np.uint64(42)
            first = second
            second = third
            third = fourth
            word ^= word >> shift
            word *= _MIX_1
            word ^= word >> shift
            word *= _MIX_2
            word ^= word >> shift
            word += fourth
            word ^= word >> shift
            word *= _MIX_1
            word ^= word >> shift
            word *= _MIX_2
            word ^= word >> shift
            slot = word >> downwards
            entry = table[slot]
            while entry != 0 and entry != word:  # noqa: PLR1714
                slot = (slot + np.uint64(1)) & mask
                entry = table[slot]
            table[slot] = word
            is_new = entry == 0
            if word == 0:  # like an empty slot: seen before only if this is not the first
                is_new = not has_zero
                has_zero = True
            low = np.uint32(word)
            low ^= low >> np.uint32(16)
            low = np.uint32(low * _MIX_3)
            low ^= low >> np.uint32(13)
            low = np.uint32(low * _MIX_4)
            low ^= low >> np.uint32(16)
            values[np.uint64(distinct)] = low
            distinct += is_new
        counts[text] = distinct
        for begin in range(0, distinct, _BLOCK):
            end = min(begin + _BLOCK, distinct)
            for row in range(len(factors)):
                factor = factors[row]
                constant = constants[row]
                least = rows[text, row]
                for at in range(begin, end):
                    least = min(least, np.uint32(factor * values[at] + constant))
                rows[text, row] = least


_READ: Final = "Array(uint32, 1, 'C', readonly=True)"
SIGN: Final = Kernel(
    sign,
    f"void({_READ}, int64[::1], {_READ}, uint8[::1], uint8[::1], uint64[::1], uint32[:, ::1], "
    f"boolean, {_READ}, {_READ}, uint32[:, ::1], int64[::1], boolean[::1])",
)


def signature_rows(
    texts: Sequence[str], factors: Codes, constants: Codes
) -> tuple[Codes, Integers] | None:
    """Signatures, shape (n, len(factors)), and distinct shingles per text, shape (n,); None where
    kernels are not used."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    kernel = compiled(SIGN, float(lengths.sum()) * SAVED_PER_CODE_POINT)
    if kernel is None:
        return None
    rows = np.full((len(texts), len(factors)), _EMPTY, dtype=np.uint32)
    counts = np.zeros(len(texts), dtype=np.int64)
    slow = _run(kernel, texts, factors, constants, rows, counts, is_folded=False)
    if len(slow):
        slow_rows, slow_counts = np.full_like(rows[slow], _EMPTY), np.zeros_like(counts[slow])
        keys = [folded_text(texts[row]) for row in slow.tolist()]
        _run(kernel, keys, factors, constants, slow_rows, slow_counts, is_folded=True)
        rows[slow], counts[slow] = slow_rows, slow_counts
    return rows, counts


def _run(
    kernel: Compiled, texts: Sequence[str], factors: Codes, constants: Codes,
    rows: Codes, counts: Integers, *, is_folded: bool,
) -> Integers:  # fmt: skip
    """Fill `rows` and `counts`; the numbers of the texts that the tables do not cover."""
    tables = key_tables()
    offsets = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    slow = np.zeros(len(texts), dtype=np.bool_)
    kernel(
        code_points("".join(texts)), offsets,
        tables.folded, tables.flags, tables.classes, tables.joining, tables.pairs, is_folded,
        factors, constants,
        rows, counts, slow,
    )  # fmt: skip
    return np.flatnonzero(slow)
