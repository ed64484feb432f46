"""Web archives made for tests, and what the connector makes of them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

import zstandard

from corpuskit.connectors.base import Piece
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.document import RawRecord

PAGE = "<html><body>ព្រះរាជាណាចក្រកម្ពុជា និងទីក្រុងភ្នំពេញ</body></html>".encode()
HTML = "Content-Type: text/html; charset=utf-8"


def http(body: bytes = PAGE, *headers: str, status: str = "200 OK") -> bytes:
    """An HTTP response; with Content-Type text/html unless headers are given."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *(headers or (HTML,))])
    return head.encode() + b"\r\n\r\n" + body


def record(
    number: int = 0, block: bytes | None = None, kind: str = "response", **fields: str
) -> bytes:
    """A WARC record; fields are given with underscores, one that is '' is left out."""
    block = http() if block is None else block
    every = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{number}>",
        "WARC-Target-URI": f"http://example.org/{number}",
        "WARC-Date": "2024-05-01T00:00:00Z",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in every.items() if value)
    return b"WARC/1.0\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def stored(records: Iterable[bytes], how: str) -> list[bytes]:
    """Records as they are stored: 'plain', per record in 'gzip' or 'zstd', or as a whole."""
    records = list(records)
    if how == "plain":
        return records
    compress = gzip.compress if "gzip" in how else zstandard.ZstdCompressor(
        write_checksum=True
    ).compress  # fmt: skip
    if how.startswith("whole"):
        return [compress(b"".join(records))]
    if how.startswith("blocks"):  # as bgzip does: members that know nothing of records
        whole = b"".join(records)
        return [compress(whole[at : at + 1000]) for at in range(0, len(whole), 1000)]
    return [compress(one) for one in records]


def connector(path: Path) -> WarcConnector:
    """The connector for one archive."""
    return WarcConnector(WarcOptions(path=str(path)), Path())


def pieces(path: Path) -> list[Piece]:
    """How the connector cuts an archive."""
    made = connector(path)
    (item,) = made.inputs()
    return made.scan(item)


def read(path: Path) -> list[RawRecord]:
    """All records of an archive, read piece by piece."""
    made = connector(path)
    (item,) = made.inputs()
    return [one for piece in made.scan(item) for one in made.read(item, piece)]


def read_bytes(folder: Path, data: bytes, name: str = "made.warc") -> list[RawRecord]:
    """All records of an archive that holds `data`."""
    (folder / name).write_bytes(data)
    return read(folder / name)


def read_block(folder: Path, block: bytes, kind: str = "response", **fields: str) -> RawRecord:
    """The one record of an archive that holds one record."""
    (only,) = read_bytes(folder, record(0, block, kind, **fields))
    return only
