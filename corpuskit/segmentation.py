"""Words and sentences of plain strings or an Arrow column, all texts in one call.

>>> segment(["ၵူၼ်းၵူႊၵေႃႉ"], unit="words", language="shn_Mymr").of(0)
[(0, 5), (5, 8), (8, 12)]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pyarrow as pa

from corpuskit.arguments import as_text, as_texts
from corpuskit.languages import cuts_syllables
from corpuskit.text.sentences import sentence_spans
from corpuskit.text.spans import Spans
from corpuskit.text.words import word_spans


def segment(
    texts: Sequence[str] | pa.Array | pa.ChunkedArray,
    *,
    unit: Literal["words", "sentences"],
    language: str | None = None,
) -> Spans:
    """The words or sentences of each text as spans of code points; a null text has none.

    `language` matters only for words in the Myanmar script (by default Burmese); everything else
    follows from the script. Measured in benchmarks/segmentation.py.
    """
    if unit not in ("words", "sentences"):
        raise ValueError(f"unit is 'words' or 'sentences', not {unit!r}")
    listed = as_texts("segment", texts)
    if unit == "sentences":
        return sentence_spans(listed)
    syllabic = range(len(listed)) if language and cuts_syllables(language) else ()
    return word_spans(listed, syllabic)


def words(text: str, language: str | None = None) -> list[str]:
    """The text's words, in order: segments with at least one letter, mark or digit."""
    as_text("words", text)
    return segment([text], unit="words", language=language).cut([text])[0]


def sentences(text: str) -> list[str]:
    """The text's sentences, in order; the end of a line always ends one."""
    as_text("sentences", text)
    return segment([text], unit="sentences").cut([text])[0]
