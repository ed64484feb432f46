"""From bytes to characters: byte order mark, HTTP, the page's declaration, UTF-8, detection.

The order is that of the Encoding Standard and HTML (html.spec.whatwg.org, section 13.2.3), with
one difference: a declaration is believed only if the bytes agree with it. Servers add
`charset=iso-8859-1` to everything, and templates declare UTF-8 above windows-874 text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from corpuskit import logs
from corpuskit.markup import byte_kinds, plausible
from corpuskit.markup.charsets import DETECTABLE, Charset, charset_of, named

_log = logs.logger(__name__)

MAX_REPLACED_SHARE = 0.001
"""Share of characters that may be undecodable: one stray byte must not make a detector guess a
whole Khmer page into cp1251, as happened with trafilatura's own decoding."""

MAX_REPLACED_FOREIGN = 0.05
"""The same share among the characters outside ASCII: a windows-874 page that is mostly markup must
not pass for UTF-8 because its few Thai bytes are under 0.1 % of the page."""

MAX_STRAY = 5
"""Undecodable places that a page of few letters outside ASCII may have, whatever their share, if
at least as many letters are intact (twice as many where no UTF-8 is declared). Of 2,000 windows
of 40 bytes each of Thai, Vietnamese, Chinese, Korean, Japanese, Russian and Arabic text in their
older charsets none has so many valid UTF-8 sequences; of 20 bytes, 3 % of Thai and 17 % of
Japanese windows have as many, none twice as many."""

_PRESCAN = 4096
"""Bytes searched for a declaration. The standard says 1024, but pages with inlined scripts or
license comments before their `<meta>` are common, and browsers read past 1024 bytes too."""

