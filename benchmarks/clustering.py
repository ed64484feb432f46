"""What finding near-duplicates among signatures costs: CPU seconds and memory by their number.

    python -m benchmarks.clustering [--signatures N ...] [--planted SHARE]

Signatures are random; a share of the documents has a near-duplicate whose signature agrees with its
own in 90 % of the values, as texts of Jaccard similarity .9 do. Each size runs in a process of its
own. The memory is the peak of the process, the signatures (480 bytes each) and ids included. What
flatters: the texts that are compared in the end are a few characters long, so that fetching and
comparing real texts is not in these figures, and no template fills a large bucket.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import table  # noqa: E402
from corpuskit.dedup.cluster import find_stars  # noqa: E402
from corpuskit.minhash_objects import NUM_PERM  # noqa: E402

AGREEMENT = 0.9
SEED = 3


class Clustering(NamedTuple):
    """What one size took."""

    signatures: int
    duplicates: int
    cpu: float
    gigabytes: float
    gigabytes_before: float


def measure(count: int, planted: float) -> Clustering:
    """Cluster `count` signatures, of which a share `planted` is near-duplicate of another."""
    draw = np.random.default_rng(SEED)
    matrix = np.empty((count, NUM_PERM), dtype=np.uint32)
    for start in range(0, count, 1 << 16):
        part = matrix[start : start + (1 << 16)]
        part[:] = draw.integers(0, 1 << 32, part.shape, dtype=np.uint32)
    copies = int(count * planted)
    originals = draw.permutation(count)[: 2 * copies].reshape(2, copies)
    for start in range(0, copies, 1 << 14):
        source, target = originals[:, start : start + (1 << 14)]
        agree = draw.random((len(source), NUM_PERM)) < AGREEMENT
        matrix[target] = np.where(agree, matrix[source], matrix[target])
    family = np.arange(count)
    family[originals[1]] = originals[0]

    def texts(rows: Sequence[int]) -> list[str]:
        return [f"{family[row]:09d}" for row in rows]

    names = pa.array(np.char.zfill(np.arange(count).astype("U12"), 32))
    before = _peak()
    started = time.process_time()
    stars = find_stars(
        ids=names,
        text_sha256=names,
        signatures=matrix,
        shingle_counts=np.full(count, 6),
        rank=draw.permutation(count),
        texts=texts,
    )
    cpu = time.process_time() - started
    return Clustering(count, int((~stars.kept).sum()), cpu, _peak(), before)


def _peak() -> float:
    """Peak memory of this process in GB; Linux counts in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--signatures", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--planted", type=float, default=0.1)
    options = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    rows = []
    for count in options.signatures:
        with spawn.Pool(1) as pool:
            result = pool.apply(measure, (count, options.planted))
        rows.append(
            {
                "signatures": f"{result.signatures:,}",
                "duplicates": f"{result.duplicates:,}",
                "CPU s": round(result.cpu, 1),
                "µs each": round(1e6 * result.cpu / result.signatures, 1),
                "peak GB": round(result.gigabytes, 2),
                "GB before": round(result.gigabytes_before, 2),
            }
        )
    print(f"{time.strftime('%Y-%m-%d')}, numpy {np.__version__}, {platform.machine()}")
    print(table(rows))


if __name__ == "__main__":
    main()
