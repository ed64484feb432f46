"""Published documents that hold evaluation items, counted in the shards themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa

from corpuskit.publish.published import PublishedFile

COLUMN: Final = "contamination"


def count_benchmarks(batches: Iterable[pa.RecordBatch]) -> dict[str, int]:
    """Documents per benchmark of which they hold an item."""
    counts: Counter[str] = Counter()
    for batch in batches:
        for items in batch.column(COLUMN).drop_null().to_pylist():
            counts.update({item["benchmark"] for item in items})
    return dict(sorted(counts.items()))


def contamination_summary(
    benchmarks: Mapping[str, Mapping[str, int]], action: str, files: Iterable[PublishedFile]
) -> dict[str, Any]:
    """As the manifest has it: per benchmark its items, those too short to be searched for, and the
    published documents that hold one."""
    published: Counter[str] = Counter()
    for file in files:
        published.update(file.contamination)
    return {
        "action": action,
        "benchmarks": {
            name: {**counts, "documents": published[name]} for name, counts in benchmarks.items()
        },
    }
