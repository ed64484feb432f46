"""Text of a DOCX (ECMA-376, WordprocessingML), and the fonts that it is in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.containers.zip_archive import ZipArchive, check_markup
from corpuskit.connectors.documents.docx_styles import (
    Fonts,
    is_on,
    is_vanished,
    read_styles,
    run_fonts,
)
from corpuskit.connectors.documents.legacy_fonts import FontCount
from corpuskit.connectors.documents.package import main_document, relationships
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.documents.xhtml import decoded, page_text
from corpuskit.connectors.dublin_core import dublin_core_of
from corpuskit.connectors.reasons import (
    CORRUPT,
    TOO_LARGE,
    UNSUPPORTED_TYPE,
    LostError,
)
from corpuskit.connectors.sniff import HTML, TEXT, XHTML, sniff
from corpuskit.connectors.xml import attribute, children, local

MAX_ELEMENTS: Final = 500_000
"""Elements of one paragraph: each takes some 0.2 kB of memory."""

MAX_MARKUP: Final = 6_000_000
"""Tags and attributes of a document: 1,000 pages have some 500,000, and each takes some 5 us."""

_CORE: Final = "docProps/core.xml"
_CUSTOM: Final = "docProps/custom.xml"
_BREAKS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED: Final = frozenset(
    # deleted, readings of ruby, or numbers and names of other places
    (
        "del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sdtPr", "sectPr",
        "rt", "rubyPr",
    )
)  # fmt: skip
_KEPT: Final = frozenset(("sdtPr", "trPr"))  # what follows them is shown or not by what they say


def read_docx(archive: ZipArchive) -> tuple[DocumentMetadata, list[DocumentPart]]:
    """What the document says about itself, and its text as one part.

    Other documents that it holds are in the text where they stand; one that cannot be read is a
    part with the reason.
    """
    fonts = FontCount()
    reader = _DocxReader(archive, fonts)
    text = "\n".join(reader.paragraphs())
    fonts.check()
    return dublin_core_of(archive, _CORE, _CUSTOM), [DocumentPart(text), *reader.lost]


class _DocxReader:
    """Reads the paragraphs of a document one by one, whatever its size."""

    def __init__(self, archive: ZipArchive, fonts: FontCount) -> None:
        self._archive, self._fonts = archive, fonts
        self._part = main_document(archive) or ""
        self._links = relationships(archive, self._part)
        named = (link.target for link in self._links if link.kind == "styles")
        self._styles = read_styles(archive, next(named, "word/styles.xml"))
        self.lost: list[DocumentPart] = []
        """The documents within that could not be read."""

    def paragraphs(self) -> Iterator[str]:
        """The text of every paragraph that has any."""
        content = self._archive.read(self._part)
        check_markup(self._part, content, MAX_MARKUP)
        size = 0
        for block in _blocks(content, self._part):
            texts = self._chunk(block) if local(block) == "altChunk" else self._text(block)
            for text in filter(str.strip, texts):
                size += len(text)
                if size > MAX_CONTENT_BYTES:
                    raise LostError(TOO_LARGE, f"more than {MAX_CONTENT_BYTES} characters")
                yield text

    def _text(self, paragraph: etree._Element) -> Iterator[str]:
        """The text of a paragraph, then that of the paragraphs in text boxes within it."""
        style = _style_of(paragraph, "pPr", "pStyle") or self._styles.standard
        if self._styles.is_contents(style):
            return
        pieces: list[str] = []
        boxes: list[etree._Element] = []
        nothing: Fonts = {}
        waiting = [(child, nothing) for child in reversed(paragraph)]
        while waiting:
            element, used = waiting.pop()
            name = local(element)
            if name == "p":
                boxes.append(element)
            elif name == "t":
                pieces.append(self._counted(element.text or "", used))
            elif name in _BREAKS:
                pieces.append(_BREAKS[name])
            elif name == "r":
                run_style = _style_of(element, "rPr", "rStyle")
                if not self._is_hidden(element, style, run_style):
                    fonts = self._styles.fonts(style, run_style) | run_fonts(element)
                    waiting.extend((child, fonts) for child in reversed(element))
            elif not _is_skipped(element):
                waiting.extend((child, used) for child in reversed(element))
        yield "".join(pieces)
        for box in boxes:
            yield from self._text(box)

    def _is_hidden(self, run: etree._Element, *styles: str | None) -> bool:
        hidden = is_vanished(run)
        return self._styles.is_hidden(*styles) if hidden is None else hidden

    def _counted(self, text: str, used: Fonts) -> str:
        for char in text:
            self._fonts.add(_font_of(char, used), char)
        return text

    def _chunk(self, element: etree._Element) -> Iterator[str]:
        """The paragraphs of a document within the document (17.17.2.1)."""
        identity = attribute(element, "id")
        targets = (link.target for link in self._links if link.identity == identity)
        part = next(targets, f"altChunk {identity}")
        try:
            yield from self._chunk_text(part).splitlines()
        except LostError as lost:
            self.lost.append(DocumentPart(item=part, reason=lost.reason, detail=lost.detail))

    def _chunk_text(self, part: str) -> str:
        content = self._archive.read(part)
        kind = sniff(content[:4096])
        if content.startswith(b"PK\x03\x04") and not self._archive.is_nested:
            with ZipArchive(content, within=self._archive) as inner:
                reader = _DocxReader(inner, self._fonts)
                text = "\n".join(reader.paragraphs())
                self.lost.extend(reader.lost)
                return text
        if kind in (HTML, XHTML) or part.lower().endswith((".htm", ".html", ".xhtml")):
            return page_text(content)
        if kind == TEXT and not content.lstrip().startswith((b"{\\rtf", b"MIME-Version")):
            return decoded(content)
        raise LostError(UNSUPPORTED_TYPE, kind)


@dataclass
class _BlockState:
    """Where a walk over the elements of a document is."""

    in_body: int = 0
    skipped: int = 0
    paragraphs: int = 0
    """Paragraphs around this place: those of text boxes are within others."""
    elements: int = 0
    """Elements of the paragraph so far."""
    opened: list[bool] = field(default_factory=list)
    """Of every element around this place, whether it is skipped."""
    alternatives: list[bool] = field(default_factory=list)
    """Of every AlternateContent around this place, whether a choice of it has text."""


def _blocks(content: bytes, part: str) -> Iterator[etree._Element]:
    """Paragraphs and documents within, in order, those of tables and content controls among them.

    Each is whole only until the next one is asked for: what was read is given up, so that a
    document of millions of paragraphs takes the memory of one.
    """
    state = _BlockState()
    events = etree.iterparse(
        io.BytesIO(content), ("start", "end"), no_network=True, load_dtd=False,
        resolve_entities=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for event, element in events:
            if event == "start":
                if element.getparent() is None and local(element) != "document":
                    raise LostError(UNSUPPORTED_TYPE, f"{part}: {local(element)[:80]}")
                _open(state, element)
            elif _close(state, element):
                yield element
    except etree.XMLSyntaxError as error:
        raise LostError(CORRUPT, f"{part}: {error}"[:200]) from None


def _open(state: _BlockState, element: etree._Element) -> None:
    name = local(element)
    if name == "AlternateContent":
        state.alternatives.append(False)
    if name == "Fallback":  # the choices before it may have been given up
        skips = not state.paragraphs and bool(state.alternatives) and state.alternatives[-1]
    else:
        skips = not state.paragraphs and _is_skipped(element)
    state.opened.append(skips)
    state.skipped += skips
    state.in_body += name == "body"
    if state.paragraphs:
        state.elements += 1
        if state.elements > MAX_ELEMENTS:
            raise LostError(TOO_LARGE, f"a paragraph of more than {MAX_ELEMENTS} elements")
    if name == "p" and state.in_body and not state.skipped:
        state.paragraphs += 1


def _close(state: _BlockState, element: etree._Element) -> bool:
    """Whether the element that ends is a block to be read."""
    name = local(element)
    state.in_body -= name == "body"
    state.skipped -= state.opened.pop()
    if name == "AlternateContent" and state.alternatives:
        state.alternatives.pop()
    if name == "t" and (element.text or "").strip() and not state.skipped:
        state.alternatives = [True] * len(state.alternatives)
    is_read = bool(state.in_body) and not state.skipped
    if is_read and name == "p":
        state.paragraphs -= 1
    if state.paragraphs:
        return False
    state.elements = 0
    _give_up_previous(element)
    return is_read and name in ("p", "altChunk")


def _give_up_previous(element: etree._Element) -> None:
    previous, parent = element.getprevious(), element.getparent()
    if previous is None or parent is None:
        return
    if local(previous) not in _KEPT or previous.getprevious() is not None:
        parent.remove(previous)


def _is_skipped(element: etree._Element) -> bool:
    """Whether an element is not text, or is text that is not shown.

    Of an element that is being read, what stands before it is known.
    """
    name = local(element)
    if not name or name in _SKIPPED:
        return True
    parent = element.getparent()
    if parent is None:
        return False
    if name == "Fallback":  # of ECMA-376 part 3, 9.3; for programs that show none of the choices
        return any(_has_text(choice) for choice in children(parent, "Choice"))
    if name == "sdtContent":
        return any(_is_no_content(properties) for properties in children(parent, "sdtPr"))
    if name == "tc":  # of a row that is deleted (17.13.5.12)
        rows = (properties for properties in children(parent, "trPr"))
        return any(True for properties in rows for _ in children(properties, "del"))
    return False


def _has_text(element: etree._Element) -> bool:
    return any((text.text or "").strip() for text in element.iter("{*}t"))


def _is_no_content(properties: etree._Element) -> bool:
    """Whether a content control shows an invitation to type, or a table of contents."""
    if any(is_on(element) for element in children(properties, "showingPlcHdr")):
        return True
    return any(
        "table of contents" in (attribute(gallery, "val") or "").lower()
        for part in children(properties, "docPartObj", "docPartList")
        for gallery in children(part, "docPartGallery")
    )


def _style_of(element: etree._Element, properties: str, name: str) -> str | None:
    for holder in children(element, properties):
        for style in children(holder, name):
            return attribute(style, "val")
    return None


def _font_of(char: str, used: Fonts) -> str | None:
    """The font that draws a character (ECMA-376 part 1, 17.3.2.26, by the blocks met here)."""
    code = ord(char)
    if code < 0x80:
        return used.get("ascii")
    if code < 0x250:
        return used.get("hAnsi")
    # Burmese typed in Zawgyi has it as the font of any kind: programs differ in which they set
    named = [used[kind] for kind in ("cs", "hAnsi", "ascii") if kind in used]
    return next((n for n in named if n.lower().startswith("zawgyi")), named[0] if named else None)
