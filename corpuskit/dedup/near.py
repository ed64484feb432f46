"""Near-duplicates of a list of texts, for a REPL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from corpuskit.arguments import as_text, as_texts
from corpuskit.dedup.cluster import THRESHOLD, cluster
from corpuskit.dedup.shingles import shingle_sets
from corpuskit.dedup.signatures import signatures
from corpuskit.document import text_sha256
from corpuskit.languages import language as profile
from corpuskit.minhash_objects import as_minhash

if TYPE_CHECKING:
    from datasketch import MinHash


@dataclass(frozen=True, slots=True)
class Cluster:
    """A text and its duplicates, by their index in the list of texts."""

    kept: int
    """The text with the most near-duplicates; the first of equal ones."""
    duplicates: tuple[int, ...]
    similarities: tuple[float, ...]
    """Exact Jaccard similarity of each duplicate to the kept text."""


def near_duplicates(
    texts: Sequence[str], *, language: str, threshold: float = THRESHOLD
) -> list[Cluster]:
    """Clusters of at least two texts whose shingles' Jaccard similarity reaches `threshold`.

    Each duplicate is that similar to the kept text (see corpuskit.dedup.cluster). `language`
    must be a code of the catalogue (else CatalogueError); shingles are the same in all
    languages, see corpuskit.dedup.shingles. TypeError for one string instead of a list.

    >>> near_duplicates(["សួស្តីពិភពលោក", "Sugeng enjang", "សួស្តី\\u200bពិភពលោក"], language="khm_Khmr")
    [Cluster(kept=0, duplicates=(2,), similarities=(1.0,))]
    """
    texts = as_texts("near_duplicates", texts)
    if not isinstance(threshold, int | float) or not 0 < threshold <= 1:
        raise ValueError(f"threshold is a similarity above 0 and at most 1, not {threshold!r}")
    profile(language)
    sets = shingle_sets(texts)
    clusters = cluster(
        ids=[f"{row:012d}" for row in range(len(texts))],
        text_sha256=[text_sha256(text) for text in texts],
        signatures=signatures(sets),
        shingle_counts=sets.counts,
        rank=np.arange(len(texts)),
        texts=lambda rows: [texts[row] for row in rows],
        threshold=threshold,
    )
    members: dict[int, list[tuple[int, float]]] = {}
    for row, (kept_row, similarity) in enumerate(
        zip(clusters.duplicate_of, clusters.similarity, strict=True)
    ):
        if kept_row is not None and similarity is not None:
            members.setdefault(int(kept_row), []).append((row, similarity))
    return [Cluster(kept, *zip(*rows, strict=True)) for kept, rows in sorted(members.items())]


def minhash(text: str, *, language: str) -> MinHash:
    """The signature of one text as datasketch's object, ready for its LSH classes.

    It is the one that a build stores: `build` finds the same duplicates. `language` is a code of
    the catalogue (CatalogueError otherwise).
    """
    profile(language)
    (row,) = signatures(shingle_sets([as_text("minhash", text)]))
    return as_minhash(row)
