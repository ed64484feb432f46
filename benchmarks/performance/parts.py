"""Parts of a build measured within one process: signatures and clustering.

    python -m benchmarks.performance.parts signatures TEXTS.jsonl ROUNDS
    python -m benchmarks.performance.parts clustering COUNT

Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

BATCH = 1000
"""Texts of a batch, as in a task of a build."""


def signatures(texts: Sequence[str], rounds: int) -> dict[str, Any]:
    """CPU microseconds a text: the stage of a build, and datasketch's update_batch with xxhash.

    Both start from the text and hash the same shingles, four code points of the match key.
    """
    ours, theirs = [], []
    for _ in range(rounds + 1):
        ours.append(_timed(_our_signatures, texts))
        theirs.append(_timed(_datasketch, texts))
    each = 1e6 / len(texts)
    return {
        "texts": len(texts),
        "ours": median(ours[1:]) * each,
        "peer": median(theirs[1:]) * each,
    }


def _timed(work: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    started = time.process_time()
    work(texts)
    return time.process_time() - started


def _our_signatures(texts: Sequence[str]) -> None:
    from corpuskit.dedup.signatures import Signatures
    from corpuskit.stage import Batch

    stage = Signatures()
    for start in range(0, len(texts), BATCH):
        stage.process(Batch.of_texts(texts[start : start + BATCH]))


def _datasketch(texts: Sequence[str]) -> None:
    from datasketch import MinHash
    from xxhash import xxh32_intdigest

    from corpuskit.dedup.shingles import LENGTH
    from corpuskit.minhash_objects import NUM_PERM, SEED
    from corpuskit.text import match_key

    empty = MinHash(num_perm=NUM_PERM, seed=SEED, hashfunc=xxh32_intdigest)
    for text in texts:
        key = match_key(text)
        signature = empty.copy()
        signature.update_batch(
            {key[at : at + LENGTH].encode() for at in range(len(key) - LENGTH + 1)}
        )


def clustering(count: int) -> dict[str, Any]:
    """CPU seconds and peak GB of clustering `count` signatures, a tenth of them near-duplicates."""
    from benchmarks.clustering import measure

    result = measure(count, 0.1)
    return {"signatures": count, "cpu": result.cpu, "gigabytes": result.gigabytes}


def main() -> None:
    """Measure one part."""
    part, argument, *rest = sys.argv[1:]
    if part == "signatures":
        rows = map(json.loads, Path(argument).read_text(encoding="utf-8").splitlines())
        result = signatures([row["text"] for row in rows], int(rest[0]))
    else:
        result = clustering(int(argument))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
