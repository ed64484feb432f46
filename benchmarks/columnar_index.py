"""How much of a file of Common Crawl's columnar index is read to find one language.

    python -m benchmarks.columnar_index [--rows N] [--rare N] [--spark]

The file is made after the real table (github.com/commoncrawl/cc-index-table: its flat schema of 31
columns, zstd, sorted by domain; pages of 20,000 rows or 1 MiB, its writer's defaults; no dictionary
where a value comes once), 500,000 rows a row group, with addresses and digests that compress as
little as real ones. 2 % of the rows are of .kh, nine in ten of them Khmer. Elsewhere one row in
2,000 (--rare) is Khmer, in two layouts: whole hosts of 50 rows, as the web is, or rows on their
own, the worst case. It is served over HTTP with ranges; counted are requests and the bytes of the
bodies sent, where the pages with wanted rows are read by the offset index, and where pyarrow reads
the needed columns of the same file (`pre_buffer`, row groups passed over by their statistics),
which is all that it does where a file has no offset index.

`--spark` has the file written anew by Spark, which writes the real table, with the settings of
cc-index-table's conversion (src/script/convert_url_index.sh). It needs `pip install pyspark` and a
Java that this version of Spark runs on.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.report import table
from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl.columnar import read
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.commoncrawl.polite import polite_session
from corpuskit.connectors.containers.parquet_pages import PageReader
from corpuskit.engines.parser_process import ParserProcess

_AGENT: Final = Agent("corpuskit benchmarks", "corpus@example.org")
_TLDS: Final = (("com", 0.62), ("kh", 0.02), ("org", 0.36))
_OTHERS: Final = ("eng", "eng", "eng", "deu", "rus", "fra", "eng,fra", "zho", "jpn", None)
_START: Final = datetime(2026, 10, 20, tzinfo=UTC)
_HOST_ROWS: Final = 50
_GROUP_ROWS: Final = 500_000
_EMPTY: Final = (
    "url_host_3rd_last_part", "url_host_4th_last_part", "url_host_5th_last_part", "url_port",
    "url_query", "fetch_redirect", "content_truncated",
)  # fmt: skip
_UNIQUE: Final = frozenset({
    "url_surtkey", "url", "url_path", "fetch_time", "content_digest", "warc_record_id",
    "warc_filename", "warc_record_offset", "warc_record_length",
})  # fmt: skip


def rows(count: int, rare: int, by_host: bool) -> Iterator[dict[str, Any]]:
    """Rows of an index, sorted by top-level domain and domain."""
    chance = random.Random(7)
    for tld, share in _TLDS:
        host, khmer = "", False
        likely = 0.9 if tld == "kh" else 1 / rare
        for number in range(int(count * share)):
            if number % _HOST_ROWS == 0:
                host = f"{number // _HOST_ROWS:06d}-{chance.getrandbits(40):010x}.{tld}"
                khmer = chance.random() < likely
            yield _row(chance, host, khmer if by_host else chance.random() < likely)


def _row(chance: random.Random, host: str, khmer: bool) -> dict[str, Any]:
    name, _, tld = host.partition(".")
    path, segment = f"/{chance.getrandbits(96):024x}", f"17{chance.randrange(100):010d}.1"
    return dict.fromkeys(_EMPTY) | {
        "url_surtkey": f"{tld},{name}){path}",
        "url": f"https://{host}{path}",
        "url_host_name": host,
        "url_host_tld": tld,
        "url_host_2nd_last_part": name,
        "url_host_registry_suffix": tld,
        "url_host_registered_domain": host,
        "url_host_private_suffix": tld,
        "url_host_private_domain": host,
        "url_host_name_reversed": f"{tld}.{name}",
        "url_protocol": "https",
        "url_path": path,
        "fetch_time": _START + timedelta(seconds=chance.randrange(1_000_000)),
        "fetch_status": 200,
        "content_digest": f"{chance.getrandbits(160):032X}"[:32],
        "content_mime_type": "text/html",
        "content_mime_detected": "text/html",
        "content_charset": "UTF-8",
        "content_languages": "khm" if khmer else chance.choice(_OTHERS),
        "warc_record_id": chance.randbytes(16),
        "warc_filename": f"crawl-data/CC-MAIN-2026-43/segments/{segment}/"
        f"warc/CC-MAIN-{chance.randrange(900):05d}.warc.gz",
        "warc_record_offset": chance.randrange(1_000_000_000),
        "warc_record_length": chance.randrange(2_000, 60_000),
        "warc_segment": segment,
    }


class _Handler(BaseHTTPRequestHandler):
    """Sends ranges of one file and counts what it sends."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, data: bytes, sent: list[int], *more: Any) -> None:
        self._data, self._sent = data, sent
        super().__init__(*more)

    def do_GET(self) -> None:
        match = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        size = len(self._data)
        assert match is not None
        start = int(match[1]) if match[1] else max(0, size - int(match[2]))
        stop = min(size, int(match[2]) + 1) if match[1] and match[2] else size
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


