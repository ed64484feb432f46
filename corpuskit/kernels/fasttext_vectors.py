"""Lines of text as the vectors that a fastText classifier decides on.

The same floats as fastText 0.9 computes, bit by bit: the rows of words, of their character n-grams
and of word n-grams are added in the same order. (The order in fastText: `Dictionary::getLine`,
`FastText::predict`.) What is saved is finding the rows, which is done once per different word.
"""

# mypy: disable-error-code="assignment"
# numba gives a variable the type that fits all its values.

from __future__ import annotations

from typing import Any, Final

import numpy as np

from corpuskit.kernels.compilation import Kernel

_START: Final = np.uint32(2166136261)  # FNV-1a of 32 bits
_PRIME: Final = np.uint32(16777619)
_NEGATIVE: Final = np.uint32(0xFFFFFF00)  # fastText hashes signed characters
_NEXT_WORD: Final = np.uint64(116049371)


def line_vectors(  # noqa: PLR0912, PLR0915  # a kernel is one loop
    octets: Any, offsets: Any,
    matrix: Any, buckets: Any, taken: Any,
    word_table: Any, word_octets: Any, word_offsets: Any,
    min_n: Any, max_n: Any, word_ngrams: Any, end_hash: Any, end_row: Any,
    seen_words: Any, seen_rows: Any, seen_octets: Any, used: Any,
    vectors: Any, counts: Any,
) -> None:  # fmt: skip
    """Write the mean of each line's rows into `vectors` and their number into `counts`.

    Line i is `octets[offsets[i]:offsets[i + 1]]`, UTF-8. `word_table` finds words by hash: their
    numbers, -1 for none. `buckets` has the row of every hash of an n-gram. `taken` has a bit for
    each bucket that is in use, low bits first: few are, and it fits into the core's cache.

    What is known of words is kept between calls. `seen_words` is found by hash and says where the
    word is in `seen_octets` and its rows in `seen_rows` (from, to, from, to); `used` says how much
    of `seen_octets`, `seen_rows` and `seen_words` is used.
    """
    width = np.uint64(matrix.shape[1])
    bucket = np.uint32(len(buckets))
    table_mask = len(word_table) - 1
    seen_mask = len(seen_words) - 1
    longest = 0
    for line in range(len(offsets) - 1):
        longest = max(longest, offsets[line + 1] - offsets[line])
    hashes = np.empty(longest + 1, np.uint32)
    # A word's rows: one of its own, and at most max_n n-grams begin at each of its characters.
    rows = np.empty((longest + 2) * max(max_n, 0) + 1, np.int32)
    word = np.empty(longest + 2, np.uint8)
    total = np.empty(width, np.float32)
    for line in range(len(offsets) - 1):
        total[:] = np.float32(0)
        count = 0
        words = 0
        at = offsets[line]
        stop = offsets[line + 1]
        while True:
            while at < stop and (octets[at] == 32 or 9 <= octets[at] <= 13 or octets[at] == 0):
                at += 1
            begin = at
            code = _START
            while at < stop:
                octet = octets[at]
                if octet == 32 or 9 <= octet <= 13 or octet == 0:
                    break
                signed = np.uint32(octet) if octet < 128 else np.uint32(octet) | _NEGATIVE
                code = np.uint32((code ^ signed) * _PRIME)
                at += 1
            length = at - begin
            if length == 0:
                hashes[words] = end_hash
                words += 1
                if end_row >= 0:
                    count += 1
                    row = np.uint64(end_row)
                    for column in range(width):
                        total[column] += matrix[row, column]
                break
            hashes[words] = code
            words += 1

            slot = np.int64(np.uint32(code * np.uint32(0x9E3779B1)) >> np.uint32(8)) & seen_mask
            is_seen = False
            while seen_words[slot, 1] > 0:
                first = seen_words[slot, 0]
                if seen_words[slot, 1] - first == length:
                    is_seen = True
                    for place in range(length):
                        if seen_octets[first + place] != octets[begin + place]:
                            is_seen = False
                            break
                    if is_seen:
                        break
                slot = (slot + 1) & seen_mask
            if is_seen:
                for place in range(seen_words[slot, 2], seen_words[slot, 3]):
                    row = np.uint64(seen_rows[place])
                    for column in range(width):
                        total[column] += matrix[row, column]
                count += seen_words[slot, 3] - seen_words[slot, 2]
                continue

            size = 0
            place = np.int64(code) & table_mask
            while word_table[place] >= 0:
                number = word_table[place]
                first = word_offsets[number]
                if word_offsets[number + 1] - first == length:
                    is_same = True
                    for index in range(length):
                        if word_octets[first + index] != octets[begin + index]:
                            is_same = False
                            break
                    if is_same:
                        rows[0] = number
                        size = 1
                        break
                place = (place + 1) & table_mask
            if max_n > 0:
                word[0] = 60  # <
                for index in range(length):
                    word[index + 1] = octets[begin + index]
                word[length + 1] = 62  # >
                whole = length + 2
                for index in range(whole):
                    if word[index] & 0xC0 == 0x80:
                        continue
                    part = _START
                    after = index
                    for n in range(1, max_n + 1):
                        if after >= whole:
                            break
                        is_first = True
                        while after < whole and (is_first or word[after] & 0xC0 == 0x80):
                            is_first = False
                            octet = word[after]
                            signed = (
                                np.uint32(octet) if octet < 128 else np.uint32(octet) | _NEGATIVE
                            )
                            part = np.uint32((part ^ signed) * _PRIME)
                            after += 1
                        if n >= min_n and not (n == 1 and (index == 0 or after == whole)):
                            place = part % bucket
                            if taken[place >> 3] >> np.uint8(place & 7) & 1:
                                rows[size] = buckets[place]
                                size += 1
            for place in range(size):
                row = np.uint64(rows[place])
                for column in range(width):
                    total[column] += matrix[row, column]
            count += size
            if length > 64 or size > 512:
                continue
            if (
                used[0] + length > len(seen_octets)
                or used[1] + size > len(seen_rows)
                or 2 * used[2] > seen_mask
            ):
                seen_words[:, :] = 0
                used[0] = 1
                used[1] = 0
                used[2] = 0
                slot = np.int64(np.uint32(code * np.uint32(0x9E3779B1)) >> np.uint32(8)) & seen_mask
            seen_words[slot, 0] = used[0]
            seen_words[slot, 1] = used[0] + length
            seen_words[slot, 2] = used[1]
            seen_words[slot, 3] = used[1] + size
            for index in range(length):
                seen_octets[used[0] + index] = octets[begin + index]
            for index in range(size):
                seen_rows[used[1] + index] = rows[index]
            used[0] += length
            used[1] += size
            used[2] += 1

        for index in range(words):
            ngram = np.uint64(np.int64(np.int32(hashes[index])))
            for after in range(index + 1, min(words, index + word_ngrams)):
                ngram = ngram * _NEXT_WORD + np.uint64(np.int64(np.int32(hashes[after])))
                place = ngram % np.uint64(bucket)
                if taken[place >> np.uint64(3)] >> np.uint8(place & np.uint64(7)) & 1:
                    row = np.uint64(buckets[place])
                    count += 1
                    for column in range(width):
                        total[column] += matrix[row, column]
        counts[line] = count
        if count > 0:
            share = np.float32(1.0 / count)
            for column in range(width):
                vectors[line, column] = total[column] * share


_READ: Final = "Array(uint8, 1, 'C', readonly=True)"
LINE_VECTORS: Final = Kernel(
    line_vectors,
    f"void({_READ}, int64[::1], float32[:, ::1], int32[::1], uint8[::1], int32[::1], {_READ}, "
    "int64[::1], int64, int64, int64, uint32, int64, int32[:, ::1], int32[::1], uint8[::1], "
    "int64[::1], float32[:, ::1], int64[::1])",
)
