"""Writing records of WARC 1.1 (ISO 28500:2017), each as a gzip member of its own."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping


def member(record: str, fields: Mapping[str, str], block: bytes) -> bytes:
    """A record: `record` is its WARC-Record-ID, `fields` the rest of its head, the type first."""
    named = {
        "WARC-Record-ID": record,
        **fields,
        "WARC-Block-Digest": payload_digest(block),
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in named.items())
    return gzip.compress(head.encode() + b"\r\n" + block + b"\r\n\r\n", 6, mtime=0)


def payload_digest(data: bytes) -> str:
    """sha1 in base 32, as archives write it."""
    sha1 = hashlib.sha1(data, usedforsecurity=False).digest()
    return "sha1:" + base64.b32encode(sha1).decode()
