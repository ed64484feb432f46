"""The overlap of two corpora, by language: documents of the same text, and near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.callable_module import make_callable
from corpuskit.earlier import EarlierCorpus, HeldTexts, IndexPart, match_parts, open_earlier
from corpuskit.earlier.parts import as_words
from corpuskit.errors import EarlierIndexError
from corpuskit.store_url import StoreUrl
from corpuskit.thresholds import NEAR_DUPLICATE

HELD: Final = 200_000
"""Documents of the first corpus that are in memory at once: some 400 MB."""
_COLUMNS: Final = ("id", "lang", "same")


@dataclass(frozen=True)
class LanguageOverlap:
    """Documents of one language in two corpora, and how many of each the other has as well."""

    documents: tuple[int, int]
    same: tuple[int, int] = (0, 0)
    """Documents whose very text the other corpus has."""
    near: tuple[int, int] = (0, 0)
    """Other documents that have a near-duplicate there."""

    def share(self, side: int) -> float:
        """Which share of a corpus's documents the other one has as well."""
        overlap = self.same[side] + self.near[side]
        return overlap / self.documents[side] if self.documents[side] else 0.0

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            side: {
                "documents": self.documents[at],
                "same_text": self.same[at],
                "near_duplicate": self.near[at],
                "share": round(self.share(at), 6),
            }
            for at, side in enumerate(("first", "second"))
        }


@dataclass(frozen=True)
class Overlap:
    """What two corpora have in common."""

    first: dict[str, Any]
    """Name, build id, number of documents."""
    second: dict[str, Any]
    threshold: float
    exact: bool
    """Whether similarities were measured on texts; else they are estimated from signatures."""
    complete: bool
    """Whether every candidate was compared."""
    total: LanguageOverlap
    languages: dict[str, LanguageOverlap] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "first": self.first,
            "second": self.second,
            "threshold": self.threshold,
            "similarity": "exact" if self.exact else "estimated",
            "all_candidates_compared": self.complete,
            "total": self.total.to_json(),
            "languages": {code: overlap.to_json() for code, overlap in self.languages.items()},
        }


def compare(
    first: str | Path | StoreUrl,
    second: str | Path | StoreUrl,
    *,
    threshold: float = NEAR_DUPLICATE,
    held: int = HELD,
) -> Overlap:
    """The overlap of two corpora: builds, or indexes that `corpuskit index` wrote.

    Documents are near-duplicates if the Jaccard similarity of their shingles reaches `threshold`;
    where one of the corpora is an index without texts, it is estimated from signatures. The first
    corpus is taken in groups of about `held` documents, for each of which the second one is read
    once. Raises EarlierIndexError where a corpus cannot be read, WorkspaceError where its place
    cannot be reached, ValueError if the threshold is not above 0 and at most 1.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold is a similarity above 0 and at most 1, not {threshold!r}")
    mine, theirs = (_only_corpus(place) for place in (first, second))
    exact = mine.has_texts and theirs.has_texts
    parts = [(0, theirs, part) for part in theirs.parts]
    complete, sides = True, _Sides()
    for group in _groups(mine, held):
        texts, names = _held(mine, group, threshold)
        matches, all_compared = match_parts(texts, parts, every=True, exact=exact)
        complete = complete and all_compared
        sides.add(names, matches)
    languages = sorted({part.lang for part in (*mine.parts, *theirs.parts)})
    by_language = {code: sides.overlap(mine, theirs, code) for code in languages}
    return Overlap(
        _about(mine), _about(theirs), threshold, exact, complete,
        sides.overlap(mine, theirs, None), by_language,
    )  # fmt: skip


def _only_corpus(place: str | Path | StoreUrl) -> EarlierCorpus:
    corpora = open_earlier(place)
    if len(corpora) != 1:
        raise EarlierIndexError(
            f"{place} is an index of {len(corpora)} builds; compare takes one corpus on each side"
        )
    return corpora[0]


def _about(corpus: EarlierCorpus) -> dict[str, Any]:
    return {
        "place": str(corpus.place),
        "name": corpus.name,
        "build_id": corpus.build_id,
        "documents": corpus.documents,
    }


def _groups(corpus: EarlierCorpus, held: int) -> Iterator[list[IndexPart]]:
    group: list[IndexPart] = []
    for part in corpus.parts:
        if group and sum(other.rows for other in group) + part.rows > held:
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _held(
    corpus: EarlierCorpus, parts: Sequence[IndexPart], threshold: float
) -> tuple[HeldTexts, pa.Table]:
    """The documents of some parts, and their ids and languages."""
    batches = [batch for part in parts for batch in corpus.batches(part)]
    starts = np.cumsum([0, *(part.rows for part in parts)])

    def texts(rows: Sequence[int]) -> list[str]:
        chosen = np.asarray(rows, dtype=np.int64)
        of = np.searchsorted(starts[1:], chosen, side="right")
        fetched: dict[int, str] = {}
        for number in np.unique(of).tolist():
            here = chosen[of == number]
            values = corpus.texts(parts[number], (here - starts[number]).tolist())
            fetched.update(zip(here.tolist(), values, strict=True))
        return [fetched[row] for row in chosen.tolist()]

    table = pa.concat_tables([batch.table for batch in batches])
    held = HeldTexts(
        as_words(b"".join(table["text_sha256"].to_pylist())),
        np.concatenate([batch.signatures for batch in batches]),
        table["shingle_count"].to_numpy().astype(np.int64),
        texts,
        threshold,
    )
    return held, table.select(["id", "lang"]).combine_chunks()


class _Sides:
    """Documents of both corpora that the other one has as well, each once for each group."""

    def __init__(self) -> None:
        self._tables: tuple[list[pa.Table], list[pa.Table]] = ([], [])

    def add(self, names: pa.Table, matches: pa.Table) -> None:
        """Add what a group of the first corpus has in common with the second one."""
        mine = names.take(matches["row"]).append_column("same", matches["same"])
        for tables, table in zip(self._tables, (mine, matches.select(_COLUMNS)), strict=True):
            best = table.group_by(["id", "lang"]).aggregate([("same", "max")])
            tables.append(best.rename_columns(["id", "lang", "same"]))

    def overlap(
        self, first: EarlierCorpus, second: EarlierCorpus, code: str | None
    ) -> LanguageOverlap:
        """The overlap in a language, or in all."""
        corpora = (first, second)
        counts = [self._count(side, code) for side in range(len(corpora))]
        documents = [
            sum(part.rows for part in corpus.parts if code in (None, part.lang))
            for corpus in corpora
        ]
        return LanguageOverlap(
            (documents[0], documents[1]),
            (counts[0][0], counts[1][0]),
            (counts[0][1], counts[1][1]),
        )

    def _count(self, side: int, code: str | None) -> tuple[int, int]:
        """Documents of the same text, and near-duplicates."""
        if not self._tables[side]:
            return 0, 0
        table = pa.concat_tables(self._tables[side])
        if code is not None:
            table = table.filter(pc.equal(table["lang"], code))
        best = table.group_by("id").aggregate([("same", "max")])["same_max"]
        same = pc.sum(best).as_py() or 0
        return same, len(best) - same


make_callable(__name__, compare)
