"""Tokens of texts, and what they cost in a unigram model of the training texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from corpuskit.publish.token_report import TokenCounts
from corpuskit.segmentation import segment
from corpuskit.tokenizer import Tokenizer


class Frequencies:
    """How often a language's training texts have each token.

    The probability of a token is (count + 1) / (all + size of the vocabulary): a token that
    training texts do not have costs bits, not infinity.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._counts = np.zeros(tokenizer.vocabulary, dtype=np.int64)

    def add(self, texts: Sequence[str]) -> None:
        """Count the tokens of more training texts."""
        for tokens in self._tokenizer.encode(texts):
            known = np.asarray(tokens, dtype=np.int64)
            self._counts += np.bincount(known, minlength=len(self._counts))

    def bits(self, tokens: Sequence[int]) -> float | None:
        """What tokens cost, in bits; None without training texts."""
        total = int(self._counts.sum())
        if not total:
            return None
        counts = self._counts[np.asarray(tokens, dtype=np.int64)] + 1
        return float(-np.log2(counts / (total + len(self._counts))).sum())


def measure(
    tokenizer: Tokenizer,
    batches: Iterable[pa.RecordBatch],
    lang: str,
    frequencies: Frequencies,
) -> Iterator[TokenCounts]:
    """Counts of a language's documents by source, sorted."""
    totals: dict[str, TokenCounts] = {}
    for batch in batches:
        texts, sources = batch["text"].to_pylist(), batch["source"].to_pylist()
        words = np.diff(segment(texts, unit="words", language=lang).offsets)
        rows = zip(texts, sources, tokenizer.encode(texts), words.tolist(), strict=True)
        for text, source, tokens, number in rows:
            counts = TokenCounts(
                lang,
                source,
                documents=1,
                words=number,
                characters=len(text),
                text_bytes=len(text.encode("utf-8")),
                tokens=len(tokens),
                unknown=tokens.count(tokenizer.unknown) if tokenizer.unknown is not None else 0,
                bits=frequencies.bits(tokens),
            )
            known = totals.get(source)
            totals[source] = known + counts if known else counts
    for source in sorted(totals):
        yield totals[source]
