"""Segments of many texts as offsets, without copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spans:
    """Segments of a list of texts, in order; those of text i are `offsets[i]:offsets[i + 1]`."""

    starts: Positions
    """First code point of each segment, counted in its own text; shape (m,)."""
    stops: Positions
    """The code point after the last of each segment; shape (m,)."""
    offsets: Positions
    """Shape (n + 1,)."""

    def of(self, index: int) -> list[tuple[int, int]]:
        """Start and stop of every segment of one text."""
        segments = slice(self.offsets[index], self.offsets[index + 1])
        return list(zip(self.starts[segments].tolist(), self.stops[segments].tolist(), strict=True))

    def cut(self, texts: Sequence[str]) -> list[list[str]]:
        """The segments themselves, per text; `texts` are those that were segmented."""
        starts, stops, ends = self.starts.tolist(), self.stops.tolist(), self.offsets.tolist()
        return [
            [text[a:b] for a, b in zip(starts[first:last], stops[first:last], strict=True)]
            for text, first, last in zip(texts, ends[:-1], ends[1:], strict=True)
        ]


def in_texts(starts: Positions, stops: Positions, begins: Positions) -> Spans:
    """Spans from segments of concatenated texts, text i beginning at `begins[i]`.

    `begins` has one more entry, where the next text would begin; shape (n + 1,).
    """
    offsets = np.searchsorted(starts, begins).astype(np.int64)
    base = np.repeat(begins[:-1], np.diff(offsets))
    return Spans(starts - base, stops - base, offsets)


def merged(parts: Sequence[tuple[Sequence[int], Spans]], count: int) -> Spans:
    """Spans of `count` texts, merged from groups of them: row numbers and spans per group."""
    rows = [np.asarray(numbers, dtype=np.int64) for numbers, _ in parts]
    owners = [np.repeat(r, np.diff(s.offsets)) for r, (_, s) in zip(rows, parts, strict=True)]
    owner = np.concatenate([np.zeros(0, dtype=np.int64), *owners])
    order = np.argsort(owner, kind="stable")
    starts = np.concatenate([np.zeros(0, dtype=np.int64), *(s.starts for _, s in parts)])
    stops = np.concatenate([np.zeros(0, dtype=np.int64), *(s.stops for _, s in parts)])
    ends = np.cumsum(np.bincount(owner, minlength=count))
    return Spans(starts[order], stops[order], np.concatenate(([0], ends)).astype(np.int64))
