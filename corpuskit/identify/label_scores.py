"""The scores of a fastText model's labels: by fastText, or, where there is more to do, by numpy or
kernels."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from corpuskit import logs
from corpuskit.identify.array_model import ArrayModel
from corpuskit.identify.fasttext_file import (
    TREE,
    FastTextFile,
    Floats,
    UnreadModelError,
    label_tree,
    read_fasttext,
)
from corpuskit.kernels import Kernel, compiled
from corpuskit.kernels.compilation import Compiled
from corpuskit.kernels.fasttext_labels import BEST_LABELS
from corpuskit.kernels.fasttext_vectors import LINE_VECTORS

_log = logs.logger(__name__)

LabelScores = list[tuple[str, float]]

ARRAYS_FROM: Final = 250_000
"""Code points after which a process computes a model with numpy: that saves 100 microseconds for
900 characters of Indonesian (of 208 with sea-2, 154 with lid.176), and the start costs 25 ms."""
LONGEST_WORD: Final = 16
"""Mean length of a line's words up to which it is computed with numpy. Words that come back save
time; those of scripts without spaces are whole sentences. For Khmer and Thai numpy took .7 to 1.3
times as long as fastText."""
SAVED_PER_CODE_POINT: Final = 8e-8
"""CPU seconds that the kernels save: for 900 characters of Indonesian, fastText took 306
microseconds with sea-2 and 182 with lid.176, the kernels 58 and 24, numpy half of fastText."""

_END: Final = "</s>"
# fastText reads these as labels and as the end of a line.
_SPECIAL: Final = ("__label__", _END)

# Room for what is known of words. 16k of them have on average 11 octets and 14 rows.
SEEN_WORDS: Final = 1 << 16
SEEN_OCTETS: Final = 1 << 19
SEEN_ROWS: Final = 1 << 20

_PROBES: Final = (
    "", "a", "selamat pagi semuanya", "good morning to all of you and welcome",
    "ភាសាខ្មែរ ជាភាសា", "မြန်မာဘာသာစကား", "ພາສາລາວ", "tiếng việt là ngôn ngữ", "x y z 123 ?",
    "ini dan itu " * 20, "1" * 300,
)  # fmt: skip


Model = TypeVar("Model", "CompiledModel", ArrayModel)


class LabelModel:
    """A fastText model that scores lines of text.

    Numpy and kernels give the floats that fastText gives. If they do not for the probes (a compiler
    may fuse multiplications with additions, another library may order equal scores in another
    way), fastText is used.
    """

    def __init__(self, path: Path, model: Any) -> None:
        """`model` is what `fasttext.load_model` made of the file `path`."""
        self._path, self._model = path, model
        self._work = 0

    def predict(self, lines: Sequence[str], count: int, least: float) -> list[LabelScores]:
        """The `count` best labels (-1: all) of at least `least` probability, best first, per line.

        Lines have no line feed.
        """
        work = sum(map(len, lines))
        answers: list[LabelScores | None] = [None] * len(lines)
        if compiled(LINE_VECTORS, work * SAVED_PER_CODE_POINT) and self._compiled:
            answers[:] = self._compiled.predict(lines, count, least)
        elif self._uses_arrays(work) and self._arrays:
            rows = [row for row, line in enumerate(lines) if _has_words(line)]
            scored = self._arrays.predict([lines[row] for row in rows], count, least)
            for row, labels in zip(rows, scored, strict=True):
                answers[row] = labels
        return self._completed(lines, answers, count, least)

    def _uses_arrays(self, work: int) -> bool:
        """Whether so much has been asked, `work` included, that numpy pays."""
        self._work += work
        return self._work > ARRAYS_FROM

    def _completed(
        self,
        lines: Sequence[str],
        answers: Sequence[LabelScores | None],
        count: int,
        least: float,
    ) -> list[LabelScores]:
        """The answers, with fastText's where there is none or only fastText reads the line."""
        rows = [
            row
            for row, (line, labels) in enumerate(zip(lines, answers, strict=True))
            if labels is None or any(special in line for special in _SPECIAL)
        ]
        completed = [labels or [] for labels in answers]
        scored = self._by_fasttext([lines[row] for row in rows], count, least)
        for row, labels in zip(rows, scored, strict=True):
            completed[row] = labels
        return completed

    def _by_fasttext(self, lines: Sequence[str], count: int, least: float) -> list[LabelScores]:
        if not lines:
            return []
        labels, scores = self._model.predict(list(lines), k=count, threshold=least)
        return [
            list(zip(row_labels, row_scores.tolist(), strict=True))
            for row_labels, row_scores in zip(labels, scores, strict=True)
        ]

    @cached_property
    def _compiled(self) -> CompiledModel | None:
        """The same model for kernels; None if they cannot compute it."""
        return self._checked(CompiledModel)

    @cached_property
    def _arrays(self) -> ArrayModel | None:
        """The same model for numpy; None if that cannot compute it."""
        return self._checked(ArrayModel)

    def _checked(self, kind: Callable[[FastTextFile], Model]) -> Model | None:
        """The model as `kind`, if that can compute it and gives fastText's scores."""
        try:
            model = kind(read_fasttext(self._path))
        except UnreadModelError as error:
            _log.info("model %s is left to fastText: %s", self._path.name, error)
            return None
        for count, least in ((-1, 0.0), (5, 0.0), (20, 0.0005)):
            scored = model.predict(_PROBES, count, least)
            for labels, expected in zip(
                scored, self._by_fasttext(_PROBES, count, least), strict=True
            ):
                if labels is not None and labels != expected:
                    _log.warning("model %s is left to fastText: other scores", self._path.name)
                    return None
        return model


