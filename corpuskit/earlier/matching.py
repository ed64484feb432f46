"""What texts that are held have in common with earlier corpora: the best match of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.lookup import DigestLookup, Digests, SignatureLookup
from corpuskit.dedup.signatures import Signature
from corpuskit.dedup.verify import Similarities, Texts, similar_pairs
from corpuskit.earlier.index import EarlierCorpus, IndexPart
from corpuskit.earlier.parts import PartBatch

MATCHES: Final = pa.schema(
    [
        pa.field("row", pa.int64()), pa.field("same", pa.bool_()),
        pa.field("similarity", pa.float64()), pa.field("corpus", pa.int32()),
        pa.field("id", pa.string()), pa.field("url", pa.string()), pa.field("lang", pa.string()),
    ]
)  # fmt: skip
"""A match: the row of the text that is held, whether the text is the same, the similarity, and the
earlier document, by the number of its corpus."""


@dataclass(frozen=True)
class HeldTexts:
    """Texts that are looked for in earlier corpora, n of them."""

    digests: Digests
    signatures: Signature | None
    """Shape (n, num_perm); None where only equal texts are looked for."""
    counts: Rows
    """Distinct shingles, shape (n,)."""
    texts: Texts
    threshold: float


def match_parts(
    held: HeldTexts,
    parts: Sequence[tuple[int, EarlierCorpus, IndexPart]],
    *,
    every: bool = False,
    exact: bool = True,
) -> tuple[pa.Table, bool]:
    """The best match of every held text that has one among `parts`, as MATCHES, and whether every
    candidate was compared; with `every`, all matches.

    Each part is given with the number of its corpus and is read once. The similarity is measured
    on the texts where `exact` and the corpus has them; else it is the share of values in which the
    signatures agree.
    """
    digests = DigestLookup(held.digests)
    lookup = None if held.signatures is None else SignatureLookup(held.signatures, held.threshold)
    tables, complete = [MATCHES.empty_table()], True
    for number, corpus, part in parts:
        near: list[_NearPairs] = []
        for batch in corpus.batches(part):
            same = digests.pairs(batch.digests)
            ones = np.ones(len(same))
            tables.append(_matches(number, batch.table, same, ones, same_text=True))
            if lookup is not None:
                near.append(_near(lookup, batch, same))
                complete = complete and near[-1].complete
        near = [pairs for pairs in near if len(pairs.pairs)]
        if near:
            tables.append(_measured(held, number, (corpus, part), _joined(near), exact))
    table = pa.concat_tables(tables)
    return (table if every else best_matches(table)).combine_chunks(), complete


@dataclass(frozen=True)
class _NearPairs:
    """Candidates between held texts and documents of a part."""

    documents: pa.Table
    """The documents of the part that are in a pair: id, url, lang."""
    rows: Rows
    """Their rows in the part."""
    counts: Rows
    """Their distinct shingles."""
    pairs: Rows
    """Rows of held texts and of `documents`, shape (m, 2)."""
    agreement: npt.NDArray[np.float64]
    """Share of the values in which the signatures of each pair agree."""
    complete: bool


def _near(lookup: SignatureLookup, batch: PartBatch, same: Rows) -> _NearPairs:
    signatures = batch.signatures
    candidates, agreed = lookup.candidates(signatures)
    pairs = candidates.pairs
    width = max(batch.table.num_rows, 1)
    new = ~np.isin(pairs[:, 0] * width + pairs[:, 1], same[:, 0] * width + same[:, 1])
    pairs, agreed = pairs[new], agreed[new]
    rows, at = np.unique(pairs[:, 1], return_inverse=True)
    table = batch.table.select(["id", "url", "lang", "shingle_count"]).take(pa.array(rows))
    counts = table["shingle_count"].to_numpy().astype(np.int64)
    return _NearPairs(
        table.select(["id", "url", "lang"]),
        rows + batch.first,
        counts,
        np.stack((pairs[:, 0], at.reshape(-1)), axis=1),
        agreed / signatures.shape[1],
        candidates.complete,
    )


def _measured(
    held: HeldTexts,
    number: int,
    of: tuple[EarlierCorpus, IndexPart],
    near: _NearPairs,
    exact: bool,
) -> pa.Table:
    """Matches of the candidates of a part whose similarity reaches the threshold."""
    corpus, part = of
    if exact and corpus.has_texts:
        pairs, similarity = _exact(held, corpus, part, near)
    else:
        alike = near.agreement >= held.threshold
        pairs, similarity = near.pairs[alike], near.agreement[alike]
    return _matches(number, near.documents, pairs, similarity, same_text=False)


def _joined(near: Sequence[_NearPairs]) -> _NearPairs:
    """The candidates of all batches of a part, whose texts are then read together."""
    starts = np.cumsum([0, *(len(item.rows) for item in near)])
    pairs = [item.pairs + np.array([0, start]) for item, start in zip(near, starts, strict=False)]
    return _NearPairs(
        pa.concat_tables([item.documents for item in near]).combine_chunks(),
        np.concatenate([item.rows for item in near]),
        np.concatenate([item.counts for item in near]),
        np.concatenate(pairs),
        np.concatenate([item.agreement for item in near]),
        all(item.complete for item in near),
    )


def _exact(
    held: HeldTexts, corpus: EarlierCorpus, part: IndexPart, near: _NearPairs
) -> tuple[Rows, Similarities]:
    """The pairs that reach the threshold, by the shingles of their texts."""
    mine, at = np.unique(near.pairs[:, 0], return_inverse=True)
    joint = np.stack((at.reshape(-1), near.pairs[:, 1] + len(mine)), axis=1)
    counts = np.concatenate((held.counts[mine], near.counts))

    def texts(rows: Sequence[int]) -> list[str]:
        chosen = np.asarray(rows, dtype=np.int64)
        ours, theirs = chosen[chosen < len(mine)], chosen[chosen >= len(mine)] - len(mine)
        fetched = dict(zip(ours.tolist(), held.texts(mine[ours].tolist()), strict=True))
        earlier = corpus.texts(part, near.rows[theirs].tolist()) if len(theirs) else []
        fetched.update(zip((theirs + len(mine)).tolist(), earlier, strict=True))
        return [fetched[row] for row in chosen.tolist()]

    pairs, similarity = similar_pairs(joint, texts, counts, held.threshold)
    return np.stack((mine[pairs[:, 0]], pairs[:, 1] - len(mine)), axis=1), similarity


def _matches(
    number: int, documents: pa.Table, pairs: Rows, similarity: Similarities, *, same_text: bool
) -> pa.Table:
    chosen = documents.select(["id", "url", "lang"]).take(pa.array(pairs[:, 1]))
    columns = [
        pa.array(pairs[:, 0]),
        pa.array(np.full(len(pairs), same_text)),
        pa.array(similarity),
        pa.array(np.full(len(pairs), number, dtype=np.int32)),
        *chosen.columns,
    ]
    return pa.table(columns, schema=MATCHES)


def best_matches(matches: pa.Table) -> pa.Table:
    """The best match of each row, by row: the same text first, then the most similar one, then the
    corpus that is named first, then the smaller id."""
    order = [
        ("row", "ascending"), ("same", "descending"), ("similarity", "descending"),
        ("corpus", "ascending"), ("id", "ascending"),
    ]  # fmt: skip
    ordered = matches.sort_by(order).combine_chunks()
    row = ordered["row"].to_numpy()
    first = np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1]))[: len(row)])
    return ordered.take(pa.array(first))
