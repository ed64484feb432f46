"""What the manifest and the card say of evaluation items in published documents."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from corpuskit.publish.contamination import contamination_summary, count_benchmarks
from corpuskit.publish.published import PublishedFile
from corpuskit.schema import CONTAMINATION


def items(*benchmarks: str) -> list[dict[str, Any]]:
    return [{"benchmark": name, "item": "1", "score": 1.0} for name in benchmarks]


def test_documents_are_counted_once_for_each_benchmark() -> None:
    rows = [items("b", "a", "a"), [], None, items("a")]
    batch = pa.record_batch([pa.array(rows, CONTAMINATION)], names=["contamination"])
    assert count_benchmarks([batch, batch]) == {"a": 4, "b": 2}


def test_the_summary_has_every_benchmark_of_the_recipe() -> None:
    files = [
        PublishedFile(name, "data", "", 1, "", 1, contamination={"a": count})
        for name, count in (("x", 2), ("y", 1))
    ]
    counts = {"a": {"items": 9, "too_short": 1}, "b": {"items": 4, "too_short": 0}}
    assert contamination_summary(counts, "mark", files) == {
        "action": "mark",
        "benchmarks": {
            "a": {"items": 9, "too_short": 1, "documents": 3},
            "b": {"items": 4, "too_short": 0, "documents": 0},
        },
    }
