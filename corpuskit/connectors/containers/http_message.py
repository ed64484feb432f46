"""Archived HTTP responses: headers, transfer coding, content coding.

Archives hold what crawlers wrote, which is often not what RFC 9112 asks for: bodies that were
decoded already though the headers still name a coding, line feeds alone, charsets named
as codings. A header that the body contradicts is not believed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

from fastwarc.stream_io import BrotliReader

from corpuskit.connectors import sniff
from corpuskit.connectors.containers.compression import GZIP, READ, ZSTD, Codec, Damage, Member
from corpuskit.connectors.reasons import CORRUPT, TOO_LARGE, TRUNCATED

_STATUS = re.compile(rb"HTTP(?:/\d{1,2}(?:\.\d{1,2})?)?[ \t]+(\d{3})(?!\d)")
_BLANK = re.compile(rb"\r?\n\r?\n")
_NAME = r"[0-9A-Za-z*][!#$&^_.+*0-9A-Za-z-]*+"  # RFC 6838, 4.2, and */*
_MEDIA_TYPE = re.compile(rf"\s*+({_NAME}/{_NAME})\s*+(?:;.*)?", re.DOTALL)
_CHARSET = re.compile(r"charset\s*+=\s*+[\"']?([^\s\"';,]+)", re.IGNORECASE)
_CHUNK = re.compile(rb"[ \t]*+([0-9A-Fa-f]{1,12})[ \t]*+(?:;[^\r\n]*+)?\r?\n")
_TRAILERS = re.compile(rb"(?:[\w!#$%&'*+.^`|~-]++:[^\r\n]*+\r?\n)*+\s*+\Z")
_BLANKS = 4096
"""Bytes in which markup has to begin."""
_MAX_INTERIM = 8
"""Responses in one record before the one that counts. A server sends one or two."""


@dataclass(frozen=True, slots=True)
class Message:
    """An HTTP response, its body still coded."""

    status: int | None
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """Media type without parameters, lower case; empty where there is none."""
        return media_type(self.headers.get("content-type", ""))

    @property
    def charset(self) -> str | None:
        """Charset as the Content-Type header gives it."""
        return charset(self.headers.get("content-type", ""))


def media_type(value: str) -> str:
    """The media type of a Content-Type header without parameters, lower case.

    Of several the first counts. A value that is not a media type (`html`, `text/html charset=x`)
    is the same as none: empty (WHATWG MIME Sniffing, 4.4 and 5.1).
    """
    types = (_MEDIA_TYPE.fullmatch(part) for part in value.split(","))
    return next((match[1].lower() for match in types if match), "")


def charset(value: str) -> str | None:
    """The charset parameter of a Content-Type header."""
    match = _CHARSET.search(value)
    return match[1] if match else None


def parse_message(block: bytes) -> Message:
    """Split an HTTP response; a block that does not start with a status line is all body.

    Responses before the last one are passed over: 1xx (RFC 9110, 15.2), and a proxy's answer to
    CONNECT, which a client stored in front of the server's.
    """
    message = _split(block)
    for _ in range(_MAX_INTERIM):
        following = message.body.lstrip(b"\r\n")
        if not (_is_interim(message) and _STATUS.match(following)):
            break
        message = _split(following)
    return message


def _split(block: bytes) -> Message:
    start = block[:4096].lstrip(b"\r\n")  # RFC 9112, 2.2
    status = _STATUS.match(start)
    if status is None and not start.startswith(b"HTTP/"):
        return Message(None, {}, block)
    block = block.lstrip(b"\r\n")
    end = _BLANK.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    return Message(int(status[1]) if status else None, parse_headers(head), body)


def _is_interim(message: Message) -> bool:
    if message.status is None:
        return False
    about_content = {"content-type", "content-encoding", "transfer-encoding"} & set(message.headers)
    return message.status < 200 or (message.status < 300 and not about_content)


def parse_headers(head: bytes) -> dict[str, str]:
    """The header fields after a first line: lower-case names, repeated ones joined (`joined`)."""
    headers: dict[str, str] = {}
    name = ""
    for line in _text(head).split("\n")[1:]:  # splitlines() knows ends of line that HTTP does not
        if line.startswith((" ", "\t")) and name:  # obsolete line folding, RFC 9112, 5.2
            headers[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name, value = name.strip().lower() if colon else "", value.strip()
        if not name:
            continue
        headers[name] = joined(name, headers.get(name), value)
    return headers


def joined(name: str, before: str | None, value: str) -> str:
    """The value of a header that occurs once more: `before, value` (RFC 9110, 5.3).

    Each X-Robots-Tag may begin with the name of a robot, so these stand on lines of their own.
    """
    if before is None:
        return value
    return f"{before}\n{value}" if name == "x-robots-tag" else f"{before}, {value}"


def _text(head: bytes) -> str:
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def dechunk(body: bytes) -> tuple[bytes, bool] | None:
    """Undo the chunked transfer coding (RFC 9112, 7.1): the content and whether it is whole.

    None if the body is not chunked at all, though it may start with a number in a line of its
    own, such as a year or the number of a chapter. A missing last chunk is forgiven: many
    crawlers leave it out. A chunk that is short or
    followed by something else is not.
    """
    parts: list[bytes] = []
    position, is_sure = 0, False
    while size := _CHUNK.match(body, position):
        start, length = size.end(), int(size[1], 16)
        if not parts and not _starts_chunk(body, size):
            return None
        is_sure = bool(parts) or bool(body[start : start + length].strip())
        if length == 0:
            return b"".join(parts), True
        parts.append(body[start : start + length])
        if len(parts[-1]) < length:
            return b"".join(parts), False
        position = start + length
        position += 2 if body[position : position + 2] == b"\r\n" else 1
    is_whole = position >= len(body)
    return (b"".join(parts), is_whole) if parts and (is_whole or is_sure) else None


def _starts_chunk(body: bytes, size: re.Match[bytes]) -> bool:
    """Whether the first line is the size of what follows, not the first line of a text.

    A chunk that is whole has a line end after it. Of one that is cut off, a size such as `1f40`
    tells, or a start that is markup or compressed: a text may start with the year.
    """
    start, length = size.end(), int(size[1], 16)
    if length == 0:
        return _TRAILERS.match(body, start) is not None
    end = start + length
    if end < len(body):
        return body.startswith((b"\r\n", b"\n"), end)
    if end == len(body) or not _may_be_text(size):
        return True
    is_markup = body[start : start + _BLANKS].lstrip().startswith(b"<")
    return is_markup or sniff.sniff(body[start:]) not in (sniff.TEXT, sniff.HTML)


def _may_be_text(size: re.Match[bytes]) -> bool:
    """Whether a size is also a number or a word, such as a text may begin with."""
    return size[1].isdigit() or size[1].isalpha()


def decode_content(body: bytes, codings: str, limit: int) -> tuple[bytes, Damage | None]:
    """Undo the content codings (RFC 9110, 8.4) that a header lists, in bounded memory.

    Returns the content and, where it is lost, why: larger than `limit` bytes, cut off,
    damaged. A body that was never coded, whatever the header says, is returned as it is.
    """
    for coding in reversed(codings.lower().split(",")):
        decoder = _DECODERS.get(coding.strip())
        if decoder is None:
            continue
        content, damage = _collect(decoder(body), limit)
        if not content and damage is not None and sniff.sniff(body) in (sniff.HTML, sniff.TEXT):
            continue
        if damage is not None:
            return content, damage
        body = content
    return body, None


def _collect(chunks: Iterator[bytes | Damage], limit: int) -> tuple[bytes, Damage | None]:
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        if isinstance(chunk, Damage):
            return b"".join(parts), chunk
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            return b"", Damage(TOO_LARGE, f"decodes to more than {limit} bytes")
    return b"".join(parts), None


def _members(codec: Codec) -> Callable[[bytes], Iterator[bytes | Damage]]:
    def decode(body: bytes) -> Iterator[bytes | Damage]:
        start = 0
        # Bytes after the last member that do not start another one are not content.
        while start == 0 or body.startswith(codec.magic, start):
            member = Member(BytesIO(body), start, codec)
            yield from member
            if member.end is None:
                assert member.damage is not None  # a member that has not ended is damaged
                yield _content_damage(member.damage.reason, codec.name)
                return
            start = member.end

    return decode


def _inflate(body: bytes) -> Iterator[bytes | Damage]:
    # "deflate" means zlib (RFC 9110, 8.4.1.2), but some servers send the bare stream.
    wrapped = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
    inflate = zlib.decompressobj(15 if wrapped else -15)
    try:
        while not inflate.eof and (chunk := inflate.decompress(body, READ)):
            yield chunk
            body = inflate.unconsumed_tail
    except zlib.error:
        yield _content_damage(CORRUPT, "deflate")
        return
    if not inflate.eof:
        yield _content_damage(TRUNCATED, "deflate")


def _unbrotli(body: bytes) -> Iterator[bytes | Damage]:
    reader = BrotliReader(BytesIO(body))
    try:
        while chunk := reader.read(READ):
            yield chunk
    except OSError:  # it does not say whether the stream was cut or damaged
        yield _content_damage(CORRUPT, "br")


def _content_damage(reason: str, coding: str) -> Damage:
    return Damage(reason, f"content coding {coding}")


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes | Damage]]] = {
    "gzip": _members(GZIP),
    "x-gzip": _members(GZIP),
    "zstd": _members(ZSTD),
    "deflate": _inflate,
    "br": _unbrotli,
}
