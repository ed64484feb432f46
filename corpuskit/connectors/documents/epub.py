"""Text of an EPUB by its OPF: the items of the spine in reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from lxml import etree

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.documents.xhtml import page_text
from corpuskit.connectors.jsonl import moment
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, TOO_LARGE, LostError
from corpuskit.connectors.xml import all_texts, attribute, children, first_text, local

CONTAINER: Final = "META-INF/container.xml"

LONG_BOOK: Final = 200_000
"""Characters of a book beyond which each item of its spine is a record: about a hundred printed
pages, more than any page of the web test data, whose largest has 0.3 MB of markup."""

MAX_SPINE: Final = 10_000
"""Items of a spine: a book has some hundred, one with an item a page some thousand."""

_ENCRYPTION: Final = "META-INF/encryption.xml"
_PAGES: Final = frozenset(
    (
        "application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/xml",
        "application/xml", "text/x-oeb1-document", "application/html", "text/xhtml",
    )
)  # fmt: skip
_PAGE_NAMES: Final = (".xhtml", ".html", ".htm", ".xht")
_MAX_FALLBACKS: Final = 10  # items that stand in for one another; a loop ends here


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
        if (archive.find(item) or item) in locked:
            raise LostError(ENCRYPTED, item)
        parts.append(_part(archive, item))
    return about, _whole_or_parts(parts)


_RIGHTS_PROPERTIES: Final = frozenset(("dcterms:rights", "dcterms:license", "cc:license"))
"""Properties of `<meta>` (EPUB 3.3, section 5.5.5) that state rights."""


def _about(opf: etree._Element, where: str) -> DocumentMetadata:
    rights = [("dc:rights", text) for text in all_texts(opf, "rights")]
    rights += [
        (f"{attribute(meta, 'property')}", " ".join((meta.text or "").split()))
        for meta in opf.iter()
        if local(meta) == "meta" and attribute(meta, "property") in _RIGHTS_PROPERTIES
    ]
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
            published = moment({"date": element.text}, "date")
            if published is not None:
                return published
    return None


def _locked(archive: ZipArchive) -> frozenset[str]:
    """Members that are encrypted; obfuscated fonts are such, too."""
    if not archive.has(_ENCRYPTION):
        return frozenset()
    root = archive.xml(_ENCRYPTION)
    addresses = (attribute(e, "URI") for e in root.iter() if local(e) == "CipherReference")
    names = (unquote(address) for address in addresses if address)
    return frozenset(archive.find(name) or name for name in names)


def _spine(opf: etree._Element, folder: str) -> list[str]:
    """Names of the pages in reading order, each once, without the table of contents.

    A book whose spine names no page is read in the order of its manifest.
    """
    items = {attribute(e, "id"): e for e in opf.iter() if local(e) == "item"}
    references = (
        reference for spine in children(opf, "spine") for reference in children(spine, "itemref")
    )
    pages = [_page(items, attribute(reference, "idref")) for reference in references]
    if not any(page is not None for page in pages):
        pages = [item for item in items.values() if _is_page(item)]
    names: dict[str, None] = {}
    for page in pages:
        if page is not None and "nav" not in (attribute(page, "properties") or "").split():
            href = unquote((attribute(page, "href") or "").partition("#")[0])
            names[posixpath.normpath(posixpath.join(folder, href.replace("\\", "/")))] = None
    if len(names) > MAX_SPINE:
        raise LostError(TOO_LARGE, f"{len(names)} items in the spine")
    return list(names)


def _page(
    items: Mapping[str | None, etree._Element], identity: str | None
) -> etree._Element | None:
    """The item of the manifest, or its fallback, that is a page; a picture is not."""
    for _ in range(_MAX_FALLBACKS):
        item = items.get(identity)
        if item is None or _is_page(item):
            return item
        identity = attribute(item, "fallback")
    return None


def _is_page(item: etree._Element) -> bool:
    kind = (attribute(item, "media-type") or "").partition(";")[0].strip().lower()
    href = (attribute(item, "href") or "").partition("#")[0].lower()
    if kind in _PAGES:
        return True
    is_named = href.endswith(_PAGE_NAMES)
    return is_named and not kind.startswith(("image/", "audio/", "video/", "font/"))


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
