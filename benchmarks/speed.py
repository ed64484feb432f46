"""What `make bench-speed` prints: stages side by side with their peers, as ratios.

    python benchmarks/speed.py [DATA]

Both sides run in turn in the same process and the medians of the rounds are compared: on a shared
machine ratios can be trusted, absolute figures cannot. Above 1, ours is faster.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import extraction, neardup  # noqa: E402
from corpuskit.connectors.warc import WarcConnector, WarcOptions  # noqa: E402
from corpuskit.identity import installed_versions as versions  # noqa: E402

ROUNDS = 5
COPIES = 40
"""How often the sample archive is repeated: to about 40 MB, so that start-up does not count."""


def warc_reading(data: Path) -> Iterator[dict[str, Any]]:
    """Scan and read of an archive against warcio's ArchiveIterator with every body read."""
    from warcio.archiveiterator import ArchiveIterator

    with TemporaryDirectory() as folder:
        archive = Path(folder) / "pages.warc.gz"
        sample = (ROOT / "examples" / "demo" / "pages.warc.gz").read_bytes()
        whole = sample[: _before_damage(sample)]
        archive.write_bytes(whole * COPIES)
        connector = WarcConnector(WarcOptions(path=archive.name), Path(folder))

        def ours() -> int:
            (item,) = connector.inputs()
            return sum(1 for piece in connector.scan(item) for _ in connector.read(item, piece))

        def theirs() -> int:
            with archive.open("rb") as file:
                return sum(bool(r.content_stream().read()) + 1 > 0 for r in ArchiveIterator(file))

        yield _compared("WARC, scan and read", "warcio", ours, theirs)


def _before_damage(sample: bytes) -> int:
    """Where the demo's first damaged record starts."""
    import json

    lines = (ROOT / "examples" / "demo" / "index.jsonl").read_text().splitlines()
    return min(row["offset"] for row in map(json.loads, lines) if row["kind"] == "damaged-gzip")


def _compared(
    what: str, peer: str, ours: Callable[[], int], theirs: Callable[[], int]
) -> dict[str, Any]:
    our_times, their_times, count = [], [], 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        count = ours()
        our_times.append(time.perf_counter() - start)
        start = time.perf_counter()
        theirs()
        their_times.append(time.perf_counter() - start)
    ratio = median(b / a for a, b in zip(our_times, their_times, strict=True))
    return {"what": what, "peer": peer, "ratio": round(ratio, 2), "items": count}


def rows(data: Path) -> Iterator[dict[str, Any]]:
    """Every comparison."""
    for row in extraction.speed(data):
        what = f"extraction, {row['set']}"
        yield {"what": what, "peer": "trafilatura", "ratio": row["ratio"], "items": row["pages"]}
    yield from warc_reading(data)
    row = neardup.speed(data)
    yield {
        "what": "near-duplicates, whole step",
        "peer": "datasketch",
        "ratio": round(row["ratio"], 2),
        "items": row["documents"],
    }


def help_seconds() -> float:
    """Median time of `corpuskit --help` as a whole process."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "corpuskit", "--help"], check=True, stdout=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    default = os.environ.get("CORPUSKIT_DATA", ROOT / ".." / "shared" / "data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    data = parser.parse_args().data
    listed = ", ".join(f"{name} {number}" for name, number in versions().items())
    print(f"{date.today().isoformat()}; {listed}")
    print(f"\n{'what':<45}{'peer':<14}{'ratio':>7}{'items':>9}")
    for row in rows(data):
        print(f"{row['what']:<45}{row['peer']:<14}{row['ratio']:>7}{row['items']:>9}", flush=True)
    print(f"\n`corpuskit --help`: {help_seconds():.3f} s")


if __name__ == "__main__":
    main()
