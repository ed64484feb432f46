"""A fastText classifier computed with numpy: what is known of a word is found once.

fastText spends most of its time on finding the rows of a word's character n-grams. Here they are
found for all new words of a batch at once and kept. The floats are those of fastText 0.9, bit by
bit: the same sums in the same order (numpy adds rows of a matrix one after the other), and libm's
`expf` by Arrow. Where order alone could differ, as with equally likely labels, the answer is left
to fastText: see `ArrayModel.predict`.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.identify.fasttext_file import (
    TREE,
    FastTextFile,
    Floats,
    UnreadModelError,
    label_tree,
)

Places = npt.NDArray[np.int64]
Scores = list[tuple[str, float]]
_Known = tuple[bytes, bytes]
"""The rows of a word and its hash, as octets, which are joined faster than arrays."""

REMEMBERED: Final = 1 << 16
"""Words whose rows are kept; 200 bytes each."""
LONGEST_REMEMBERED: Final = 64
"""Octets of a word that is kept: longer ones are rarely words, and hardly come back."""
TOGETHER: Final = 32
"""Lines whose rows are added at once: those of about the same number of rows."""
STRIDE: Final = 64
"""Rows of each of these lines that are added at once: 128 kB, which fit into a core's cache."""
CLOSE: Final = 1e-3
"""Difference of log-probabilities at the end of a list of labels below which fastText is asked:
among the labels of a tree, its search may then pass over one that is likelier by up to 1e-5 a
branch."""

_START: Final = np.uint32(2166136261)  # FNV-1a of 32 bits
_PRIME: Final = np.uint32(16777619)
_NEXT_WORD: Final = np.uint64(116049371)
_END: Final = b"</s>"


