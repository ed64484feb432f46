"""The stage `decontaminate`: which evaluation items a text holds, as facts; policy decides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from corpuskit.decontamination.index import ItemIndex, open_index
from corpuskit.decontamination.search import find_items
from corpuskit.schema import FIELDS
from corpuskit.stage import Batch


class Decontaminate:
    """Add `contamination`: the evaluation items in each text, the highest score first."""

    name: ClassVar[str] = "decontaminate"
    version: ClassVar[str] = "1"
    libraries: ClassVar[tuple[str, ...]] = ("numpy",)
    fields: ClassVar[tuple[pa.Field, ...]] = (FIELDS["contamination"],)

    def __init__(
        self, *, digest: str, path: str, benchmarks: Mapping[str, Mapping[str, int]]
    ) -> None:
        """The index at `path`; `digest` is that of its items, `benchmarks` counts them."""
        self.digest, self.path, self.benchmarks = digest, path, benchmarks

    def process(self, batch: Batch) -> Batch:
        """Search every text; no row is lost here."""
        items_of_texts = find_items(_index(self.digest, self.path), batch.texts.texts)
        return batch.with_columns(
            contamination=[
                [
                    {"benchmark": item.benchmark, "item": item.name, "score": item.score}
                    for item in items
                ]
                for items in items_of_texts
            ]
        )


@lru_cache(maxsize=1)
def _index(digest: str, path: str) -> ItemIndex:
    """The index, mapped once per process; `digest` is in the path and tells one from another."""
    return open_index(Path(path))
