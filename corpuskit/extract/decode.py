"""From bytes to characters: byte order mark, HTTP, the page's own word, UTF-8, detection.

The order is the Encoding Standard's and HTML's (html.spec.whatwg.org, section 13.2.3), with
one difference: a declaration is believed only if the bytes bear it out. Servers add
`charset=iso-8859-1` to everything, and templates declare UTF-8 over windows-874 text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import pyarrow as pa
from bs4.dammit import EncodingDetector
from charset_normalizer import from_bytes

from corpuskit.extract import plausible, sniff
from corpuskit.extract.charsets import DETECTABLE, Charset, charset_of, named
from corpuskit.extract.reasons import DECODE
from corpuskit.stage import Batch

MAX_REPLACED_SHARE = 0.001
"""Share of characters that may be undecodable: one stray byte must not make a detector guess a
whole Khmer page into cp1251, as happened with trafilatura's own decoding."""

MAX_REPLACED_FOREIGN = 0.05
"""The same, of the characters outside ASCII: a windows-874 page that is mostly markup must not
pass for UTF-8 because its few Thai bytes are under 0.1 % of the page."""

_PRESCAN = 4096
"""Bytes in which a declaration is looked for. The standard says 1024; pages with inlined
scripts or license comments before their `<meta>` are common, browsers find them later too."""

_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_TAG: Final = re.compile(rb"<[^>]{0,2000}>|&[#\w]{1,10};|[\x00-\x20]+")
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_DETECTION_SAMPLE = 20_000
"""Bytes (markup taken out) given to charset-normalizer; the pages of the test sets are told
apart with 200 already."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, its charset (the Encoding Standard's name) and how that was found.

    `method` is one of `bom`, `http`, `meta`, `utf-8`, `detected`. Of a record that is lost,
    `reason` says why (a code of REASONS) and `markup` is empty.
    """

    markup: str
    charset: str | None = None
    method: str | None = None
    reason: str | None = None
    detail: str | None = None


def decode(content: bytes, charset: str | None = None) -> Decoded:
    """Decode `content`; `charset` is the label declared over HTTP, if any.

    Never raises. NUL characters and byte order marks are taken out, undecodable bytes
    become U+FFFD where they are few.
    """
    mark = sniff.bom_of(content)
    wide = not mark and sniff.unmarked_utf16(content)
    if not mark and wide and (found := _attempt(content, named(wide))) is not None:
        return _decoded(found, wide, "detected")
    if not (mark and mark[0].startswith("utf-")) and (kind := sniff.binary_kind(content)):
        return Decoded("", reason="decode/binary", detail=kind)
    if mark:
        if (found := _attempt(content[mark[1] :], named(mark[0]))) is not None:
            return _decoded(found, mark[0], "bom")
        content = content[mark[1] :]  # the mark lies: a tool put it before other bytes
    for one, method in _declared(content, charset):
        if (found := _attempt(content, one)) is not None:
            # no byte contradicts a charset of 256 characters, so that another may fit better
            better = _by_orthography(content) if one.name in plausible.ANY_BYTES else None
            if better and better.charset != one.name:
                return better
            return _decoded(found, one.name, method)
    return _detect(content)


def _decoded(text: str, name: str, method: str) -> Decoded:
    return Decoded(text.replace("\0", "").removeprefix("\ufeff"), name, method)


def _declared(content: bytes, http: str | None) -> Iterator[tuple[Charset, str]]:
    utf8 = named("utf-8")
    multibyte = not content.isascii() and _strictly(content, utf8.codec) is not None
    for label, method in ((http, "http"), (_in_page(content), "meta")):
        found = charset_of(label)
        if found and found.name.startswith("utf-16"):
            found = utf8  # it was read as ASCII, so it is not; the standard says the same
        # bytes beyond ASCII that are valid UTF-8 throughout are UTF-8, whatever is declared
        if found and (found.name == "utf-8" or not multibyte):
            yield found, method
    yield utf8, "utf-8"


def _in_page(content: bytes) -> str | None:
    start = _COMMENT.sub(b"", content[:_PRESCAN])
    label: str | None = EncodingDetector.find_declared_encoding(
        start, is_html=True, search_entire_document=True
    )
    return label


