"""Which records of an archive may hold terms for its other records, and their answers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from corpuskit.connectors.containers.frames import Frame
from corpuskit.connectors.containers.warc_layout import ArchiveLayout, frames
from corpuskit.connectors.containers.warc_records import ArchivedAnswer, answer_of

ROBOTS: Final = "/robots.txt"
TDMREP: Final = "/.well-known/tdmrep.json"
MAX_BYTES: Final = 600_000
"""Longest record that is looked at: of robots.txt and of license documents 500 kB are read."""
HEAD: Final = 4_096
"""Bytes of a block in which a license document names its namespace."""

_ADDRESS: Final = re.compile(
    r"(?:://[^/?#]*(?:/robots\.txt|/\.well-known/tdmrep\.json)|[./_-](?:rsl|rss|feed|licen[sc]e)s?"
    r"(?:\.xml|\.txt)?/?)(?:[?#][^<>]*)?>?$",
    re.IGNORECASE,
)
_RSL: Final = b"rslstandard.org/rsl"
_XML: Final = re.compile(rb"<(?:rsl|rss|feed|[a-z]{1,20}:(?:rsl|RDF|rdf))\b")


def may_hold_terms(url: str, size: int, head: bytes) -> bool:
    """Whether a record may be robots.txt, tdmrep.json or a license document, by its address, the
    size of its block and the block's first bytes."""
    if size > MAX_BYTES:
        return False
    return _ADDRESS.search(url.strip()) is not None or (
        _RSL in head and _XML.search(head) is not None
    )


def frame_may_hold_terms(frame: Frame) -> bool:
    """The same of a frame with its block."""
    if frame.head is None or frame.damage is not None:
        return False
    url = frame.head.fields.get("warc-target-uri", "")
    return may_hold_terms(url, frame.head.block, frame.block[:HEAD])


def answers_at(
    path: str, layout: ArchiveLayout, positions: Collection[int]
) -> Iterator[ArchivedAnswer]:
    """The answers of the records that start at some positions, in order.

    Where records cannot be reached one by one, everything between the first and the last is read.
    """
    chosen = sorted(set(positions))
    runs = [(at, at + 1) for at in chosen]
    if chosen and not layout.per_record and layout.codec is not None:
        runs = [(chosen[0], chosen[-1] + 1)]
    for start, stop in runs:
        for frame in frames(path, layout, start, stop):
            if frame.offset in positions and frame_may_hold_terms(frame):
                answer = answer_of(frame)
                if answer is not None:
                    yield answer