def made(count: int, rare: int, by_host: bool, path: Path) -> Path:
    """The index, as a Parquet file with an offset index."""
    lines, writer = rows(count, rare, by_host), None
    for _ in range(0, count, _GROUP_ROWS):
        part = pa.Table.from_pylist(list(islice(lines, _GROUP_ROWS)))
        if writer is None:
            writer = pq.ParquetWriter(
                path, part.schema, compression="zstd", write_page_index=True,
                data_page_size=1 << 20, max_rows_per_page=20_000,
                use_dictionary=[name for name in part.column_names if name not in _UNIQUE],
            )  # fmt: skip
        writer.write_table(part, row_group_size=_GROUP_ROWS)
    assert writer is not None
    writer.close()
    return path


def rewritten_by_spark(source: Path) -> Path:
    """The same rows in one file that Spark writes."""
    from pyspark.sql import SparkSession

    settings = {
        "spark.hadoop.parquet.enable.dictionary": "true",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MILLIS",
        "spark.sql.parquet.compression.codec": "zstd",
        "spark.sql.files.maxPartitionBytes": "1g",
        "spark.driver.memory": "4g",
        "spark.ui.enabled": "false",
    }
    builder = SparkSession.builder.master("local[1]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    folder = source.with_suffix(".spark")
    rows = builder.getOrCreate().read.parquet(str(source)).coalesce(1)
    rows.sortWithinPartitions("url_surtkey").write.parquet(str(folder))
    (path,) = folder.glob("part-*.parquet")
    return path


_ASKED: Final[tuple[dict[str, Any], ...]] = (
    {"languages": "khm", "tld": "kh"}, {"languages": "khm"}, {"languages": "lao"}
)  # fmt: skip


def run(count: int, rare: int, spark: bool) -> Iterator[dict[str, Any]]:
    """A row for each layout, way of reading and request."""
    for by_host in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            path = made(count, rare, by_host, Path(folder) / "index.parquet")
            data = (rewritten_by_spark(path) if spark else path).read_bytes()
        for whole_columns in (False, True):
            about = {
                "written by": pq.read_metadata(io.BytesIO(data)).created_by.partition(" (")[0],
                "Khmer elsewhere": "whole hosts" if by_host else "single rows",
                "read": "whole columns" if whole_columns else "pages",
            }
            with reading(whole_columns):
                for measured in _measured(data):
                    yield about | measured


@contextmanager
def reading(whole_columns: bool) -> Iterator[None]:
    """Read as if no file had an offset index, if `whole_columns`."""
    indexed = PageReader.indexed
    if whole_columns:
        PageReader.indexed = lambda *_: False  # type: ignore[method-assign]
    try:
        yield
    finally:
        PageReader.indexed = indexed  # type: ignore[method-assign]


class _SameProcess(ParserProcess):
    """Runs functions here, where they can be measured and patched."""

    def run(self, function: Callable[..., Any], file: Any, *arguments: Any) -> Any:
        return function(file, *arguments)


def _measured(data: bytes) -> Iterator[dict[str, Any]]:
    sent: list[int] = []
    with served(data, sent) as url:
        for query in _ASKED:
            sent.clear()
            options = CommonCrawlOptions(index=[f"{url}/x.parquet"], data_url=url, delay=0, **query)
            page = read(f"{url}/x.parquet", options, polite_session(_AGENT, 0), _SameProcess())
            yield {
                "asked for": ", ".join(f"{key} {value}" for key, value in query.items()),
                "captures": len(page.captures),
                "requests": len(sent),
                "MB": round(sum(sent) / 1e6, 2),
                "of MB": round(len(data) / 1e6, 1),
                "share": round(sum(sent) / len(data), 4),
            }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rare", type=int, default=2_000)
    parser.add_argument("--spark", action="store_true")
    asked = parser.parse_args()
    print("pyarrow", pa.__version__, "python", sys.version.split()[0])
    print(table(list(run(asked.rows, asked.rare, asked.spark))))


if __name__ == "__main__":
    main()
