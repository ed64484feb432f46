"""What a corpus out of 100 snapshots of Common Crawl takes, by index and by whole files.

    python -m benchmarks.crawl_scale [--snapshots 100] [--cpu-price 0.0425]

Nothing is measured here: figures that were measured or published elsewhere are multiplied. Each has
its source in FIGURES; change one and print the tables again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.report import table

PAGES: Final = 2_495_000_000
SHARED: Final = {"khm": 264_291, "lao": 93_468, "jav": 55_212, "ind": 28_033_891}
RECORD_BYTES: Final = 28_000
WET_SHARE: Final = 0.19
INDEX_BYTES: Final = 205_000_000_000
INDEX_FILES: Final = 300
INDEX_READ: Final = {"khm": 0.07, "lao": 0.07, "jav": 0.07, "ind": 0.51}
FILE_REQUESTS: Final = 105
DELAY: Final = 1.0
OTHER_SCRIPT: Final = 0.0029
SAME_SCRIPT: Final = 0.0069
WANTED: Final = 0.1316
TEXT_OTHER_SCRIPT: Final = 0.00033
TEXT_SAME_SCRIPT: Final = 0.0079
LINK: Final = 125_000_000
"""Bytes a second of a link of 1 Gbit/s."""

FIGURES: Final[tuple[tuple[str, str, str], ...]] = (
    ("pages of a snapshot", f"{PAGES:,}", "CC-MAIN-2024-42; commoncrawl/cc-crawl-statistics, "
     "plots/languages.csv (pages of English over their share)"),
    ("pages in a language", ", ".join(f"{code} {count:,}" for code, count in SHARED.items()),
     "the same file: pages of which CLD2 names the language first"),
    ("bytes of a record", f"{RECORD_BYTES:,}", "67.8 TiB for 2.65 billion pages, announcement of "
     "August 2018"),
    ("size of WET beside WARC", f"{WET_SHARE}", "warc-sea of the test data, 129 of 664 kB: pages "
     "of help with little markup, so rather too much"),
    ("columnar index", f"{INDEX_BYTES / 1e9:,.0f} GB in {INDEX_FILES} files", "CC-MAIN-2022-05"),
    ("share of it that is read", ", ".join(f"{c} {s:.0%}" for c, s in INDEX_READ.items()),
     "benchmarks/columnar_index.py: one host in 20,000, and rows everywhere"),
    ("requests for a file of it", f"{FILE_REQUESTS}", "the same: 15 a row group of a million rows"),
    ("pause between requests", f"{DELAY:g} s", "the connector's least, as the operators ask"),
    ("CPU of an unwanted page, other script", f"{OTHER_SCRIPT * 1e3:g} ms", "docs/performance.md"),
    ("CPU of an unwanted page, same script", f"{SAME_SCRIPT * 1e3:g} ms", "docs/performance.md"),
    ("CPU of a wanted page of 100 kB", f"{WANTED * 1e3:g} ms", "docs/performance.md"),
    ("CPU of an unwanted text, other script", f"{TEXT_OTHER_SCRIPT * 1e3:g} ms", "texts of 7 kB, "
     "slope of 200 and 1,000, 2026-12-01; only their script is looked at"),
    ("CPU of any text, same script", f"{TEXT_SAME_SCRIPT * 1e3:g} ms", "the same"),
    ("price of a core", "0.0425 USD an hour", "c5.2xlarge at 0.34, an example in the documentation "
     "of AWS, not a price of today; while a way waits, one core is paid"),
    ("link", "1 Gbit/s a machine", "assumed; 16 cores are one machine, 256 cores 16 machines"),
    ("copies between snapshots", "none", "assumed: every snapshot is read as if it had only new "
     "pages, so fetching is overestimated"),
)  # fmt: skip


@dataclass(frozen=True)
class Machine:
    """Where a corpus is built."""

    name: str
    cores: int
    links: int
    """Machines with a link of their own."""


MACHINES: Final = (
    Machine("laptop, 4 cores", 4, 1), Machine("16 cores", 16, 1), Machine("256 cores", 256, 16),
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """A way to the pages of one language in all snapshots."""

    name: str
    requests: float
    bytes: float
    cpu: float
    seconds: float
    """At least, whatever the machine: pauses between requests to a server that serves everybody."""


def ways(code: str, snapshots: int) -> Iterator[Way]:
    """By index, by whole WARC files, by whole WET files."""
    wanted = SHARED[code] * snapshots
    listing = INDEX_FILES * FILE_REQUESTS * snapshots
    requests = listing + wanted
    read = INDEX_BYTES * INDEX_READ[code] * snapshots + wanted * RECORD_BYTES
    yield Way("index", requests, read, wanted * WANTED, requests * DELAY)
    pages = PAGES * snapshots
    unwanted = SAME_SCRIPT if code in ("jav", "ind") else OTHER_SCRIPT
    cpu = (pages - wanted) * unwanted + wanted * WANTED
    yield Way("WARC", pages * RECORD_BYTES / 1.1e9, pages * RECORD_BYTES, cpu, 0)
    size = pages * RECORD_BYTES * WET_SHARE
    text = TEXT_SAME_SCRIPT if code in ("jav", "ind") else TEXT_OTHER_SCRIPT
    cpu = (pages - wanted) * text + wanted * TEXT_SAME_SCRIPT
    yield Way("WET", size / 0.15e9, size, cpu, 0)


def rows(snapshots: int, price: float) -> Iterator[dict[str, Any]]:
    """A row per language, way and machine."""
    for code in SHARED:
        for way in ways(code, snapshots):
            for machine in MACHINES:
                transfer = way.bytes / (LINK * machine.links)
                days = max(way.seconds, transfer, way.cpu / machine.cores) / 86_400
                cores = 1 if bound(way, machine) == "pauses" else machine.cores
                yield {
                    "language": code,
                    "by": way.name,
                    "on": machine.name,
                    "requests": f"{way.requests:,.0f}",
                    "TB": f"{way.bytes / 1e12:,.2f}",
                    "CPU hours": f"{way.cpu / 3600:,.0f}",
                    "days": f"{days:,.1f}",
                    "bound by": bound(way, machine),
                    "USD": f"{days * 24 * cores * price:,.0f}",
                }


def bound(way: Way, machine: Machine) -> str:
    """What takes longest."""
    takes = {
        "pauses": way.seconds,
        "link": way.bytes / (LINK * machine.links),
        "CPU": way.cpu / machine.cores,
    }
    return max(takes, key=takes.__getitem__)


def main() -> None:
    """Print the figures and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=int, default=100)
    parser.add_argument("--cpu-price", type=float, default=0.0425, help="USD a core and hour")
    arguments = parser.parse_args()
    print(table([{"figure": a, "value": b, "source": c} for a, b, c in FIGURES]), "\n")
    print(table(list(rows(arguments.snapshots, arguments.cpu_price))))


if __name__ == "__main__":
    main()
