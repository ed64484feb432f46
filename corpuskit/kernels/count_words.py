"""Words, different words and repeated n-grams of many texts in one pass.

The same integers as `corpuskit.quality.vocabulary` and `corpuskit.quality.repetition` count.
"""

# mypy: disable-error-code="assignment"
# numba gives a variable the type that fits all its values.

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpuskit.kernels.choice import compiled
from corpuskit.kernels.compilation import Compiled, Kernel
from corpuskit.text import TextBatch
from corpuskit.text.spans import Spans
from corpuskit.text.tables import LETTER, SIZE, class_table
from corpuskit.text.words import gap_table, in_words, unspaced_table, word_spans

Integers = npt.NDArray[np.int64]

SAVED_PER_CODE_POINT: Final = 1e-7
"""CPU seconds that the kernel saves: 143 microseconds less 47 for 900 characters of Indonesian."""

WORDS, CHARS, LONGEST, ALPHABETIC, IDENTIFIER, DISTINCT, TOP = range(7)
"""Columns of the counts: words, code points in them, those of the longest, words with a letter,
code points in names of programs, different words in the window; from TOP on, code points in the
most frequent n-grams, then those in duplicate n-grams."""

_IN_WORD, _GAP, _LETTER, _UNSPACED = 1, 2, 4, 8
_LOWER, _UPPER, _NUMBER, _UNDERSCORE = 16, 32, 64, 128
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd (Knuth, TAOCP 6.4)


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    """What each code point is to a word; small letters, capitals and digits of ASCII only."""
    kinds = np.zeros(SIZE, dtype=np.uint8)
    for bit, members in (
        (_IN_WORD, in_words(np.arange(SIZE, dtype=np.uint32))),
        (_GAP, gap_table()),
        (_LETTER, class_table() == LETTER),
        (_UNSPACED, unspaced_table()),
    ):
        kinds[members] |= bit
    kinds[ord("a") : ord("z") + 1] |= _LOWER
    kinds[ord("A") : ord("Z") + 1] |= _UPPER
    kinds[ord("0") : ord("9") + 1] |= _NUMBER
    kinds[ord("_")] |= _UNDERSCORE
    return kinds


