"""Text of an ODT (OASIS OpenDocument 1.3), and the fonts that it is in."""

from __future__ import annotations

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
    ("note", "annotation", "tracked-changes", "table-of-content", "alphabetical-index", "ruby-text")
)
_MAX_SPACES: Final = 100  # of one <text:s>: a file may claim any number
_MAX_BASES: Final = 20

Fonts = tuple[str | None, str | None]
"""The font of Latin letters and that of complex scripts."""


def read_odt(archive: ZipArchive) -> tuple[DocumentMetadata, list[DocumentPart]]:
    """What the document says about itself, and its text as one part."""
    if _MANIFEST in archive.names:
        manifest = archive.xml(_MANIFEST)
        if any(local(element) == "encryption-data" for element in manifest.iter()):
            raise LostError(ENCRYPTED, _MANIFEST)
    root = archive.xml(CONTENT)
    styles = _OdtStyles([root, *([archive.xml(_STYLES)] if _STYLES in archive.names else [])])
    fonts = FontCount()
    paragraphs = _OdtWalk(styles, fonts).paragraphs(root)
    fonts.check()
    return dublin_core_of(archive, _META), [
        DocumentPart("\n".join(text for text in paragraphs if text.strip()))
    ]


class _OdtStyles:
    """Fonts by the name of a style; what a style leaves open its parent says."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._own: dict[str, tuple[str | None, Fonts]] = {}
        self._default: Fonts = (None, None)
        for root in roots:
            for element in root.iter():
                if local(element) == "style":
                    name = attribute(element, "name") or ""
                    parent = attribute(element, "parent-style-name")
                    self._own.setdefault(name, (parent, _fonts(element)))
                elif _is_default(element):
                    self._default = _fonts(element)

    def fonts(self, names: list[str | None]) -> Fonts:
        """The fonts under the styles of those names, the last one first."""
        latin: str | None = None
        complex_: str | None = None
        for name in reversed(names):
            for _ in range(_MAX_BASES):
                if name not in self._own:
                    break
                name, own = self._own[name]  # noqa: PLW2901 - up the chain of parents
                latin, complex_ = latin or own[0], complex_ or own[1]
        return latin or self._default[0], complex_ or self._default[1]


def _is_default(element: etree._Element) -> bool:
    return local(element) == "default-style" and attribute(element, "family") == "paragraph"


def _fonts(style: etree._Element) -> Fonts:
    for properties in children(style, "text-properties"):
        latin = attribute(properties, "font-name") or attribute(properties, "font-family")
        other = attribute(properties, "font-name-complex")
        return latin, other or attribute(properties, "font-family-complex")
    return None, None


class _OdtWalk:
    def __init__(self, styles: _OdtStyles, fonts: FontCount) -> None:
        self._styles, self._fonts = styles, fonts

    def paragraphs(self, element: etree._Element) -> list[str]:
        """The paragraphs and headings under an element."""
        found: list[str] = []
        waiting = [element]
        while waiting:
            one = waiting.pop()
            if local(one) in ("p", "h"):
                found.append(self._text(one, []))
            elif local(one) not in _SKIPPED:
                waiting.extend(reversed(one))
        return found

    def _text(self, element: etree._Element, above: list[str | None]) -> str:
        # recursion is bounded: lxml refuses a depth of 256 elements
        names = [*above, attribute(element, "style-name")]
        fonts = self._styles.fonts(names)
        pieces = [self._note(element.text, fonts)]
        for child in element:
            kind = local(child)
            if kind == "s":
                count = attribute(child, "c") or "1"
                pieces.append(" " * min(int(count) if count.isdecimal() else 1, _MAX_SPACES))
            elif kind in ("tab", "line-break"):
                pieces.append("\t" if kind == "tab" else "\n")
            elif kind in ("p", "h"):  # of a text box
                pieces.append("\n" + self._text(child, names) + "\n")
            elif kind and kind not in _SKIPPED:
                pieces.append(self._text(child, names))
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
