"""What the styles of a DOCX say of text: its fonts, whether it is shown, what it is for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.xml import attribute, children, local

Fonts = dict[str, str]
"""Font by the kind of letters: ascii, hAnsi (other European), cs (complex), eastAsia."""

_MAX_BASES: Final = 20  # styles based on one another; a loop ends here
_CONTENTS: Final = re.compile(r"toc ?(?:\d|heading)|index ?(?:\d|heading)", re.IGNORECASE)
"""Names of the styles of a table of contents or an index by word; built-in names are English in
every language of Word (ECMA-376 part 1, 17.7.4.9)."""


@dataclass(frozen=True, slots=True)
class DocxStyle:
    """What one style says by itself."""

    base: str | None
    fonts: Fonts
    is_hidden: bool | None
    """None where the style on which it is based says."""
    name: str


@dataclass
class DocxStyles:
    """The styles of a document."""

    default: Fonts = field(default_factory=dict)
    by_identity: dict[str, DocxStyle] = field(default_factory=dict)
    standard: str | None = None
    """The paragraph style of a paragraph that names none."""

    def fonts(self, *identities: str | None) -> Fonts:
        """The fonts under the styles of those names, the later ones over the earlier."""
        merged = dict(self.default)
        for identity in identities:
            for style in reversed(self._chain(identity)):
                merged.update(style.fonts)
        return merged

    def is_hidden(self, *identities: str | None) -> bool:
        """Whether the styles of those names hide text; two that do show it again (17.7.3)."""
        hidden = False
        for identity in identities:
            stated = (style.is_hidden for style in self._chain(identity))
            hidden ^= next((value for value in stated if value is not None), False)
        return hidden

    def is_contents(self, identity: str | None) -> bool:
        """Whether paragraphs of a style are lines of a table of contents or an index."""
        if identity is None:
            return False
        chain = self._chain(identity)
        names = [identity, *(style.name for style in chain)]
        return any(_CONTENTS.fullmatch(name) for name in names)

    def _chain(self, identity: str | None) -> list[DocxStyle]:
        """A style and those that it is based on."""
        chain: list[DocxStyle] = []
        while identity in self.by_identity and len(chain) < _MAX_BASES:
            chain.append(self.by_identity[identity])
            identity = chain[-1].base
        return chain


def read_styles(archive: ZipArchive, part: str) -> DocxStyles:
    """The styles of the part of that name; none if there is no such part."""
    styles = DocxStyles()
    if not archive.has(part):
        return styles
    root = archive.xml(part)
    for defaults in children(root, "docDefaults"):
        for fonts in (e for e in defaults.iter() if local(e) == "rFonts"):
            styles.default.update(_fonts(fonts))
    for style in children(root, "style"):
        identity = attribute(style, "styleId") or ""
        styles.by_identity[identity] = DocxStyle(
            next((attribute(e, "val") for e in children(style, "basedOn")), None),
            run_fonts(style),
            is_vanished(style),
            next((attribute(e, "val") or "" for e in children(style, "name")), ""),
        )
        if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true"):
            styles.standard = identity
    return styles


def run_fonts(element: etree._Element) -> Fonts:
    """The fonts that a run, or a style, names itself."""
    for properties in children(element, "rPr"):
        for fonts in children(properties, "rFonts"):
            return _fonts(fonts)
    return {}


def is_vanished(element: etree._Element) -> bool | None:
    """Whether a run, or a style, says itself that text is hidden; None if it does not say."""
    for properties in children(element, "rPr"):
        for vanish in children(properties, "vanish"):
            return is_on(vanish)
    return None


def is_on(element: etree._Element) -> bool:
    """The value of a property that is on or off (17.17.4)."""
    return (attribute(element, "val") or "on").lower() not in ("0", "false", "off")


def _fonts(element: etree._Element) -> Fonts:
    names = {kind: attribute(element, kind) for kind in ("ascii", "hAnsi", "cs", "eastAsia")}
    return {kind: name for kind, name in names.items() if name}