def count_words(  # noqa: PLR0912, PLR0915  # a kernel is one loop
    codes: Any, offsets: Any, kinds: Any,
    starts: Any, stops: Any, span_offsets: Any, has_spans: Any,
    window: Any, often: Any, top_n: Any, duplicate_n: Any,
    counts: Any, first_starts: Any, first_stops: Any, times: Any, different: Any, slow: Any,
) -> None:  # fmt: skip
    """Count the words of each text i, `codes[offsets[i]:offsets[i + 1]]`, into `counts[i]`.

    With `has_spans` its words are `starts` and `stops`, counted in the text, from
    `span_offsets[i]` on. Otherwise they are cut at spaces, and only `slow[i]` is set for a text in
    a script that needs a dictionary. The different words go to `first_starts`, `first_stops` and
    `times` (occurrences), text after text in order of first occurrence; `different[i]` says how
    many. Frequent n-grams, with `often` occurrences, are counted for n from 2 to `top_n`, duplicate
    ones for n from `top_n + 1` to `duplicate_n`.
    """
    longest = 0
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    starts_here = np.empty(longest + 1, np.int64)
    stops_here = np.empty(longest + 1, np.int64)
    ids = np.empty(longest + 1, np.int64)
    at = np.empty(longest + 1, np.int64)
    firsts = np.empty(longest + 1, np.int64)
    occurrences = np.empty(longest + 1, np.int64)
    keys = np.empty(longest + 1, np.int64)
    hashes = np.empty(longest + 1, np.uint64)
    before = np.empty(longest + 2, np.int64)  # code points in the words before each
    bits = 3
    while (1 << bits) < 2 * (longest + 1):
        bits += 1
    table = np.empty(1 << bits, np.int64)
    total_different = 0
    for text in range(len(offsets) - 1):
        begin = offsets[text]
        end = offsets[text + 1]
        size = 0
        slow[text] = False
        different[text] = 0
        counts[text, :] = 0
        if has_spans:
            for span in range(span_offsets[text], span_offsets[text + 1]):
                starts_here[size] = begin + starts[span]
                stops_here[size] = begin + stops[span]
                size += 1
        else:
            first = -1
            last = -1
            for place in range(begin, end):
                kind = kinds[codes[place]]
                if kind & _UNSPACED:
                    slow[text] = True
                    break
                if kind & _IN_WORD:
                    if first < 0:
                        first = place
                    last = place
                elif kind & _GAP and first >= 0:
                    starts_here[size] = first
                    stops_here[size] = last + 1
                    size += 1
                    first = -1
            if slow[text]:
                continue
            if first >= 0:
                starts_here[size] = first
                stops_here[size] = last + 1
                size += 1
        if size == 0:
            continue

        bits = 3
        while (1 << bits) < 2 * size:
            bits += 1
        mask = (1 << bits) - 1
        downwards = np.uint64(64 - bits)
        table[: mask + 1] = -1
        numbers = 0
        distinct = 0
        before[0] = 0
        for word in range(size):
            first = starts_here[word]
            stop = stops_here[word]
            length = stop - first
            before[word + 1] = before[word] + length
            code = np.uint64(length)
            has_letter = False
            is_name = False
            is_address = False
            previous = np.uint8(0)
            for place in range(first, stop):
                char = codes[place]
                kind = kinds[char]
                code = (code ^ np.uint64(char)) * _SPREAD
                code ^= code >> np.uint64(29)
                if kind & _LETTER:
                    has_letter = True
                    if kind & _UPPER and previous & _LOWER:
                        is_name = True
                elif kind & _UNDERSCORE:
                    if (
                        previous & (_LOWER | _UPPER | _NUMBER)
                        and place + 1 < stop
                        and kinds[codes[place + 1]] & (_LOWER | _UPPER | _NUMBER)
                    ):
                        is_name = True
                elif char == 58 and place + 2 < stop:
                    is_address |= codes[place + 1] == 47 and codes[place + 2] == 47  # ://
                previous = kind
            counts[text, LONGEST] = max(counts[text, LONGEST], length)
            if has_letter:
                counts[text, ALPHABETIC] += 1
            if is_name and not is_address:
                counts[text, IDENTIFIER] += length
            slot = np.int64((code * _SPREAD) >> downwards)
            while table[slot] >= 0:
                number = table[slot]
                other = starts_here[firsts[number]]
                if hashes[number] == code and stops_here[firsts[number]] - other == length:
                    is_same = True
                    for step in range(length):
                        if codes[other + step] != codes[first + step]:
                            is_same = False
                            break
                    if is_same:
                        break
                slot = (slot + 1) & mask
            if table[slot] < 0:
                table[slot] = numbers
                firsts[numbers] = word
                hashes[numbers] = code
                occurrences[numbers] = 0
                numbers += 1
            ids[word] = table[slot]
            occurrences[table[slot]] += 1
            at[word] = word
            if word < window:
                distinct = numbers
        counts[text, WORDS] = size
        counts[text, CHARS] = before[size]
        counts[text, DISTINCT] = distinct
        different[text] = numbers
        for number in range(numbers):
            first_starts[total_different] = starts_here[firsts[number]] - begin
            first_stops[total_different] = stops_here[firsts[number]] - begin
            times[total_different] = occurrences[number]
            total_different += 1

        # An n-gram can repeat only if both (n-1)-grams in it do.
        grams = size
        for n in range(2, duplicate_n + 1):
            kept = 0
            for gram in range(grams - 1):
                if (
                    at[gram + 1] == at[gram] + 1
                    and occurrences[ids[gram]] > 1
                    and occurrences[ids[gram + 1]] > 1
                ):
                    at[kept] = at[gram]
                    keys[kept] = ids[gram] << 32 | ids[gram + 1]
                    kept += 1
            grams = kept
            if grams < 2:
                break
            bits = 3
            while (1 << bits) < 2 * grams:
                bits += 1
            mask = (1 << bits) - 1
            downwards = np.uint64(64 - bits)
            table[: mask + 1] = -1
            numbers = 0
            covered = 0
            covered_to = 0
            for gram in range(grams):
                code = np.uint64(keys[gram]) * _SPREAD
                code ^= code >> np.uint64(32)
                slot = np.int64((code * _SPREAD) >> downwards)
                while table[slot] >= 0 and keys[firsts[table[slot]]] != keys[gram]:
                    slot = (slot + 1) & mask
                if table[slot] < 0:
                    table[slot] = numbers
                    firsts[numbers] = gram
                    occurrences[numbers] = 0
                    numbers += 1
                elif n > top_n:
                    first = max(at[gram], covered_to)
                    covered_to = at[gram] + n
                    covered += before[covered_to] - before[first]
                ids[gram] = table[slot]
                occurrences[table[slot]] += 1
            if n <= top_n:
                best = -1
                most = 0
                most_chars = 0
                for number in range(numbers):  # in order of first occurrence
                    if occurrences[number] >= often:
                        word = at[firsts[number]]
                        chars = before[word + n] - before[word]
                        if occurrences[number] > most or (
                            occurrences[number] == most and chars > most_chars
                        ):
                            best = number
                            most = occurrences[number]
                            most_chars = chars
                if best >= 0:
                    for gram in range(grams):
                        if ids[gram] == best:
                            first = max(at[gram], covered_to)
                            covered_to = at[gram] + n
                            covered += before[covered_to] - before[first]
            counts[text, TOP - 2 + n] = covered