def _has_words(line: str) -> bool:
    """Whether a line is divided into words that may come back."""
    return len(line) <= LONGEST_WORD * (line.count(" ") + 1)


class CompiledModel:
    """A model's arrays as the kernels read them, and what they know of words."""

    def __init__(self, file: FastTextFile) -> None:
        self._labels = file.labels
        self._lengths = (file.min_n, file.max_n, file.word_ngrams)
        self._buckets = file.buckets
        self._taken = np.packbits(file.buckets >= 0, bitorder="little")
        self._matrix = file.matrix
        self._is_tree = file.loss == TREE
        self._columns = np.ascontiguousarray(file.output[: len(file.labels)].T)
        self._tree = label_tree(file.label_counts)
        self._words = _word_table(file.words)
        end = _END.encode()
        self._end = word_hash(end), file.words.index(end) if end in file.words else -1
        self._seen = (
            np.zeros((SEEN_WORDS, 4), dtype=np.int32),
            np.zeros(SEEN_ROWS, dtype=np.int32),
            np.zeros(SEEN_OCTETS, dtype=np.uint8),
            np.zeros(3, dtype=np.int64),
        )
        self._lock = threading.Lock()

    def predict(self, lines: Sequence[str], count: int, least: float) -> list[LabelScores]:
        """As LabelModel.predict."""
        vectors, rows = self._vectors(lines)
        size = len(self._labels)
        labels = np.empty((len(lines), min(count, size) if count > 0 else size), dtype=np.int32)
        scores = np.empty(labels.shape, dtype=np.float32)
        _loaded(BEST_LABELS)(
            vectors, rows, self._columns, *self._tree, self._is_tree, np.float32(least),
            labels, scores,
        )  # fmt: skip
        names, lengths = self._labels, (labels >= 0).sum(axis=1).tolist()
        return [
            [(names[label], score) for label, score in zip(best[:n], row[:n], strict=True)]
            for best, row, n in zip(labels.tolist(), scores.tolist(), lengths, strict=True)
        ]

    def _vectors(self, lines: Sequence[str]) -> tuple[Floats, npt.NDArray[np.int64]]:
        encoded = [line.encode() for line in lines]
        vectors = np.zeros((len(lines), self._matrix.shape[1]), dtype=np.float32)
        rows = np.zeros(len(lines), dtype=np.int64)
        with self._lock:  # `_seen` is written
            _loaded(LINE_VECTORS)(
                np.frombuffer(b"".join(encoded), dtype=np.uint8),
                np.cumsum([0, *map(len, encoded)], dtype=np.int64),
                self._matrix, self._buckets, self._taken,
                *self._words, *self._lengths, *self._end, *self._seen,
                vectors, rows,
            )  # fmt: skip
        return vectors, rows


def _loaded(kernel: Kernel) -> Compiled:
    function = compiled(kernel, 0.0)
    assert function is not None, "the first kernel of a process is loaded before this one"
    return function


def word_hash(word: bytes) -> int:
    """fastText's hash of a word: FNV-1a, 32 bits, of signed characters."""
    code = 2166136261
    for octet in word:
        code = (code ^ (octet if octet < 128 else octet | 0xFFFFFF00)) * 16777619 & 0xFFFFFFFF
    return code


def _word_table(
    words: Sequence[bytes],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Numbers of words by hash (open addressing, -1: none), their octets and offsets."""
    table = np.full(1 << (4 * len(words) + 2).bit_length(), -1, dtype=np.int32)
    mask = len(table) - 1
    for number, word in enumerate(words):
        place = word_hash(word) & mask
        while table[place] >= 0:
            place = (place + 1) & mask
        table[place] = number
    offsets = np.cumsum([0, *map(len, words)], dtype=np.int64)
    return table, np.frombuffer(b"".join(words), dtype=np.uint8), offsets