class ArrayModel:
    """A model's arrays, and the rows of the words that it has seen."""

    def __init__(self, file: FastTextFile) -> None:
        """UnreadModelError if this version of Arrow has no `exp`."""
        if not hasattr(pc, "exp"):
            raise UnreadModelError("this version of pyarrow has no exp")
        self._labels = file.labels
        self._ngrams = _NgramRows(file)
        self._word_ngrams = _WordNgramRows(file)
        padding = np.zeros((1, file.matrix.shape[1]), dtype=np.float32)
        self._matrix = np.concatenate((file.matrix, padding))
        self._columns = np.ascontiguousarray(file.output[: len(file.labels)].T)
        self._tree = _LabelTree(file.label_counts) if file.loss == TREE else None
        self._known: dict[bytes, _Known] = {}
        self._end = np.array(self._ngrams.numbers.get(_END, ()), dtype=np.int32).tobytes()
        self._lock = threading.Lock()

    def predict(self, lines: Sequence[str], count: int, least: float) -> list[Scores | None]:
        """The `count` best labels (-1: all) of at least `least` probability, best first, per line.

        None where the order of labels, or which are the best, is not certain.
        """
        if not lines:
            return []
        most = count if count > 0 else len(self._labels)
        vectors, has_rows = self._vectors(lines)
        output = np.zeros((len(lines), self._columns.shape[1]), dtype=np.float32)
        for dimension, column in enumerate(self._columns):
            output += column * vectors[:, dimension, None]
        bound = np.float32(least)
        least_score = _log(bound.reshape(1))[0]
        if self._tree is None:
            shares = _softmax(output)
            chosen, scores = shares >= bound, _log(shares)
        else:
            scores, chosen = self._tree.scores(output, least_score)
        chosen &= has_rows[:, None]
        return list(self._best(chosen, scores, most))

    def _best(
        self, chosen: npt.NDArray[np.bool_], scores: Floats, most: int
    ) -> Iterator[Scores | None]:
        """The chosen labels of each line by falling score, with their probabilities."""
        lines, labels = np.nonzero(chosen)
        logs = scores[lines, labels]
        order = np.lexsort((-logs, lines))
        labels, logs = labels[order], logs[order]
        shares = _exp(logs).tolist()
        numbers = labels.tolist()
        counts = chosen.sum(axis=1)
        ends = np.cumsum(counts)
        unsure = self._unsure(logs, ends - counts, ends, most)
        for line, (stop, size) in enumerate(zip(ends.tolist(), counts.tolist(), strict=True)):
            first = stop - size
            if unsure[line]:
                yield None
                continue
            yield [(self._labels[numbers[at]], shares[at])
                   for at in range(first, min(stop, first + most))]  # fmt: skip

    def _unsure(self, logs: Floats, firsts: Places, ends: Places, most: int) -> list[bool]:
        """For each line, whether two scores that are next to each other are equal, or the last one
        that is taken is close to the first that is not."""
        gaps = np.concatenate((logs[:-1] - logs[1:], [np.float32(np.inf)]))
        equal = np.concatenate(([0], np.cumsum(gaps == 0)))
        last = np.minimum(ends, firsts + most + 1) - 1
        unsure = (last > firsts) & (equal[np.maximum(last, firsts)] > equal[firsts])
        cut = np.flatnonzero(ends - firsts > most)
        unsure[cut] |= gaps[firsts[cut] + most - 1] < CLOSE
        return list(unsure.tolist())

    def _vectors(self, lines: Sequence[str]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """The mean of each line's rows, and whether it has any."""
        rows = self._rows_of([line.encode().replace(b"\0", b" ").split() for line in lines])
        counts = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows)) // 4
        sums = np.zeros((len(lines), self._matrix.shape[1]), dtype=np.float32)
        order = np.argsort(counts, kind="stable")
        for start in range(0, len(order), TOGETHER):
            group = order[start : start + TOGETHER]
            sums[group] = self._sums([rows[line] for line in group], counts[group])
        shares = (1.0 / np.maximum(counts, 1)).astype(np.float32)
        return sums * shares[:, None], counts > 0

    def _sums(self, rows: Sequence[bytes], counts: Places) -> Floats:
        """The sum of each line's rows, from the first row to the last."""
        numbers = np.full((len(rows), counts.max()), len(self._matrix) - 1, dtype=np.int32)
        numbers[np.arange(counts.max()) < counts[:, None]] = np.frombuffer(b"".join(rows), np.int32)
        numbers = np.ascontiguousarray(numbers.T)
        total = np.zeros((len(rows), self._matrix.shape[1]), dtype=np.float32)
        room = np.empty((STRIDE + 1, *total.shape), dtype=np.float32)
        for start in range(0, len(numbers), STRIDE):
            taken = numbers[start : start + STRIDE]
            room[0] = total
            self._matrix.take(taken, axis=0, out=room[1 : len(taken) + 1], mode="clip")
            np.add.reduce(room[: len(taken) + 1], axis=0, out=total)
        return total

    def _rows_of(self, tokens: Sequence[Sequence[bytes]]) -> list[bytes]:
        """The rows of each line: of its words, of its end, and of n-grams of its words."""
        with self._lock:  # what is known of words changes
            known: list[list[Any]] = [list(map(self._known.get, words)) for words in tokens]
            self._learn(tokens, known)
            rows = [b"".join([word[0] for word in words]) for words in known]
            if self._word_ngrams.longest < 2:
                rows = [of_words + self._end for of_words in rows]
            else:
                hashes = [b"".join([word[1] for word in words]) for words in known]
                ngrams = self._word_ngrams.rows(hashes)
                rows = [a + self._end + b for a, b in zip(rows, ngrams, strict=True)]
        return rows

    def _learn(self, tokens: Sequence[Sequence[bytes]], known: list[list[Any]]) -> None:
        """Find out about the words that are not known, and complete `known`."""
        new: dict[bytes, None] = {}
        lines = [line for line, words in enumerate(known) if None in words]
        for line in lines:
            pairs = zip(tokens[line], known[line], strict=True)
            new.update(dict.fromkeys(word for word, fact in pairs if fact is None))
        if len(self._known) > REMEMBERED:
            self._known.clear()
        words = list(new)
        pairs = zip(self._ngrams.rows(words), self._word_ngrams.hashes(words), strict=True)
        facts = dict(zip(words, pairs, strict=True))
        for line in lines:
            known[line] = [
                facts[word] if fact is None else fact
                for word, fact in zip(tokens[line], known[line], strict=True)
            ]
        self._known.update(
            (word, fact) for word, fact in facts.items() if len(word) <= LONGEST_REMEMBERED
        )


