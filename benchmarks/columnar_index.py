"""How much of a file of Common Crawl's columnar index is read to find one language.

    python benchmarks/columnar_index.py [--rows N]

The file is made: a million rows sorted by domain in ten row groups, of the columns that the
connector reads, with addresses and digests that compress as little as real ones. One row in
2,000 of the domains .com and .org is Khmer, nine in ten of .kh. It is served over HTTP with ranges;
counted are the bytes of the bodies sent. Common Crawl's own files have some twenty more columns,
of which nothing is read: there the shares are smaller.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.report import table
from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl.columnar import read
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.commoncrawl.polite import Polite

_AGENT: Final = Agent("corpuskit benchmarks", "corpus@example.org")
_TLDS: Final = (("com", 0.62), ("kh", 0.02), ("org", 0.36))
_OTHERS: Final = ("eng", "eng", "eng", "deu", "rus", "fra", "eng,fra", "zho", "jpn", None)
_START: Final = datetime(2026, 10, 20, tzinfo=UTC)


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Rows of an index, sorted by top-level domain and domain."""
    chance = random.Random(7)
    for tld, share in _TLDS:
        host = ""
        for number in range(int(count * share)):
            if number % 50 == 0:
                host = f"{number // 50:06d}-{chance.getrandbits(40):010x}.{tld}"
            yield _row(chance, host, tld)


def _row(chance: random.Random, host: str, tld: str) -> dict[str, Any]:
    khmer = chance.random() < (0.9 if tld == "kh" else 1 / 2000)
    return {
        "url": f"https://{host}/{chance.getrandbits(96):024x}",
        "url_host_name": host,
        "url_host_tld": tld,
        "fetch_time": _START + timedelta(seconds=chance.randrange(1_000_000)),
        "fetch_status": 200,
        "content_mime_detected": "text/html",
        "content_digest": f"{chance.getrandbits(160):032X}"[:32],
        "content_languages": "khm" if khmer else chance.choice(_OTHERS),
        "content_truncated": None,
        "warc_filename": f"crawl-data/CC-MAIN-2026-43/segments/{chance.randrange(100)}/"
        f"warc/CC-MAIN-{chance.randrange(640):05d}.warc.gz",
        "warc_record_offset": chance.randrange(1_000_000_000),
        "warc_record_length": chance.randrange(2_000, 60_000),
    }


class _Handler(BaseHTTPRequestHandler):
    """Sends ranges of one file and counts what it sends."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, data: bytes, sent: list[int], *more: Any) -> None:
        self._data, self._sent = data, sent
        super().__init__(*more)

    def do_GET(self) -> None:
        found = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        size = len(self._data)
        assert found is not None
        start = int(found[1]) if found[1] else max(0, size - int(found[2]))
        stop = min(size, int(found[2]) + 1) if found[1] and found[2] else size
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.send_header("Content-Length", str(stop - start))
        self.end_headers()
        self._sent.append(stop - start)
        self.wfile.write(self._data[start:stop])

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(data: bytes, sent: list[int]) -> Iterator[str]:
    """Address of a server of the file; `sent` takes the size of each answer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, data, sent))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def made(count: int, folder: Path) -> bytes:
    """The index, as a Parquet file with page indexes."""
    path = folder / "index.parquet"
    made = pa.Table.from_pylist(list(rows(count)))
    pq.write_table(
        made, path, row_group_size=count // 10, compression="gzip", write_page_index=True,
        data_page_size=1 << 20,
    )  # fmt: skip
    return path.read_bytes()


def run(count: int) -> list[dict[str, Any]]:
    """A row for each kind of request."""
    with tempfile.TemporaryDirectory() as folder:
        data = made(count, Path(folder))
    found = []
    asked: list[dict[str, Any]] = [
        {"languages": "khm", "tld": "kh"}, {"languages": "khm"}, {"languages": "lao"}
    ]  # fmt: skip
    sent: list[int] = []
    with served(data, sent) as url:
        for one in asked:
            sent.clear()
            options = CommonCrawlOptions(index=f"{url}/x.parquet", data_url=url, delay=0, **one)
            page = read(f"{url}/x.parquet", options, Polite(_AGENT, 0))
            found.append(
                {
                    "asked for": ", ".join(f"{key} {value}" for key, value in one.items()),
                    "captures": len(page.captures), "requests": len(sent),
                    "MB": round(sum(sent) / 1e6, 2), "of MB": round(len(data) / 1e6, 1),
                    "share": round(sum(sent) / len(data), 4),
                }
            )  # fmt: skip
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    print("pyarrow", pa.__version__, "python", sys.version.split()[0])
    print(table(run(parser.parse_args().rows)))


if __name__ == "__main__":
    main()
