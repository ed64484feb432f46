"""An end for bodies: so many bytes, and so many seconds however slowly they drip."""

from __future__ import annotations

import math
import time

import urllib3

from corpuskit.connectors.fetching.errors import TooLargeError
from corpuskit.connectors.fetching.policy import CHUNK

_MAX_DIGITS = 18
"""Of a number of bytes: more than any file has, and few enough for any integer type. Python itself
refuses to convert more than 4,300 digits."""


def whole_number(value: str) -> int | None:
    """The number in a header that counts bytes; None for anything else, however long."""
    text = value.strip()
    return int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else None


class TooSlowError(Exception):
    """A body that is not whole after the time it may take."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no whole answer within {seconds:g} s")


def read_body(
    response: urllib3.BaseHTTPResponse,
    limit: int,
    deadline: float = math.inf,
    *,
    decode: bool,
    truncate: bool = False,
) -> bytes:
    """The body of an answer, without its content codings if `decode`.

    Beyond `limit` bytes it is cut there if `truncate`, else TooLargeError. TooSlowError if it
    takes longer than `deadline` seconds; urllib3's HTTPError if it is lost on the way. The clock
    is looked at each time that anything comes: waiting for a chunk to be full would let a
    dripping server set the deadline.
    """
    parts: list[bytes] = []
    size, end = 0, time.monotonic() + deadline
    while chunk := response.read1(CHUNK, decode_content=decode):
        parts.append(chunk)
        size += len(chunk)
        if truncate and size > limit:
            return b"".join(parts)[:limit]
        if size > limit + CHUNK:  # so far it may just break off, which is worth another try
            raise TooLargeError(limit)
        if time.monotonic() > end:
            raise TooSlowError(deadline)
    if size > limit:
        raise TooLargeError(limit)
    return b"".join(parts)