_SPANS: Final = "Array(int64, 1, 'C', readonly=True)"
COUNT_WORDS: Final = Kernel(
    count_words,
    f"void(Array(uint32, 1, 'C', readonly=True), {_SPANS}, uint8[::1], "
    f"{_SPANS}, {_SPANS}, {_SPANS}, boolean, int64, int64, int64, int64, "
    "int64[:, ::1], int32[::1], int32[::1], int32[::1], int64[::1], boolean[::1])",
)


@dataclass(frozen=True, slots=True)
class CountedWords:
    """What the kernel counts of n texts."""

    counts: Integers
    """Shape (n, TOP + longest n - 1)."""
    kinds: list[dict[str, int]]
    """The different words of each text, in order of first occurrence, with their occurrences."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """Which n-grams are counted."""

    top_n: int
    """Longest n of the most frequent n-grams, from 2 on."""
    duplicate_n: int
    """Longest n of duplicate n-grams, from `top_n + 1` on."""
    often: int
    """Occurrences that make an n-gram frequent."""


def counted_words(
    texts: TextBatch, syllabic: Collection[int], window: int, repetition: Repetition
) -> CountedWords | None:
    """Counts of the words of a batch; None where kernels are not used.

    `syllabic` texts (by row) are cut by syllable; `window` is the number of words in which
    different words are counted.
    """
    kernel = compiled(COUNT_WORDS, len(texts.codes) * SAVED_PER_CODE_POINT)
    if kernel is None:
        return None
    run = _Run(kernel, window, repetition)
    counted, slow = run.counted(texts, None)
    if rest := sorted({*slow, *syllabic}):
        numbers = {row: number for number, row in enumerate(rest)}
        some = TextBatch([texts.texts[row] for row in rest])
        part, _ = run.counted(some, word_spans(some.texts, [numbers[row] for row in syllabic]))
        counted.counts[rest] = part.counts
        for row, kinds in zip(rest, part.kinds, strict=True):
            counted.kinds[row] = kinds
    return counted


@dataclass(frozen=True, slots=True)
class _Run:
    """The kernel with what is the same for every batch."""

    kernel: Compiled
    window: int
    repetition: Repetition

    def counted(self, texts: TextBatch, spans: Spans | None) -> tuple[CountedWords, list[int]]:
        """Counts of the words `spans`, or of words between spaces; rows that need a dictionary."""
        nothing = np.zeros(0, dtype=np.int64)
        most = len(spans.starts) if spans else (len(texts.codes) + len(texts)) // 2 + 1
        counts = np.zeros((len(texts), TOP + self.repetition.duplicate_n - 1), dtype=np.int64)
        firsts, lasts, times = (np.empty(most, dtype=np.int32) for _ in range(3))
        different = np.zeros(len(texts), dtype=np.int64)
        slow = np.zeros(len(texts), dtype=np.bool_)
        self.kernel(
            texts.codes, texts.offsets, _kinds(),
            *((spans.starts, spans.stops, spans.offsets) if spans else (nothing,) * 3),
            spans is not None,
            self.window, self.repetition.often, self.repetition.top_n, self.repetition.duplicate_n,
            counts, firsts, lasts, times, different, slow,
        )  # fmt: skip
        kinds = _cut(texts.texts, different, firsts, lasts, times)
        return CountedWords(counts, kinds), np.flatnonzero(slow).tolist()


def _cut(
    texts: list[str],
    different: Integers,
    firsts: npt.NDArray[np.int32],
    lasts: npt.NDArray[np.int32],
    times: npt.NDArray[np.int32],
) -> list[dict[str, int]]:
    ends = np.cumsum(different)
    total = int(different.sum())
    starts, stops, occurrences = (part[:total].tolist() for part in (firsts, lasts, times))
    return [
        {
            text[start:stop]: count
            for start, stop, count in zip(
                starts[first:last], stops[first:last], occurrences[first:last], strict=True
            )
        }
        for text, first, last in zip(texts, (ends - different).tolist(), ends.tolist(), strict=True)
    ]