def _strictly(content: bytes, codec: str) -> str | None:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        return decoder.decode(content)  # not final: a cut last character is no error
    except UnicodeDecodeError:
        return None


def _attempt(content: bytes, charset: Charset) -> str | None:
    """The text, or None where the bytes or the text they give speak against this charset."""
    text = _strictly(content, charset.codec)
    if text is None:
        text = codecs.getincrementaldecoder(charset.codec)("replace").decode(content)
        replaced = text.count("\ufffd") - content.count(b"\xef\xbf\xbd")
        foreign = sum(map(len, _FOREIGN.findall(text)))
        if replaced > min(MAX_REPLACED_SHARE * len(text), MAX_REPLACED_FOREIGN * foreign):
            return None
    elif charset.name.startswith("utf-16") and not _assigned(text):
        return None
    return text if plausible.plausible(charset.name, text) else None


def _assigned(text: str) -> bool:
    """Whether the text is free of control and private characters beyond strays."""
    sample = text[:20_000]
    odd = sum(1 for char in sample if not char.isprintable() and not char.isspace())
    return odd <= 0.05 * len(sample)  # ZWSP, the usual one, makes 3 % of Khmer text at most


def _by_orthography(content: bytes) -> Decoded | None:
    """windows-874 and windows-1258, which carry their own proof: marks that stand on letters."""
    for name, test in (("windows-874", plausible.thai), ("windows-1258", plausible.vietnamese)):
        text = _attempt(content, named(name))
        if text is not None and test(plausible.visible(text)):
            return _decoded(text, name, "detected")
    return None


def _detect(content: bytes) -> Decoded:
    """Charset by the bytes alone; nothing that was declared has been borne out."""
    sure = _damaged_utf8(content) or _by_orthography(content)
    if sure:
        return sure
    sample = _TAG.sub(b" ", content[: 4 * _DETECTION_SAMPLE])[:_DETECTION_SAMPLE]
    best = from_bytes(sample, cp_isolation=list(DETECTABLE)).best()
    found = charset_of(best.encoding) if best else None
    text = _attempt(content, found) if found else None
    # the web's charset where nothing is declared; statistics on a few accents confuse it with
    # other Latin code pages
    default = _attempt(content, named("windows-1252"))
    western = default is not None and plausible.western(default)
    if text is not None and found and not (western and found.name in plausible.LATIN):
        return _decoded(text, found.name, "detected")
    if default is not None:
        return _decoded(default, "windows-1252", "detected")
    return Decoded("", reason="decode/undecodable", detail="no charset gives plausible text")


def _damaged_utf8(content: bytes) -> Decoded | None:
    """UTF-8 with more damage than 0.1 %, if most of what is not ASCII is still sound.

    Text in another charset is never valid UTF-8 for 95 of 100 characters.
    """
    text = content.decode("utf-8", "replace")
    foreign = sum(map(len, _FOREIGN.findall(text)))
    if text.count("\ufffd") > MAX_REPLACED_FOREIGN * foreign:
        return None
    return _decoded(text, "utf-8", "detected")


class Decode:
    """Stage: `_content` (bytes) becomes `_markup` (str), with `charset` and `charset_method`.

    Reads `_charset` (the label declared over HTTP) where there is such a column.
    """

    name: ClassVar[str] = "decode"
    version: ClassVar[str] = "2"
    libraries: ClassVar[tuple[str, ...]] = ("beautifulsoup4", "charset-normalizer", "numpy")
    reasons: ClassVar[Mapping[str, str]] = DECODE
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("charset", pa.string()),
        pa.field("charset_method", pa.string()),
    )

    def process(self, batch: Batch) -> Batch:
        """Decode every row; those without text get a reason."""
        rows = zip(batch["_content"], batch.get("_charset"), strict=True)
        results = [decode(content or b"", charset) for content, charset in rows]
        return batch.with_columns(
            _markup=[one.markup for one in results],
            charset=[one.charset for one in results],
            charset_method=[one.method for one in results],
            reason=[one.reason for one in results],
            detail=[one.detail for one in results],
        )
