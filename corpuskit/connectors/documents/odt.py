"""Text of an ODT (OASIS OpenDocument 1.3), and the fonts that it is in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.legacy_fonts import FontCount
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.dublin_core import dublin_core_of
from corpuskit.connectors.reasons import ENCRYPTED, LostError
from corpuskit.connectors.xml import attribute, children, local

CONTENT: Final = "content.xml"

_MANIFEST: Final = "META-INF/manifest.xml"
_META: Final = "meta.xml"
_STYLES: Final = "styles.xml"
_SKIPPED: Final = frozenset(
    (
        # what stands beside the text
        "note", "annotation", "tracked-changes", "ruby-text", "notes", "binary-data", "script",
        # tables of contents and indexes by word, and the titles of an index to be made
        "table-of-content", "alphabetical-index", "index-title-template",
        # what is not shown: an invitation to type, cells below a merged one
        "placeholder", "covered-table-cell",
    )
)  # fmt: skip
_ALTERNATIVES: Final = frozenset(("title", "desc"))
"""Names in SVG's namespace (ODF 1.3 part 3, 10.3.17) of texts in the place of a picture."""
_MAX_DIGITS: Final = 9
_MAX_SPACES: Final = 100  # of one <text:s>: a file may claim any number
_MAX_BASES: Final = 20
_LINE_ENDS: Final = re.compile(r"\n{2,}")

Fonts = tuple[str | None, str | None]
"""The font of Latin letters and that of complex scripts."""


def read_odt(archive: ZipArchive) -> tuple[DocumentMetadata, list[DocumentPart]]:
    """What the document says about itself, and its text as one part."""
    if archive.has(_MANIFEST):
        manifest = archive.xml(_MANIFEST)
        if any(local(element) == "encryption-data" for element in manifest.iter()):
            raise LostError(ENCRYPTED, _MANIFEST)
    root = archive.xml(CONTENT)
    styles = _OdtStyles([root, *([archive.xml(_STYLES)] if archive.has(_STYLES) else [])])
    fonts = FontCount()
    paragraphs = _OdtWalk(styles, fonts).paragraphs(root)
    fonts.check()
    return dublin_core_of(archive, _META), [
        DocumentPart("\n".join(text for text in paragraphs if text.strip()))
    ]


@dataclass(frozen=True, slots=True)
class _OdtStyle:
    parent: str | None
    fonts: Fonts
    is_hidden: bool | None
    """None where the parent says."""


class _OdtStyles:
    """Fonts and visibility by the name of a style; what a style leaves open its parent says."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._styles: dict[str, _OdtStyle] = {}
        self._default: Fonts = (None, None)
        for root in roots:
            for element in root.iter():
                if local(element) == "style":
                    name = attribute(element, "name") or ""
                    parent = attribute(element, "parent-style-name")
                    style = _OdtStyle(parent, _fonts(element), _hides(element))
                    self._styles.setdefault(name, style)
                elif _is_default(element):
                    self._default = _fonts(element)

    def fonts(self, names: list[str | None]) -> Fonts:
        """The fonts under the styles of those names, the last one first."""
        latin: str | None = None
        complex_: str | None = None
        for name in reversed(names):
            for style in self._chain(name):
                latin, complex_ = latin or style.fonts[0], complex_ or style.fonts[1]
        return latin or self._default[0], complex_ or self._default[1]

    def is_hidden(self, name: str | None) -> bool:
        """Whether text in a style is not shown."""
        return bool(next((s.is_hidden for s in self._chain(name) if s.is_hidden is not None), None))

    def _chain(self, name: str | None) -> list[_OdtStyle]:
        """A style and the parents above it."""
        chain: list[_OdtStyle] = []
        while name in self._styles and len(chain) < _MAX_BASES:
            chain.append(self._styles[name])
            name = chain[-1].parent
        return chain


def _is_default(element: etree._Element) -> bool:
    return local(element) == "default-style" and attribute(element, "family") == "paragraph"


def _fonts(style: etree._Element) -> Fonts:
    for properties in children(style, "text-properties"):
        latin = attribute(properties, "font-name") or attribute(properties, "font-family")
        other = attribute(properties, "font-name-complex")
        return latin, other or attribute(properties, "font-family-complex")
    return None, None


def _hides(style: etree._Element) -> bool | None:
    for properties in children(style, "text-properties"):
        display = attribute(properties, "display")
        return None if display is None else display == "none"
    return None


def _is_hidden_section(element: etree._Element) -> bool:
    display = attribute(element, "display")
    hidden = display == "condition" and attribute(element, "is-hidden") == "true"
    return hidden or display == "none"


class _OdtWalk:
    def __init__(self, styles: _OdtStyles, fonts: FontCount) -> None:
        self._styles, self._fonts = styles, fonts

    def paragraphs(self, element: etree._Element) -> list[str]:
        """The paragraphs and headings under an element."""
        paragraphs: list[str] = []
        waiting = [element]
        while waiting:
            inner = waiting.pop()
            if self._is_skipped(inner):
                continue
            if local(inner) in ("p", "h"):
                paragraphs.append(_LINE_ENDS.sub("\n", self._text(inner, [])).strip("\n"))
            else:
                waiting.extend(reversed(inner))
        return paragraphs

    def _is_skipped(self, element: etree._Element) -> bool:
        """Whether an element is not text, or is text that is not shown."""
        name = local(element)
        if not name or name in _SKIPPED or name.endswith("-source"):
            return True
        if name in _ALTERNATIVES:
            return "svg" in str(element.tag)
        if name == "hidden-text":
            return attribute(element, "is-hidden") != "false"
        if name == "section" and _is_hidden_section(element):
            return True
        if name == "table-row" and attribute(element, "visibility") in ("collapse", "filter"):
            return True
        is_hidden = self._styles.is_hidden(attribute(element, "style-name"))
        fields = children(element, "hidden-paragraph")
        return is_hidden or any(attribute(field, "is-hidden") == "true" for field in fields)

    def _text(self, element: etree._Element, above: list[str | None]) -> str:
        # recursion is bounded: lxml refuses a depth of 256 elements
        names = [*above, attribute(element, "style-name")]
        fonts = self._styles.fonts(names)
        pieces = [self._note(element.text, fonts)]
        for child in element:
            kind = local(child)
            if kind == "s":
                pieces.append(" " * _spaces(attribute(child, "c")))
            elif kind in ("tab", "line-break"):
                pieces.append("\t" if kind == "tab" else "\n")
            elif not self._is_skipped(child):
                text = self._text(child, names)
                pieces.append(f"\n{text}\n" if kind in ("p", "h") else text)  # of a text box
            pieces.append(self._note(child.tail, fonts))
        return "".join(pieces)

    def _note(self, text: str | None, fonts: Fonts) -> str:
        """White space in the file is one space; fonts are counted."""
        if not text:
            return ""
        for char in text:
            name = fonts[0] if ord(char) < 0x250 else fonts[1] or fonts[0]
            self._fonts.add(name, char)
        return text.replace("\n", " ").replace("\t", " ")


def _spaces(count: str | None) -> int:
    """How many spaces a `text:s` stands for; a file may claim any number."""
    if count is None or not count.isdecimal():
        return 1
    return min(int(count), _MAX_SPACES) if len(count) <= _MAX_DIGITS else _MAX_SPACES
