"""Text of a DOCX (ECMA-376, WordprocessingML), and the fonts that it is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.legacy_fonts import FontCount
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.dublin_core import dublin_core_of
from corpuskit.connectors.xml import attribute, children, local

DOCUMENT: Final = "word/document.xml"

_STYLES: Final = "word/styles.xml"
_CORE: Final = "docProps/core.xml"
_BREAKS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED: Final = frozenset(
    # deleted, twice (a fallback for older programs), or numbers and names of other places
    ("del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "sdtPr", "sectPr")
)
_MAX_BASES: Final = 20  # styles based on one another; a loop ends here

Fonts = dict[str, str]
"""Font by the kind of letters: ascii, hAnsi (other European), cs (complex), eastAsia."""


@dataclass
class _DocxStyles:
    default: Fonts = field(default_factory=dict)
    own: dict[str, tuple[str | None, Fonts]] = field(default_factory=dict)
    standard: str | None = None
    """The paragraph style of a paragraph that names none."""

    def fonts(self, *names: str | None) -> Fonts:
        """The fonts under the styles of those names, the later ones over the earlier."""
        merged = dict(self.default)
        for name in names:
            chain: list[Fonts] = []
            while name in self.own and len(chain) < _MAX_BASES:
                name, fonts = self.own[name]  # noqa: PLW2901 - up the chain of bases
                chain.append(fonts)
            for fonts in reversed(chain):
                merged.update(fonts)
        return merged


def read_docx(archive: ZipArchive) -> tuple[DocumentMetadata, list[DocumentPart]]:
    """What the document says about itself, and its text as one part."""
    styles = _styles(archive)
    root = archive.xml(DOCUMENT)
    fonts = FontCount()
    paragraphs: list[str] = []
    for body in children(root, "body"):
        for paragraph in _paragraphs(body):
            paragraphs.extend(_text(paragraph, styles, fonts))
    fonts.check()
    return dublin_core_of(archive, _CORE), [
        DocumentPart("\n".join(text for text in paragraphs if text.strip()))
    ]


def _styles(archive: ZipArchive) -> _DocxStyles:
    styles = _DocxStyles()
    if _STYLES not in archive.names:
        return styles
    root = archive.xml(_STYLES)
    for defaults in children(root, "docDefaults"):
        for fonts in (e for e in defaults.iter() if local(e) == "rFonts"):
            styles.default.update(_fonts(fonts))
    for style in children(root, "style"):
        name = attribute(style, "styleId") or ""
        base = next((attribute(e, "val") for e in children(style, "basedOn")), None)
        styles.own[name] = (base, _run_fonts(style))
        if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true"):
            styles.standard = name
    return styles


def _fonts(element: etree._Element) -> Fonts:
    found = {kind: attribute(element, kind) for kind in ("ascii", "hAnsi", "cs", "eastAsia")}
    return {kind: name for kind, name in found.items() if name}


def _run_fonts(element: etree._Element) -> Fonts:
    for properties in children(element, "rPr"):
        for fonts in children(properties, "rFonts"):
            return _fonts(fonts)
    return {}


def _style_of(element: etree._Element, properties: str, name: str) -> str | None:
    for found in children(element, properties):
        for style in children(found, name):
            return attribute(style, "val")
    return None


def _paragraphs(element: etree._Element) -> Iterator[etree._Element]:
    """Paragraphs in order, those of tables and content controls among them."""
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if local(one) == "p":
            yield one
        elif local(one) not in _SKIPPED:
            waiting.extend(reversed(one))


def _text(paragraph: etree._Element, styles: _DocxStyles, fonts: FontCount) -> Iterator[str]:
    """The text of a paragraph, then that of the paragraphs in text boxes within it."""
    pieces: list[str] = []
    inner: list[etree._Element] = []
    style = _style_of(paragraph, "pPr", "pStyle") or styles.standard
    waiting = list(reversed(paragraph))
    while waiting:
        one = waiting.pop()
        name = local(one)
        if name == "p":
            inner.append(one)
        elif name == "r":
            used = styles.fonts(style, _style_of(one, "rPr", "rStyle")) | _run_fonts(one)
            pieces.append(_run(one, used, fonts))
            waiting.extend(reversed([e for e in one if local(e) not in ("t", *_BREAKS)]))
        elif name not in _SKIPPED:
            waiting.extend(reversed(one))
    yield "".join(pieces)
    for one in inner:
        yield from _text(one, styles, fonts)


def _run(run: etree._Element, used: Fonts, fonts: FontCount) -> str:
    pieces = []
    if any(
        attribute(e, "val") not in ("0", "false")
        for p in children(run, "rPr")
        for e in children(p, "vanish")
    ):
        return ""  # hidden text
    for one in run:
        if local(one) == "t":
            pieces.append(one.text or "")
        else:
            pieces.append(_BREAKS.get(local(one), ""))
    text = "".join(pieces)
    for char in text:
        fonts.add(_font_of(char, used), char)
    return text


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