_COMMENT: Final = re.compile(rb"<!--.*?(?:-->|$)", re.DOTALL)
_TAG: Final = re.compile(rb"<[^<>]{0,2000}>|&[#\w]{1,10};|[\x00-\x20]+")
_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_DETECTION_SAMPLE = 20_000
"""Bytes, without markup, that charset-normalizer gets; 200 are enough for the pages of the test
sets."""


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text, its charset (the Encoding Standard's name) and how the charset was determined.

    `method` is one of `bom`, `http`, `meta`, `utf-8`, `detected`. If the record is lost,
    `reason` says why (a code of REASONS) and `markup` is empty.
    """

    markup: str
    charset: str | None = None
    method: str | None = None
    reason: str | None = None
    detail: str | None = None


def decode(content: bytes, charset: str | None = None) -> DecodedText:
    """Decode `content`; `charset` is the label declared over HTTP, if any.

    Never raises. Removes NUL characters and byte order marks; a few undecodable bytes become
    U+FFFD.
    """
    mark = byte_kinds.bom_of(content)
    wide = not mark and byte_kinds.unmarked_utf16(content)
    if not mark and wide and (text := _attempt(content, named(wide))) is not None:
        return _decoded(text, wide, "detected")
    if not (mark and mark[0].startswith("utf-")) and (kind := byte_kinds.binary_kind(content)):
        return DecodedText("", reason="decode/binary", detail=kind)
    if mark:
        if (text := _attempt(content[mark[1] :], named(mark[0]))) is not None:
            return _decoded(text, mark[0], "bom")
        content = content[mark[1] :]  # the mark lies: a tool put it before other bytes
    utf8 = _strictly(content, "utf-8")
    for declared, method in _declared(content, charset, valid=utf8 is not None):
        text = utf8 if declared.name == "utf-8" else None
        if text is None:
            text = _attempt(content, declared, strays=method != "utf-8")
        if text is not None:
            # no byte contradicts a charset of 256 characters, so another one may fit better
            better = _by_orthography(content) if declared.name in plausible.ANY_BYTES else None
            if better and better.charset != declared.name:
                return better
            return _decoded(text, declared.name, method)
    return _detect(content)


def _decoded(text: str, name: str, method: str) -> DecodedText:
    return DecodedText(text.replace("\0", "").removeprefix("\ufeff"), name, method)


def _declared(content: bytes, http: str | None, *, valid: bool) -> Iterator[tuple[Charset, str]]:
    """The charsets to try, with the method; `valid`: the bytes are UTF-8 throughout."""
    utf8 = named("utf-8")
    multibyte = valid and not content.isascii()
    nearly = not valid and _nearly_utf8(content)
    for method in ("http", "meta"):
        declared = charset_of(http if method == "http" else _in_page(content))
        if declared and declared.name.startswith("utf-16"):
            declared = utf8  # the declaration was readable as ASCII; the standard says the same
        # valid UTF-8 with characters beyond ASCII is UTF-8, whatever is declared; so is UTF-8
        # with stray bytes where the declared charset takes any bytes
        if declared and (declared.name == "utf-8" or not multibyte):
            yield (utf8 if nearly and declared.name in plausible.ANY_BYTES else declared), method
    yield utf8, "utf-8"


def _nearly_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 but for a few, with twice as many intact letters outside ASCII."""
    text = content.decode("utf-8", "replace")
    return _nearly(text, text.count("\ufffd"))


def _nearly(text: str, replaced: int) -> bool:
    return 0 < replaced <= MAX_STRAY and _foreign(text) - replaced >= 2 * replaced


def _in_page(content: bytes) -> str | None:
    start = _COMMENT.sub(b"", content[:_PRESCAN])
    if b"<" not in start:  # every declaration is in a tag
        return None
    from bs4.dammit import EncodingDetector  # .1 s that builds of texts do not need

    label: str | None = EncodingDetector.find_declared_encoding(
        start, is_html=True, search_entire_document=True
    )
    return label


def _strictly(content: bytes, codec: str) -> str | None:
    decoder = codecs.getincrementaldecoder(codec)("strict")
    try:
        return decoder.decode(content)  # not final: an incomplete last character is not an error
    except UnicodeDecodeError:
        return None


def _attempt(content: bytes, charset: Charset, *, strays: bool = False) -> str | None:
    """The text; None if the bytes, or the text they decode to, contradict this charset.

    `strays`: the charset is declared, so a few undecodable bytes do not contradict it however
    short the text is (see MAX_STRAY).
    """
    text = _strictly(content, charset.codec)
    if text is None:
        text = codecs.getincrementaldecoder(charset.codec)("replace").decode(content)
        replaced = text.count("\ufffd") - content.count(b"\xef\xbf\xbd")
        if replaced > _allowance(text, replaced, charset, strays=strays):
            return None
    elif charset.name.startswith("utf-16") and not _assigned(text):
        return None
    return text if plausible.plausible(charset.name, text, declared=strays) else None


def _allowance(text: str, replaced: int, charset: Charset, *, strays: bool) -> float:
    """How many places of `text` may be undecodable."""
    foreign = _foreign(text)
    share = MAX_REPLACED_FOREIGN * foreign
    if charset.name != "windows-874":  # whose plausibility is tested by its spelling
        share = min(MAX_REPLACED_SHARE * len(text), share)
    if strays:
        intact = foreign - replaced + (charset.name == "utf-8")  # browsers believe it without any
        return max(share, min(MAX_STRAY, intact))
    return max(share, MAX_STRAY if charset.name == "utf-8" and _nearly(text, replaced) else 0)


def _foreign(text: str) -> int:
    """Characters outside ASCII."""
    return sum(map(len, _FOREIGN.findall(text)))


def _assigned(text: str) -> bool:
    """Whether the text has next to no control and private-use characters."""
    sample = text[:20_000]
    odd = sum(1 for char in sample if not char.isprintable() and not char.isspace())
    return odd <= 0.05 * len(sample)  # ZWSP, the usual one, makes 3 % of Khmer text at most


def _by_orthography(content: bytes) -> DecodedText | None:
    """Try windows-874 and windows-1258, which can be recognized: their marks stand on letters."""
    for name, test in (("windows-874", plausible.thai), ("windows-1258", plausible.vietnamese)):
        text = _attempt(content, named(name))
        if text is not None and test(plausible.visible(text)):
            return _decoded(text, name, "detected")
    return None


def _detect(content: bytes) -> DecodedText:
    """Determine the charset from the bytes alone; no declaration agreed with them."""
    sure = _damaged_utf8(content) or _by_orthography(content)
    if sure:
        return sure
    from charset_normalizer import from_bytes

    sample = _TAG.sub(b" ", content[: 4 * _DETECTION_SAMPLE])[:_DETECTION_SAMPLE]
    best = from_bytes(sample, cp_isolation=list(DETECTABLE)).best()
    charset = charset_of(best.encoding) if best else None
    text = _attempt(content, charset) if charset else None
    # the web's default charset; with only a few accents, statistics mistake it for other Latin
    # code pages
    default = _attempt(content, named("windows-1252"))
    western = default is not None and plausible.western(default)
    if text is not None and charset and not (western and charset.name in plausible.LATIN):
        _log.debug("no declared charset fits; detected %s", charset.name)
        return _decoded(text, charset.name, "detected")
    if default is not None:
        _log.debug("no declared charset fits and none was detected: windows-1252")
        return _decoded(default, "windows-1252", "detected")
    return DecodedText("", reason="decode/undecodable", detail="no charset gives plausible text")


def _damaged_utf8(content: bytes) -> DecodedText | None:
    """UTF-8 with more than 0.1 % damage, if most characters outside ASCII are intact.

    In text of another charset, far fewer than 95 of 100 such characters are valid UTF-8.
    """
    text = content.decode("utf-8", "replace")
    if text.count("\ufffd") > MAX_REPLACED_FOREIGN * _foreign(text):
        return None
    return _decoded(text, "utf-8", "detected")
