"""A batch of texts with views that the stages share, each computed once, on first use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from corpuskit.text.clusters import clusters
from corpuskit.text.scripts import shares_in_counts
from corpuskit.text.tables import (
    CLASSES,
    SCRIPTS,
    Classes,
    Codes,
    class_table,
    script_table,
    written_table,
)
from corpuskit.text.words import word_spans

T = TypeVar("T")


class TextBatch:
    """Texts, and views of them: flat arrays over the whole batch, lists per text.

    `texts[i]` owns `codes[offsets[i]:offsets[i + 1]]`.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self._lists: dict[tuple[str, int], object] = {}
        self._shares: dict[str, list[float]] = {}

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def codes(self) -> Codes:
        """Code points of all texts, one after the other; uint32."""
        return np.frombuffer(
            "".join(self.texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32
        )

    @cached_property
    def offsets(self) -> npt.NDArray[np.int64]:
        """The start of each text in `codes`, and the end; shape (n + 1,)."""
        return np.concatenate(([0], np.cumsum([len(text) for text in self.texts], dtype=np.int64)))

    @cached_property
    def scripts(self) -> Classes:
        """Script id (index into text.tables.SCRIPTS) per code point."""
        return script_table()[self.codes]

    @cached_property
    def classes(self) -> Classes:
        """Character class (text.tables.LETTER, ...) per code point."""
        return class_table()[self.codes]

    @cached_property
    def owners(self) -> npt.NDArray[np.int64]:
        """The text that each code point belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    @cached_property
    def class_counts(self) -> npt.NDArray[np.int64]:
        """Code points per text and character class; shape (n, len(CLASSES))."""
        width = len(CLASSES)
        cells = self.owners * width + self.classes
        return np.bincount(cells, minlength=len(self) * width).reshape(len(self), width)

    @cached_property
    def script_counts(self) -> npt.NDArray[np.int64]:
        """Letters and marks per text and script; shape (n, len(SCRIPTS))."""
        width = len(SCRIPTS) + 1  # the last column has all other code points
        cells = self.owners * width
        cells += written_table()[self.codes]
        counts = np.bincount(cells, minlength=len(self) * width).reshape(len(self), width)
        return counts[:, :-1]

    def script_share(self, index: int, script: str) -> float:
        """Share (0 to 1) of one text's letters and marks that belong to `script`; 0 for a script
        without a table."""
        if script not in self._shares:
            self._shares[script] = shares_in_counts(self.script_counts, script).tolist()
        return self._shares[script][index]

    def main_script(self, index: int) -> str:
        """The script of most letters and marks; `Zyyy` for a text without any."""
        return self._main_scripts[index]

    @cached_property
    def _main_scripts(self) -> list[str]:
        counts = self.script_counts[:, 1:]
        best = np.where(counts.any(axis=1), counts.argmax(axis=1) + 1, 0)
        return [SCRIPTS[number] for number in best.tolist()]

    def clusters(self, index: int) -> list[str]:
        """Grapheme clusters of one text."""
        return self._once("clusters", index, clusters)

    def words(self, syllabic: Collection[int] = ()) -> list[list[str]]:
        """Words of every text by the rules of its scripts (see text.words); in `syllabic` texts (by
        number), words in the Myanmar script are syllables."""
        return word_spans(self.texts, syllabic).cut(self.texts)

    def lines(self, index: int) -> list[str]:
        """Lines of one text without blank ones, stripped."""
        return self._once("lines", index, _lines)

    def _once(self, view: str, index: int, compute: Callable[[str], T]) -> T:
        key = (view, index)
        if key not in self._lists:
            self._lists[key] = compute(self.texts[index])
        return self._lists[key]  # type: ignore[return-value]  # set by the same `compute`


def _lines(text: str) -> list[str]:
    return [stripped for line in text.split("\n") if (stripped := line.strip())]
