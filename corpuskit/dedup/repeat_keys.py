"""Keys of lines and of pieces of lines, by which text that many documents repeat is found.

A line is compared by its match key within its language. A passage is a run of pieces: a line is
cut after every end of a sentence, and behind other white space where the letters before it say so,
so that two copies of a passage are cut at the same places whatever stands around them (Schleimer,
Wilkerson, Aiken: "Winnowing", SIGMOD 2003, on choosing by content).

A document counts by its three longest lines: an article that many sites carry is a single document
here, and is left to the search for near-duplicates, while a menu below many articles is repeated.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.text.keys import match_keys

Hashes = npt.NDArray[np.uint64]

LINE: Final = 0
PIECE: Final = 1
"""The lowest bit of a key."""
REPEAT_KEYS_VERSION: Final = "1"
"""Raise it when other units or keys come out."""

RANGES: Final = 256
"""Ranges of keys, by their first byte; what is counted together is one or several of them."""
_LONGEST: Final = 3
_CONTEXT: Final = 8
"""Letters before white space that decide whether a line is cut there,"""
_LOOK_BACK: Final = 32
"""and characters among which these are looked for."""
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_ONE_IN: Final = 3
"""Of the places behind white space, the share that cuts, 1 in 3,"""
_PHRASE: Final = 12
"""beside those behind so many letters without a space: scripts that put spaces between phrases, not
words, are cut at all of them."""
_CLOSING: Final = "[\"')\\]\u00bb\u2019\u201d]*"
_PLACE: Final = re.compile(
    f"([.!?\u2026]{_CLOSING}(?=\\s)|[\u0964\u0965\u104b\u17d4\u17d5\u3002\uff01\uff1f]{_CLOSING})|\\s+"
)
"""The end of a sentence (group 1) or white space."""


class Unit(NamedTuple):
    """A line, or a piece of a line, by its place in a text."""

    start: int
    stop: int
    key: int
    """64 bits; 0 where nothing of it is compared (no letter, digit or symbol)."""


@dataclass(frozen=True)
class TextUnits:
    """The units of a text, in order."""

    lines: Sequence[Unit]
    pieces: Sequence[Unit]

    def keys(self) -> set[int]:
        """Every key that the text has, once."""
        return {unit.key for units in (self.lines, self.pieces) for unit in units} - {0}

    def document(self) -> int:
        """What the text counts as: 64 bits of its longest lines (of its only pieces, if it has no
        lines)."""
        units = sorted(
            (unit for unit in self.lines or self.pieces if unit.key),
            key=lambda unit: (unit.start - unit.stop, unit.key),
        )
        longest = sorted({unit.key for unit in units[:_LONGEST]})
        return digest_of(",".join(map(str, longest)).encode())


def digest_of(content: bytes) -> int:
    """64 bits of a digest. Among 10^9 different lines some 0.03 pairs share them."""
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big")


def units_of(texts: Sequence[str], langs: Sequence[str], *, pieces: bool) -> list[TextUnits]:
    """The units of each text; keys differ by language. Pieces only if asked for."""
    places = [list(_lines(text)) for text in texts]
    lines = _keyed(texts, places, langs, LINE)
    if not pieces:
        return [TextUnits(of_text, ()) for of_text in lines]
    cut = [
        [piece for line in of_text for piece in _pieces(text, *line)]
        for text, of_text in zip(texts, places, strict=True)
    ]
    rows = zip(lines, _keyed(texts, cut, langs, PIECE), strict=True)
    return [TextUnits(*row) for row in rows]


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _pieces(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Where the pieces of a line stand; together they are the line."""
    cuts, sentence = [start], start
    for match in _PLACE.finditer(text, start, stop):
        at = match.end()
        if match[1]:
            sentence = at
        elif not _cuts(text[max(sentence, at - _LOOK_BACK) : at]):
            continue
        if cuts[-1] < at < stop:
            cuts.append(at)
    yield from pairwise((*cuts, stop))


def _cuts(text: str) -> bool:
    """Whether the white space at the end of a text cuts it. That depends on the letters before it,
    not on what copies differ by: case, amount of space, invisible marks."""
    words = text.casefold().translate(_INVISIBLE).split()
    if words and len(words[-1]) >= _PHRASE:
        return True
    return zlib.crc32("".join(words)[-_CONTEXT:].encode()) % _ONE_IN == 0


def _keyed(
    texts: Sequence[str],
    places: Sequence[Sequence[tuple[int, int]]],
    langs: Sequence[str],
    kind: int,
) -> list[list[Unit]]:
    """Units with their keys, per text."""
    parts = [text[a:b] for text, spans in zip(texts, places, strict=True) for a, b in spans]
    codes, offsets = match_keys(parts)
    raw, ends = codes.astype("<u4").tobytes(), (offsets * 4).tolist()
    at = 0
    units: list[list[Unit]] = []
    for spans, lang in zip(places, langs, strict=True):
        prefix, of_text = f"{lang}\n".encode(), []
        for start, stop in spans:
            content = raw[ends[at] : ends[at + 1]]
            key = digest_of(prefix + content) & ~1 | kind if content else 0
            of_text.append(Unit(start, stop, key))
            at += 1
        units.append(of_text)
    return units


def range_of(keys: Hashes) -> npt.NDArray[np.int64]:
    """The range of every key; shape (n,)."""
    return (keys >> np.uint64(56)).astype(np.int64)


def distinct_rows(columns: Sequence[Hashes]) -> tuple[Hashes, ...]:
    """Rows of equal columns, each once, sorted by the first column, then the next."""
    order = np.lexsort(columns[::-1])
    ordered = [column[order] for column in columns]
    new = np.ones(len(order), dtype=np.bool_)
    if len(order):
        new[1:] = np.any([column[1:] != column[:-1] for column in ordered], axis=0)
    return tuple(column[new] for column in ordered)


@dataclass(frozen=True)
class Bounds:
    """What counts as repeated."""

    documents: int
    """At least so many documents have it,"""
    hosts: int
    """of at least so many hosts."""


def repeated_keys(
    records: Sequence[Hashes], bounds: Sequence[Bounds | None]
) -> tuple[Hashes, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Keys that are repeated, sorted, with their numbers of documents and of hosts.

    `records` are the columns key, document and host, of shape (n,) each; `bounds` are those of
    lines and of pieces, None for what is not looked for.
    """
    keys, documents, hosts = records
    distinct, of_documents = np.unique(distinct_rows((keys, documents))[0], return_counts=True)
    _, of_hosts = np.unique(distinct_rows((keys, hosts))[0], return_counts=True)
    chosen = np.zeros(len(distinct), dtype=np.bool_)
    for kind, bound in enumerate(bounds):
        if bound is not None:
            enough = (of_documents >= bound.documents) & (of_hosts >= bound.hosts)
            chosen |= enough & ((distinct & np.uint64(1)) == kind)
    return distinct[chosen], of_documents[chosen], of_hosts[chosen]
