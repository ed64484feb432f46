"""Open a published corpus with one reader and print what it sees, as JSON.

    python open_corpus.py READER FOLDER [CONFIG]

Runs by itself, so that the same lines run with any version of a library. Every column of every row
is read. For each split: the rows, and a digest over the texts in order of their ids.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


def datasets(folder: Path, config: str | None) -> dict[str, Rows]:
    from datasets import load_dataset

    splits = load_dataset(str(folder), config) if config else load_dataset(str(folder))
    return {name: split.to_list() for name, split in splits.items()}


def pandas(folder: Path, _: str | None) -> dict[str, Rows]:
    import pandas as pd

    return by_split(pd.read_parquet(folder / "data").to_dict("records"))


def polars(folder: Path, _: str | None) -> dict[str, Rows]:
    import polars as pl

    return by_split(pl.read_parquet(folder / "data" / "**" / "*.parquet").to_dicts())


def duckdb(folder: Path, _: str | None) -> dict[str, Rows]:
    import duckdb as db

    answer = db.execute("select * from read_parquet(?)", [f"{folder}/data/**/*.parquet"])
    names = [column[0] for column in answer.description]
    return by_split(dict(zip(names, row, strict=True)) for row in answer.fetchall())


def pyarrow(folder: Path, _: str | None) -> dict[str, Rows]:
    import pyarrow.dataset as ds

    return by_split(ds.dataset(folder / "data", format="parquet").to_table().to_pylist())


READERS: dict[str, Callable[[Path, str | None], dict[str, Rows]]] = {
    "datasets": datasets,
    "pandas": pandas,
    "polars": polars,
    "duckdb": duckdb,
    "pyarrow": pyarrow,
}


def by_split(rows: Iterable[dict[str, Any]]) -> dict[str, Rows]:
    """Rows by what their column `split` says."""
    splits: dict[str, Rows] = {}
    for row in rows:
        splits.setdefault(row["split"], []).append(row)
    return splits


def summary(rows: Rows) -> dict[str, Any]:
    """What a test compares."""
    ordered = sorted((row["id"], row["lang"], row["text"]) for row in rows)
    languages = [lang for _, lang, _ in ordered]
    return {
        "rows": len(rows),
        "languages": {lang: languages.count(lang) for lang in sorted(set(languages))},
        "splits": sorted({row["split"] for row in rows}),
        "columns": sorted(rows[0]),
        "digest": hashlib.sha256(json.dumps(ordered).encode()).hexdigest(),
    }


if __name__ == "__main__":
    reader, where, *rest = sys.argv[1:]
    opened = READERS[reader](Path(where), rest[0] if rest else None)
    print(json.dumps({split: summary(rows) for split, rows in opened.items()}))
