"""Judged texts to train on, from files of judgments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.errors import ClassifierError

_OURS: Final = ("id", "text", "lang", "source", "pass", "good")
_FINEWEB_C: Final = ("id", "text", "educational_value_labels", "language_code")
_NOTHING_TO_LEARN: Final = frozenset({"None", "❗ Problematic Content ❗"})
"""Labels of FineWeb-C for texts that are not good; its language check is part of the second."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that was judged."""

    id: str
    text: str
    language: str
    source: str
    good: bool


def read_examples(paths: Sequence[Path], languages: Sequence[str] = ()) -> list[Example]:
    """Judged texts of Parquet files as `corpuskit review --export` writes them, or of FineWeb-C.

    Each document once: where reviewers differ, most of them decide, and one on which they are
    equally divided is left out. Raises ClassifierError for other files.
    """
    votes: dict[str, list[bool]] = {}
    rows: dict[str, dict[str, Any]] = {}
    for path in paths:
        for row in _rows(path):
            if row["text"] and (not languages or row["lang"] in languages):
                votes.setdefault(row["id"], []).extend(row["votes"])
                rows[row["id"]] = row
    examples = []
    for identifier, row in sorted(rows.items()):
        good = votes[identifier].count(True)
        if 2 * good != len(votes[identifier]):
            is_good = 2 * good > len(votes[identifier])
            language, source = row["lang"] or "und", row["source"] or "unknown"
            examples.append(Example(identifier, row["text"], language, source, is_good))
    return examples


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            names = file.schema_arrow.names
            columns = _OURS if set(_OURS) <= set(names) else _FINEWEB_C
            if not set(columns) <= set(names):
                raise ClassifierError(
                    f"{path} has no judgments: expected the columns {', '.join(_OURS)}, or those "
                    "of FineWeb-C"
                )
            for batch in file.iter_batches(columns=list(columns)):
                for row in batch.to_pylist():
                    yield _ours(row) if columns is _OURS else _fineweb_c(row)
    except (OSError, pa.ArrowException) as error:
        line = (str(error).splitlines() or [type(error).__name__])[0]
        raise ClassifierError(f"{path} cannot be read as Parquet: {line:.120}") from error


def _ours(row: Mapping[str, Any]) -> dict[str, Any]:
    votes = [bool(row["good"])] if row["pass"] == 1 else []
    return {**row, "votes": votes}


def _fineweb_c(row: Mapping[str, Any]) -> dict[str, Any]:
    labels = row["educational_value_labels"] or []
    votes = [label not in _NOTHING_TO_LEARN for label in labels]
    return {**row, "lang": row["language_code"], "source": "fineweb-c", "votes": votes}