class _NgramRows:
    """Finds the rows of words: a row of the word's own, and one for each n-gram in use."""

    def __init__(self, file: FastTextFile) -> None:
        self._min_n, self._max_n = max(file.min_n, 1), file.max_n
        self._buckets = file.buckets
        self.numbers = {word: number for number, word in enumerate(file.words)}

    def rows(self, words: Sequence[bytes]) -> list[bytes]:
        """The rows of each word in fastText's order, as the octets of an int32 array."""
        parts = self._of_ngrams(words) if self._max_n > 0 else [b""] * len(words)
        for place, word in enumerate(words):
            number = self.numbers.get(word)
            if number is not None:
                parts[place] = number.to_bytes(4, sys.byteorder) + parts[place]
        return parts

    def _of_ngrams(self, words: Sequence[bytes]) -> list[bytes]:
        if not words:
            return []
        octets = np.frombuffer(b"<" + b"><".join(words) + b">", dtype=np.uint8)
        sizes = np.fromiter(map(len, words), dtype=np.int64, count=len(words)) + 2
        starts = np.flatnonzero((octets & 0xC0) != 0x80)  # of characters
        ends = np.append(starts[1:], len(octets))
        word_stops = np.cumsum(sizes)
        word_ends = np.searchsorted(starts, word_stops)  # in characters
        first = np.concatenate(([0], word_ends[:-1]))
        last_of = np.repeat(word_ends, word_ends - first)
        buckets = self._hashed(octets, starts, ends, last_of, first)
        per_char = np.concatenate(([0], np.cumsum((buckets >= 0).sum(axis=1))))
        rows = buckets[buckets >= 0].tobytes()
        bounds = (4 * per_char[np.concatenate((first, word_ends[-1:]))]).tolist()
        return [rows[a:b] for a, b in itertools.pairwise(bounds)]

    def _hashed(
        self, octets: npt.NDArray[np.uint8], starts: Places, ends: Places, last_of: Places,
        first: Places,
    ) -> npt.NDArray[np.int32]:  # fmt: skip
        """The row of every n-gram, -1 for none: (characters, lengths from the least)."""
        signed = _signed(octets)
        buckets = np.full((len(starts), self._max_n - self._min_n + 1), -1, dtype=np.int32)
        at = np.arange(len(starts))
        code = np.full(len(starts), _START)
        is_edge = np.zeros(len(starts), dtype=np.bool_)
        is_edge[first] = True
        is_edge[last_of[first] - 1] = True
        for n in range(1, self._max_n + 1):
            inside = at + (n - 1) < last_of[at]
            if not inside.all():
                at, code = at[inside], code[inside]
            code = _with_octets(code, signed, starts[at + (n - 1)], ends[at + (n - 1)])
            if n >= self._min_n:
                rows = self._buckets[code % np.uint32(len(self._buckets))]
                buckets[at, n - self._min_n] = np.where(is_edge[at], -1, rows) if n == 1 else rows
        return buckets


