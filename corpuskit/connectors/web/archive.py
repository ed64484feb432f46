"""What a crawl keeps: WARC 1.1 files (ISO 28500:2017), a gzip member per record."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from corpuskit.connectors.web.client import Answer
from corpuskit.document import Robots, Tdm

ROTATE_BYTES: Final = 1_000_000_000
"""Size at which the next file is begun: WARC 1.1, annex C, recommends 1 GB."""
ROBOTS_FIELD: Final = "Corpuskit-Robots"
TDM_FIELD: Final = "Corpuskit-Tdm"
"""Fields of our own in a record's head: verdicts of the time of the crawl, as JSON."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a record came to stand."""

    file: str
    size: int
    """Of the file, with the record."""


class Archive:
    """Appends records to a folder's files, one at a time; not for several threads at once."""

    def __init__(self, folder: Path, committed: Mapping[str, int], software: str) -> None:
        """`committed`: the files and their sizes up to where the frontier knows of them.

        What stands behind that was written by a run that died before it could say so: its
        URL is still waiting, so the bytes go.
        """
        self._folder, self._software = folder, software
        for path in folder.glob("*.warc.gz"):
            size = committed.get(path.name, 0)
            if not size:
                path.unlink()
            elif path.stat().st_size > size:
                os.truncate(path, size)
        self._number = max(len(committed), 1)

    def keep(self, answer: Answer, robots: Robots, tdm: Tdm) -> Kept:
        """Append a response; it is on the disk when this returns."""
        path = self._path()
        if path.exists() and path.stat().st_size >= ROTATE_BYTES:
            self._number += 1
            path = self._path()
        with path.open("ab") as file:
            if not file.tell():
                file.write(self._info(path.name))
            file.write(_response(answer, robots, tdm))
            file.flush()
            os.fsync(file.fileno())
            return Kept(path.name, file.tell())

    def _path(self) -> Path:
        return self._folder / f"pages-{self._number:05d}.warc.gz"

    def _info(self, name: str) -> bytes:
        info = {
            "software": self._software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/"
            "warc-format/warc-1.1/",
            "robots": "obey",
        }
        block = "".join(f"{key}: {value}\r\n" for key, value in info.items()).encode()
        fields = {
            "WARC-Date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "WARC-Filename": name,
            "Content-Type": "application/warc-fields",
        }
        return _member("warcinfo", fields, block)


def _response(answer: Answer, robots: Robots, tdm: Tdm) -> bytes:
    # The body is stored without its transfer coding, so the header must not claim one.
    headers = [(k, v) for k, v in answer.headers if k.lower() != "transfer-encoding"]
    lines = [
        f"HTTP/1.1 {answer.status} {answer.phrase}".rstrip(),
        *(f"{k}: {v}" for k, v in headers),
    ]
    head = "".join(f"{line}\r\n" for line in lines).encode("latin-1", "replace")
    fields = {
        "WARC-Date": f"{answer.at:%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Target-URI": answer.url,
        "WARC-IP-Address": answer.address,
        "WARC-Payload-Digest": _digest(answer.body),
        "Content-Type": "application/http; msgtype=response",
        ROBOTS_FIELD: json.dumps(robots, default=str),
        TDM_FIELD: json.dumps(tdm),
    }
    return _member("response", fields, head + b"\r\n" + answer.body)


def _member(kind: str, fields: Mapping[str, str], block: bytes) -> bytes:
    """A record as a gzip member of its own."""
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
        **fields,
        "WARC-Block-Digest": _digest(block),
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in named.items())
    return gzip.compress(head.encode() + b"\r\n" + block + b"\r\n\r\n", 6, mtime=0)


def _digest(data: bytes) -> str:
    sha1 = hashlib.sha1(data, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(sha1).decode()
