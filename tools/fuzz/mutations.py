"""Mutations of an input: the same seed, number and seeds give the same bytes everywhere."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Final

MAX_SIZE: Final = 200_000
"""Bytes of an input: enough for what is quadratic to take longer than `runner.CPU_SECONDS`."""

TOKENS: Final = tuple(
    token if isinstance(token, bytes) else token.encode("utf-8", "surrogatepass")
    for token in (
        "9" * 4_301, "-1", "0", "--5", "1e999", "NaN", "null", "true", "2147483648",
        "9223372036854775808", "18446744073709551616", str(10**40), "0x10", "٣", "²", "1_0",
        "0000-00-00", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00",
        "&#" + "9" * 4_301 + ";", "&#xD800;", "&#0;", "&#x110000;", "&zwsp;", "&", "&amp;amp;",
        "http://[", "http://[::1", "//", "file:///", "data:,", "javascript:", "http://a:99999/",
        "http://é.example/", "http://" + "a" * 70 + ".example/", "%", "%ff", "%00", "#", "?", ";",
        "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<?xml", "?>",
        "<svg>", "<table>", "<template>", "<plaintext>", "<script>", "</body>", "<base href=",
        "{{", "}}", "[[", "]]", "{|", "|}", "<nowiki>", "<ref>", "-{", "}-", "'''''", "__TOC__",
        "\\ud800", "\\u0000", "\\", '"', "'", ",", "\t", "\r", "\n", "\r\n\r\n", " ", "\u00a0",
        "\0", "\x1b[31m", "\x85", "\u200b", "\u200d", "\u2028", "\ufeff", "\ufffd", "\uffff",
        "\U0010ffff", "\ud800", "\u0300", "\u17d2", "\u17d2\u1780", "\u0e33", "\u0e48", "\u0ec8",
        "\u1039", "\u1031", "\u103a", "ﷺ", "\u202e", "İ", "ß", "𝟘", "🇰🇭",
        b"\xff", b"\xfe\xff", b"\xff\xfe", b"\x80", b"\xc0\x80", b"\xf5\x80\x80\x80", b"\x1f\x8b",
        b"PK\x03\x04", b"%PDF-1.7", b"BZh9", b"\x28\xb5\x2f\xfd", b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00",
    )
)  # fmt: skip
"""What has broken parsers before: numbers, dates, characters, addresses, markup, signatures."""

_PARTS: Final = re.compile(rb"<[^<>]{0,200}>|[\w.-]{1,100}|[^\w\s]{1,3}")
_NUMBERS: Final = re.compile(rb"\d{1,20}")

Mutation = Callable[[bytes, Sequence[bytes], random.Random], bytes]


def mutated(seeds: Sequence[bytes], seed: int, number: int) -> bytes:
    """Input `number` of a run: the seeds themselves first, then mutations of one of them."""
    if number < len(seeds):
        return seeds[number]
    chance = random.Random(f"{seed}:{number}")
    content = chance.choice(seeds)
    wrap, inner = _unpacked(content, chance)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        inner = chance.choice(_MUTATIONS)(inner, seeds, chance)[:MAX_SIZE]
    return wrap(inner)


def _unpacked(content: bytes, chance: random.Random) -> tuple[Callable[[bytes], bytes], bytes]:
    """What is mutated, and how it is packed again: more often than not what is inside."""
    if chance.random() < 0.25:
        return bytes, content
    if content.startswith(b"PK\x03\x04") and (members := _members(content)):
        name = chance.choice(sorted(members))
        return (lambda inner: _zipped({**members, name: inner})), members[name]
    if content.startswith(b"\x1f\x8b"):
        return (lambda inner: gzip.compress(inner, mtime=0)), gzip.decompress(content)
    return bytes, content


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def _flip(content: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(min(len(changed), chance.choice((1, 1, 3, 30)))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _truncate(content: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _delete(content: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.randrange(1, 200) :]


def _splice(content: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    other = chance.choice(seeds)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _insert(content: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    at = _place(content, chance)
    return content[:at] + chance.choice(TOKENS) + content[at:]


def _repeat(content: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """One token or part of the input many times: long runs and deep nesting."""
    token = chance.choice(TOKENS) if chance.random() < 0.3 else _part(content, chance)
    times = chance.choice((2, 3, 5, 20, 100, 100, 300, 3_000, 30_000))
    times = min(times, MAX_SIZE // max(1, len(token)))
    at = _place(content, chance)
    return content[:at] + token * times + content[at:]


def _replace(content: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    part = _part(content, chance)
    token = chance.choice(TOKENS) if chance.random() < 0.6 else _part(content, chance)
    return content.replace(part, token, chance.choice((1, 1, -1))) if part else token


def _renumber(content: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    numbers = list(_NUMBERS.finditer(content))
    if not numbers:
        return content
    match = chance.choice(numbers)
    value = chance.choice((b"0", b"-1", b"9" * 4_301, b"4294967296", b"1" * 19, b"%d" % -(2**63)))
    return content[: match.start()] + value + content[match.end() :]


def _move(content: bytes, _seeds: Sequence[bytes], chance: random.Random) -> bytes:
    start, stop, to = sorted(chance.randrange(len(content) + 1) for _ in range(3))
    return content[:start] + content[stop:to] + content[start:stop] + content[to:]


_MUTATIONS: Final[tuple[Mutation, ...]] = (
    _flip, _truncate, _delete, _splice, _insert, _insert, _insert, _repeat, _repeat, _replace,
    _replace, _replace, _renumber, _move,
)  # fmt: skip


def _place(content: bytes, chance: random.Random) -> int:
    return chance.randrange(len(content) + 1)


def _part(content: bytes, chance: random.Random) -> bytes:
    start = _place(content, chance)
    match = _PARTS.search(content, start) or _PARTS.search(content)
    return match[0] if match else b""
