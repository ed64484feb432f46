"""Text of an EPUB by its OPF: the items of the spine in reading order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from lxml import etree, html

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.jsonl import utc
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, LostError
from corpuskit.connectors.xml import all_texts, attribute, children, first_text, local

CONTAINER: Final = "META-INF/container.xml"

LONG_BOOK: Final = 200_000
"""Characters of a book beyond which each item of its spine is a record: about a hundred printed
pages, more than any page of the web test data, whose largest has 0.3 MB of markup."""

_ENCRYPTION: Final = "META-INF/encryption.xml"
_PAGES: Final = frozenset(("application/xhtml+xml", "text/html", "application/x-dtbook+xml"))
_SILENT: Final = frozenset(("script", "style", "head", "template", "rt", "rp", "svg", "math"))
_INLINE: Final = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd label mark q ruby "
        "rb s samp small span strike strong sub sup time tt u var wbr",
    )
)
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{1,40})")
_BOMS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")


def read_epub(archive: ZipArchive) -> tuple[DocumentMetadata, list[DocumentPart]]:
    """What the book says about itself, and its text: as a whole, or of each item if it is long."""
    root = archive.xml(CONTAINER)
    package = next((e for e in root.iter() if local(e) == "rootfile"), None)
    name = attribute(package, "full-path") if package is not None else None
    if not name:
        raise LostError(CORRUPT, f"{CONTAINER} names no package")
    opf = archive.xml(name)
    about = _about(opf, name)
    locked = _locked(archive)
    parts = []
    for item in _spine(opf, posixpath.dirname(name)):
        if item in locked:
            raise LostError(ENCRYPTED, item)
        parts.append(_part(archive, item))
    return about, _whole_or_parts(parts)


def _about(opf: etree._Element, where: str) -> DocumentMetadata:
    rights = [("dc:rights", text) for text in all_texts(opf, "rights")]
    rights += [
        (f"{attribute(link, 'rel')}", attribute(link, "href") or "")
        for link in opf.iter()
        if local(link) == "link" and "license" in (attribute(link, "rel") or "")
    ]
    return DocumentMetadata(
        title=first_text(opf, "title"),
        language=first_text(opf, "language"),
        rights=[(value, f"{where}: {kind}") for kind, value in rights],
        published_at=_published(opf),
    )


def _published(opf: etree._Element) -> datetime | None:
    """The date of publication: `dc:date` without an event (EPUB 3), or with that one (EPUB 2)."""
    for element in opf.iter():
        if local(element) == "date" and attribute(element, "event") in (None, "publication"):
            try:
                return utc(datetime.fromisoformat((element.text or "").strip()))
            except ValueError:
                continue
    return None


def _locked(archive: ZipArchive) -> frozenset[str]:
    """Files that are encrypted; obfuscated fonts are such, too."""
    if _ENCRYPTION not in archive.names:
        return frozenset()
    root = archive.xml(_ENCRYPTION)
    found = (attribute(e, "URI") for e in root.iter() if local(e) == "CipherReference")
    return frozenset(unquote(uri) for uri in found if uri)


def _spine(opf: etree._Element, folder: str) -> Iterator[str]:
    """Names of the pages in reading order, without the table of contents.

    A book whose spine names no page of the manifest is read in the order of the manifest.
    """
    items = {attribute(e, "id"): e for e in opf.iter() if local(e) == "item"}
    references = (
        reference for spine in children(opf, "spine") for reference in children(spine, "itemref")
    )
    order = dict.fromkeys(attribute(reference, "idref") for reference in references)
    pages = [identity for identity in order if _is_page(items.get(identity))]
    for identity in pages or [identity for identity in items if _is_page(items[identity])]:
        item = items[identity]
        if "nav" not in (attribute(item, "properties") or "").split():
            href = unquote((attribute(item, "href") or "").partition("#")[0])
            yield posixpath.normpath(posixpath.join(folder, href))


def _is_page(item: etree._Element | None) -> bool:
    """Whether an item of the manifest is a page of text, not a picture that stands for one."""
    return item is not None and attribute(item, "media-type") in _PAGES


def _part(archive: ZipArchive, item: str) -> DocumentPart:
    try:
        text = page_text(archive.read(item))
    except LostError as lost:
        return DocumentPart(item=item, reason=lost.reason, detail=lost.detail)
    return DocumentPart(text, item)


def _whole_or_parts(parts: list[DocumentPart]) -> list[DocumentPart]:
    """One part if the book is short and whole; what is lost of one is told item by item."""
    length = sum(len(part.text) for part in parts)
    if length > LONG_BOOK or any(part.reason for part in parts):
        return parts
    return [DocumentPart("\n".join(part.text for part in parts if part.text))]


def page_text(content: bytes) -> str:
    """The text of an XHTML page, a block of it on a line; LostError where it is none.

    The parser is that of HTML: it knows the named entities and no others.
    """
    mark = next((mark for mark in _BOMS if content.startswith(mark)), b"")
    declared = _DECLARED.search(content[:300])
    charset = _BOMS.get(mark) or (declared.group(1).decode() if declared else "utf-8")
    try:
        text = content[len(mark) :].decode(charset, "replace").replace("\0", "")
        root = html.document_fromstring(text.encode(), html.HTMLParser(encoding="utf-8"))
    except (LookupError, ValueError, etree.LxmlError) as error:
        raise LostError(CORRUPT, str(error)[:200]) from None
    return _visible(root)


def _visible(root: html.HtmlElement) -> str:
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = local(element)
        if event == "start":
            if name not in _INLINE:
                pieces.append("\n")
            if element.text and not _silent(element):
                pieces.append(_SPACES.sub(" ", element.text))
            continue
        if event == "end" and name not in _INLINE:
            pieces.append("\n")
        parent = element.getparent()
        if element.tail and parent is not None and not _silent(parent):
            pieces.append(_SPACES.sub(" ", element.tail))
    lines = (line.strip(" ") for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _silent(element: html.HtmlElement) -> bool:
    while element is not None:
        if local(element) in _SILENT:
            return True
        element = element.getparent()
    return False
