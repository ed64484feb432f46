"""The visible text of a page within a document: XHTML as XML, else as HTML."""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import Final

from lxml import etree, html

from corpuskit.connectors.containers.zip_archive import check_markup
from corpuskit.connectors.reasons import CORRUPT, LostError
from corpuskit.connectors.xml import attribute, local

_SILENT: Final = frozenset(("script", "style", "head", "template", "rt", "rp", "svg", "math"))
_INLINE: Final = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark q ruby "
        "rb rp rt rtc s samp small span strike strong sub sup time tt u var wbr",
    )
)
_BOMS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_STARTS: Final = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}  # XML 1.0, appendix F.1
_XML_CHARSET: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})")
_META_CHARSET: Final = re.compile(
    rb"<meta\s[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES: Final = 1024  # in which HTML looks for a charset, too
_CHARSETS: Final = {  # by the WHATWG Encoding Standard, section 4.2
    "tis-620": "cp874", "windows-874": "cp874", "iso-8859-11": "cp874", "iso-8859-1": "cp1252",
    "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "unicode": "utf-16-le",
    "utf-16": "utf-16-le", "x-sjis": "cp932", "ks_c_5601-1987": "cp949",
}  # fmt: skip

_NO_CHARSETS: Final = frozenset(  # codecs of Python that no page is in
    ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "mbcs")
)

_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_CONTROLS: Final = {code: " " for code in range(1, 32) if chr(code) not in "\t\n\r"} | {0: ""}
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]{0,500}>")
# `\Z` ends what is never closed: without it every start would be searched to the end of the page
_NAMED: Final = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&([A-Za-z][A-Za-z0-9]{1,31});", re.DOTALL
)
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_SUBSET: Final = re.compile(r"<!DOCTYPE[^\[>]{0,1000}\[.*?\]\s{0,100}>", re.DOTALL)
_PREDEFINED: Final = frozenset(("amp", "lt", "gt", "quot", "apos"))
_HIDDEN: Final = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE
)


def page_text(content: bytes) -> str:
    """The text of a page, a block of it on a line; LostError where it is none.

    A page that is not well-formed XML is read as HTML. Entities of HTML and those that the page
    itself declares are known; nothing outside the page is read.
    """
    check_markup("page", content)
    text = decoded(content).translate(_CONTROLS)
    try:
        root = _as_xml(text)
    except (etree.XMLSyntaxError, ValueError):
        try:
            root = _as_html(text)
        except (ValueError, etree.LxmlError) as error:
            raise LostError(CORRUPT, str(error)[:200]) from None
    for entity in list(root.iter(etree.Entity)):
        _dissolve(entity)
    return _visible(root) or _visible(root, with_hidden=True)  # a script would have shown it


def decoded(content: bytes) -> str:
    """The characters of a page by its byte order mark, its declaration or, where that does not
    fit, UTF-8 and the charset of a meta element; LostError where it names an unknown charset."""
    mark = next((mark for mark in _BOMS if content.startswith(mark)), b"")
    if mark:
        return content[len(mark) :].decode(_BOMS[mark], "replace")
    if start := _STARTS.get(content[:2]):
        return content.decode(start, "replace")
    head = content[:_HEAD_BYTES]
    xml, meta = _XML_CHARSET.search(head), _META_CHARSET.search(head)
    declared = [_codec(match[1].decode()) for match in (xml,) if match]
    others = [_codec(match[1].decode()) for match in (meta,) if match]
    charsets = [*declared, "utf-8", *others]
    for charset in charsets:
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    return content.decode(charsets[0], "replace")


def _codec(label: str) -> str:
    name = re.sub(r"^(windows-|x-cp)", "cp", label.lower())
    try:
        name = codecs.lookup(_CHARSETS.get(label.lower(), name)).name
        bytes(4).decode(name)  # not what a codec of Python that is not of text does
    except (LookupError, UnicodeError):
        name = "undefined"
    if name in _NO_CHARSETS:
        raise LostError(CORRUPT, f"unknown encoding: {label}")
    return "utf-8" if name.startswith("utf-16") else name  # it was readable in steps of one byte


def _as_xml(text: str) -> etree._Element:
    text = _NAMED.sub(_character, _DECLARATION.sub("", text, count=1).lstrip())
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities="internal", no_network=True, load_dtd=False,
        strip_cdata=True,
    )  # fmt: skip
    return etree.fromstring(text.encode(errors="replace"), parser)


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name is None or name in _PREDEFINED:
        return match[0]
    character = html5.get(f"{name};")
    return match[0] if character is None else _escaped(character)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _as_html(text: str) -> html.HtmlElement:
    text = _without_subset(_DECLARATION.sub("", text, count=1))
    text = _CDATA.sub(lambda match: _escaped(match[1]), text)
    parser = html.HTMLParser(encoding="utf-8")
    return html.document_fromstring(text.encode(errors="replace"), parser)


def _without_subset(text: str) -> str:
    """A page without a document type that declares something, which HTML does not know."""
    match = _SUBSET.match(text, max(0, text.find("<!DOCTYPE")))
    return text[: match.start()] + text[match.end() :] if match else text


def _dissolve(entity: etree._Element) -> None:
    """Put an entity that nobody declares into the text around it, as it is written."""
    text = f"{entity.text}{entity.tail or ''}"
    before, parent = entity.getprevious(), entity.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text
    if parent is not None:
        parent.remove(entity)


def _visible(root: etree._Element, with_hidden: bool = False) -> str:
    pieces: list[str] = []
    silent = 0  # how many elements around this place have no visible text
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = local(element).lower()
        is_tag = event in ("start", "end")
        is_silent = is_tag and (name in _SILENT or (not with_hidden and _is_hidden(element)))
        is_block = is_tag and name not in _INLINE
        if is_block:
            pieces.append("\n")
        if event == "start":
            silent += is_silent
            if element.text and not silent:
                pieces.append(_SPACES.sub(" ", element.text))
            continue
        silent -= is_silent
        if element.tail and not silent and element is not root:
            pieces.append(_SPACES.sub(" ", element.tail))
    lines = (line.strip(" ") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_hidden(element: etree._Element) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(attribute(element, "style") or ""))
