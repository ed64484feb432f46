"""Published documents that are similar to texts that somebody wants to be taken down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.dedup.shingles import Hashes, jaccard, shingle_sets
from corpuskit.store import Store
from corpuskit.takedown.reading import published_file
from corpuskit.thresholds import NEAR_DUPLICATE

_BATCH: Final = 500
"""Documents whose shingles are in memory at once: 5 MB of text at 10 kB a document."""


@dataclass(frozen=True, slots=True)
class SimilarDocument:
    """How similar a document is to the most similar of the texts."""

    similarity: float
    """Exact Jaccard similarity of their shingles."""

    @property
    def same(self) -> bool:
        """Whether it says the same, beside case, spaces and punctuation."""
        return self.similarity == 1.0


def similar_documents(
    store: Store, manifest: Mapping[str, Any], texts: Sequence[str]
) -> dict[str, SimilarDocument]:
    """Documents by id whose similarity to one of the texts reaches the build's threshold.

    Every text of the corpus is compared, so that none is missed as by banded signatures: some 20
    seconds for a gigabyte of text.
    """
    if not texts:
        return {}
    threshold = manifest["recipe"].get("dedup", {}).get("threshold", NEAR_DUPLICATE)
    sets = shingle_sets(texts)
    wanted = [sets[number] for number in range(len(sets))]
    similar: dict[str, SimilarDocument] = {}
    for batch in _batches(store, manifest, threshold * min(map(len, wanted))):
        documents = shingle_sets(batch["text"].to_pylist())
        for number, name in enumerate(batch["id"].to_pylist()):
            similarity = max(_similarity(text, documents[number], threshold) for text in wanted)
            if similarity >= threshold:
                similar[name] = SimilarDocument(similarity)
    return similar


def _batches(store: Store, manifest: Mapping[str, Any], least: float) -> Iterator[pa.RecordBatch]:
    """Documents long enough to have `least` shingles: a shingle begins at a character."""
    for entry in manifest["files"]:
        if entry["kind"] == "data":
            with published_file(store, entry["path"]) as file:
                for batch in file.iter_batches(_BATCH, columns=["id", "text"]):
                    long_enough = pc.greater_equal(pc.utf8_length(batch["text"]), least)
                    yield batch.filter(long_enough)


def _similarity(first: Hashes, second: Hashes, threshold: float) -> float:
    """Jaccard similarity; 0 where the sizes alone keep it below the threshold."""
    sizes = sorted((len(first), len(second)))
    if not sizes[1] or sizes[0] / sizes[1] < threshold:
        return 0.0
    return jaccard(np.asarray(first), np.asarray(second))
