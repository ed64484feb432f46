"""Words and sentences of plain strings or an Arrow column, by language: one call for all.

>>> segment(["ၵူၼ်းၵူႊၵေႃႉ"], unit="words", language="shn_Mymr").of(0)
[(0, 5), (5, 8), (8, 12)]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pyarrow as pa

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
    """Where the words or sentences of each text stand, in code points; a null text has none.

    `language` matters to the words of the Myanmar script alone (Burmese unless said otherwise);
    everything else follows the script. Measured in benchmarks/segmentation.py.
    """
    if unit not in ("words", "sentences"):
        raise ValueError(f"unit is 'words' or 'sentences', not {unit!r}")
    given = _listed(texts)
    if unit == "sentences":
        return sentence_spans(given)
    syllabic = range(len(given)) if language and cuts_syllables(language) else ()
    return word_spans(given, syllabic)


def words(text: str, language: str | None = None) -> list[str]:
    """The text's words, in order: segments with a letter, mark or digit in them."""
    return segment([text], unit="words", language=language).cut([text])[0]


def sentences(text: str) -> list[str]:
    """The text's sentences, in order; a line always ends one."""
    return segment([text], unit="sentences").cut([text])[0]


def _listed(texts: Sequence[str] | pa.Array | pa.ChunkedArray) -> list[str]:
    if isinstance(texts, pa.Array | pa.ChunkedArray):
        return [text or "" for text in texts.to_pylist()]
    return list(texts)