def _signed(octets: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Octets as fastText hashes them: as signed characters."""
    return octets.view(np.int8).astype(np.int32).view(np.uint32)


def _with_octets(
    code: npt.NDArray[np.uint32], signed: npt.NDArray[np.uint32], starts: Places, ends: Places
) -> npt.NDArray[np.uint32]:
    """The hashes, each continued with the octets from its start to its end, at least one."""
    code = (code ^ signed[starts]) * _PRIME
    octet = 1
    more = np.flatnonzero(ends - starts > 1)
    while len(more):
        code[more] = (code[more] ^ signed[starts[more] + octet]) * _PRIME
        octet += 1
        more = more[(ends - starts)[more] > octet]
    return code


class _WordNgramRows:
    """Finds the rows of n-grams of words, from two words on."""

    def __init__(self, file: FastTextFile) -> None:
        self.longest = file.word_ngrams
        self._buckets = file.buckets
        self._end_hash = np.frombuffer(self.hashes([_END])[0], dtype=np.int32)

    def hashes(self, words: Sequence[bytes]) -> list[bytes]:
        """fastText's hash of each word, as the octets of an int32."""
        if not words:
            return []
        octets = np.frombuffer(b"".join(words), dtype=np.uint8)
        ends = np.cumsum(np.fromiter(map(len, words), dtype=np.int64, count=len(words)))
        starts = np.concatenate(([0], ends[:-1]))
        code = np.full(len(words), _START)
        data = _with_octets(code, _signed(octets), starts, ends).tobytes()
        return [data[place : place + 4] for place in range(0, len(data), 4)]

    def rows(self, lines: Sequence[bytes]) -> list[bytes]:
        """The rows of each line, whose words are given by their hashes."""
        sizes = np.array([len(line) // 4 + 1 for line in lines], dtype=np.int64)
        end = self._end_hash.tobytes()
        hashes = np.frombuffer(b"".join(line + end for line in lines), dtype=np.int32)
        words = hashes.astype(np.int64).astype(np.uint64)
        stops = np.repeat(np.cumsum(sizes), sizes)
        at, code = np.arange(len(words)), words
        buckets = np.full((len(words), self.longest - 1), -1, dtype=np.int32)
        for n in range(1, self.longest):
            inside = at + n < stops[at]
            at, code = at[inside], code[inside]
            code = code * _NEXT_WORD + words[at + n]
            buckets[at, n - 1] = self._buckets[code % np.uint64(len(self._buckets))]
        counts = np.concatenate(([0], np.cumsum((buckets >= 0).sum(axis=1))))
        rows = buckets[buckets >= 0].tobytes()
        bounds = (4 * counts[np.concatenate(([0], np.cumsum(sizes)))]).tolist()
        return [rows[a:b] for a, b in itertools.pairwise(bounds)]


class _LabelTree:
    """The Huffman tree of labels: scores from the root to the leaves, level by level."""

    def __init__(self, counts: list[int]) -> None:
        self._size = len(counts)
        self._left, self._right = label_tree(counts)
        self._levels = list(self._by_level())

    def _by_level(self) -> Iterator[npt.NDArray[np.int64]]:
        """The inner nodes of each level."""
        nodes = np.array([2 * self._size - 2])
        while len(nodes := nodes[nodes >= self._size]):
            yield nodes
            nodes = np.concatenate((self._left[nodes], self._right[nodes])).astype(np.int64)

    def scores(
        self, output: Floats, least_score: np.float32
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Log-probabilities of all labels, and which of them a search for those of `least_score`
        reaches; shape (n, labels)."""
        scores = np.zeros((len(output), 2 * self._size - 1), dtype=np.float32)
        reached = np.ones(scores.shape, dtype=np.bool_)
        odds = (np.float32(1) + _exp(-output)).astype(np.float64)
        shares = (1.0 / odds).astype(np.float32)
        rest = (1.0 - shares.astype(np.float64)).astype(np.float32)
        steps = [
            (self._left, _log(rest)),
            (self._right, _log(shares)),
        ]
        for nodes in self._levels:
            for children, step in steps:
                below = children[nodes]
                scores[:, below] = scores[:, nodes] + step[:, nodes - self._size]
                reached[:, below] = reached[:, nodes] & (scores[:, below] >= least_score)
        return scores[:, : self._size], reached[:, : self._size]


def _softmax(output: Floats) -> Floats:
    """Shares of each row, summed from the first label to the last."""
    exponents = (output - output.max(axis=1, keepdims=True)).astype(np.float64)
    shares: Floats = np.exp(exponents).astype(np.float32)
    shares /= np.cumsum(shares, axis=1, dtype=np.float32)[:, -1:]
    return shares


def _log(shares: Floats) -> Floats:
    """fastText's logarithm, which no share makes infinite."""
    logs: Floats = np.log(shares.astype(np.float64) + 1e-5).astype(np.float32)
    return logs


def _exp(values: Floats) -> Floats:
    """libm's `expf`; numpy's own differs in the last bit of every third value."""
    powers = pc.exp(pa.array(values.ravel())).to_numpy(zero_copy_only=False)
    return np.asarray(powers.reshape(values.shape), dtype=np.float32)
