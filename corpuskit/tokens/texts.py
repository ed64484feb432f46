"""Texts of a split by language: a random sample of bounded size."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.publish import Build
from corpuskit.publish.pages.counts import published_parquet

_BATCH = 500


class TextSample:
    """The first documents of each shard: shards are sorted by id, a digest, so they are random."""

    def __init__(self, build: Build, split: str, most_bytes: int) -> None:
        """Up to `most_bytes` of text for each language, from all its shards alike."""
        self._build = build
        self.most_bytes = most_bytes
        self.files: dict[str, list[str]] = {}
        """Shards by language."""
        for entry in build.manifest["files"]:
            if entry["kind"] == "data" and entry["split"] == split:
                self.files.setdefault(entry["lang"], []).append(entry["path"])

    @property
    def langs(self) -> list[str]:
        """Languages that have documents, sorted."""
        return sorted(self.files)

    def batches(self, lang: str) -> Iterator[pa.RecordBatch]:
        """Columns `text` and `source` of the language's documents."""
        names = self.files.get(lang, [])
        for name in names:
            yield from self._of(name, self.most_bytes // len(names))

    def _of(self, name: str, most: int) -> Iterator[pa.RecordBatch]:
        left = most
        with published_parquet(self._build.store, name) as file:
            for batch in file.iter_batches(batch_size=_BATCH, columns=["text", "source"]):
                sizes = pc.cumulative_sum(pc.binary_length(batch["text"]).cast(pa.int64()))
                rows = pc.sum(pc.less_equal(sizes, left)).as_py() or 0
                if rows:
                    yield batch.slice(0, rows)
                left -= sizes[rows - 1].as_py() if rows else 0
                if rows < batch.num_rows:
                    return


def train_bytes(build: Build) -> dict[str, int]:
    """Bytes of training text by language."""
    sizes: dict[str, int] = {}
    for entry in build.manifest["files"]:
        if entry["kind"] == "data" and entry["split"] == "train":
            sizes[entry["lang"]] = sizes.get(entry["lang"], 0) + int(entry["text_bytes"])
    return dict(sorted(sizes.items()))
