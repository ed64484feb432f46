"""The stage that measures quality signals; a policy decides what to do with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from corpuskit.quality.characters import character_signals
from corpuskit.quality.code import code_marks
from corpuskit.quality.lines import line_signals
from corpuskit.quality.marks import ELLIPSES
from corpuskit.quality.offers import offer_signals
from corpuskit.quality.shares import Columns, Floats, per
from corpuskit.quality.spam import spam_signals
from corpuskit.quality.specific import SpecificLists, specific_shares
from corpuskit.quality.stuffing import phrase_spreads
from corpuskit.quality.vocabulary import with_cases
from corpuskit.quality.word_counts import BatchWordCounts
from corpuskit.quality.words import repetition_signals, word_signals
from corpuskit.stage import Batch
from corpuskit.text import TextBatch
from corpuskit.thresholds import QUALITY_SIGNALS

QUALITY: Final = pa.struct([pa.field(name, pa.float32()) for name in QUALITY_SIGNALS])
"""Type of the column `quality`: every signal as float32, in the declared order."""


class Signals:
    """Add the column `quality`; needs `text`, and `lang` for script and stop words.

    `stop_words`: words per language code; signals about them are null for a language without a
    list. `specific_words`: per language code its list and those of the languages it is confused
    with (`languages.specific_lists`). `syllabic`: codes of languages in the Myanmar script whose
    words are counted in syllables, since there is no dictionary for them.
    """

    name: ClassVar[str] = "signals"
    version: ClassVar[str] = "6"
    libraries: ClassVar[tuple[str, ...]] = ("icu4py", "numpy")
    reasons: ClassVar[Mapping[str, str]] = {}
    fields: ClassVar[tuple[pa.Field, ...]] = (pa.field("quality", QUALITY),)

    def __init__(
        self,
        *,
        stop_words: Mapping[str, Sequence[str]] | None = None,
        specific_words: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        syllabic: Sequence[str] = (),
    ) -> None:
        self.syllabic = frozenset(syllabic)
        self.specific = {
            code: SpecificLists.of(code, lists) for code, lists in (specific_words or {}).items()
        }
        self.stop_words = {
            code: with_cases(words) for code, words in (stop_words or {}).items() if words
        }

    def process(self, batch: Batch) -> Batch:
        """Measure every text: one dict of float32 values per row."""
        columns = measure(
            batch.texts, batch.get("lang"), self.stop_words, self.syllabic, self.specific
        )
        return batch.with_columns(quality=_rows(columns))


def measure(
    texts: TextBatch,
    langs: Sequence[str | None],
    stop_words: Mapping[str, frozenset[str]],
    syllabic: frozenset[str] = frozenset(),
    specific: Mapping[str, SpecificLists] | None = None,
) -> Columns:
    """Every signal of every text, one array of len(texts) each; NaN if not measurable."""
    syllabic_rows = [row for row, lang in enumerate(langs) if lang in syllabic]
    counts = BatchWordCounts.of(texts, syllabic_rows)
    columns = {
        **character_signals(texts, langs),
        **word_signals(texts, counts, langs, stop_words),
        "specific_word_share": specific_shares(counts, langs, specific or {}),
        **line_signals(texts),
        **repetition_signals(counts),
        **spam_signals(texts),
        **offer_signals(texts),
    }
    words = columns["words"]
    columns["phrase_spread"] = phrase_spreads(
        texts, words, columns["top_3gram_char_fraction"], syllabic_rows
    )
    hashes = np.array([_hashes(text) for text in texts.texts], dtype=np.int64)
    columns["lines_per_word"] = per(columns["lines"], words)
    columns["hashes_per_word"] = per(hashes, words)
    columns["urls_per_word"] = per(columns.pop("urls"), words)
    columns["code_marks_per_word"] = per(code_marks(texts), words)
    return columns


def _hashes(text: str) -> int:
    return text.count("#") + sum(map(text.count, ELLIPSES))


def _rows(columns: Columns) -> list[dict[str, float | None]]:
    """One dict per text in the declared order, with values rounded to float32, as they are stored.

    So a policy decides the same on fresh signals and on signals read from disk.
    """
    rounded = [_optional(columns[name]) for name in QUALITY_SIGNALS]
    return [dict(zip(QUALITY_SIGNALS, row, strict=True)) for row in zip(*rounded, strict=True)]


def _optional(values: Floats) -> list[Any]:
    listed: list[Any] = values.astype(np.float32).tolist()
    if np.isnan(values).any():
        return [None if value != value else value for value in listed]  # noqa: PLR0124  # NaN
    return listed
