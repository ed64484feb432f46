"""From a page as MediaWiki renders it to the text that a reader sees, without its apparatus.

Takes the HTML of the REST API (Parsoid, https://www.mediawiki.org/wiki/Specs/HTML/2.6.0) and of
`action=parse`: the content alone, no skin. Kept and dropped is what `text` keeps and drops of
wikitext; but templates are expanded here, so that their prose is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree, html

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.reasons import CORRUPT
from corpuskit.connectors.wikimedia.lines import HEADING, ITEM, text_of
from corpuskit.connectors.wikimedia.namespaces import Namespaces
from corpuskit.connectors.wikimedia.text import BOXES, INVISIBLE
from corpuskit.text.raised import RAISED, raised

_DROPPED: Final = frozenset({
    "audio", "button", "code", "figure", "figure-inline", "form", "head", "iframe", "img", "input",
    "link", "map", "math", "meta", "nav", "noscript", "object", "pre", "rp", "rt", "rtc",
    "script", "select", "style", "svg", "table", "template", "textarea", "title", "video",
})  # fmt: skip
"""Elements whose content is not prose; readings above characters (ruby) among them."""
_CLASSES: Final = re.compile(
    r"(?:^|\s)(?:reference|mw-ref|mw-references-wrap|mw-reference-text|mw-cite-backlink|gallery"
    r"|gallerybox|mwe-math-element|mw-highlight|mw-code|mw-broken-media|mw-indicators?|autonumber"
    r"|shortdescription|mw-kartographer-\S+|printfooter|mw-jump\S*|navigation-not-searchable"
    r"|error|mw-ext-cite-error|mw-empty-elt|redirectMsg|mw-selflink-fragment)(?:\s|$)"
)
"""Classes that MediaWiki and its extensions give to what is not prose (1.39 to 1.43)."""
_TYPES: Final = re.compile(
    r"\bmw:(?:Extension/(?!poem|indicator)\S+|Image\S*|File\S*|Video\S*|Audio\S*|FallbackId)"
)
"""What Parsoid calls references, files, formulas and the output of other extensions."""
_ROLES: Final = frozenset({"note", "navigation", "presentation"})
_BLOCKS: Final = frozenset({
    "article", "blockquote", "body", "center", "details", "div", "dl", "hr", "main", "ol", "p",
    "section", "summary", "ul",
})  # fmt: skip
_ITEMS: Final = frozenset({"li", "dd", "dt"})
_HEADINGS: Final = {f"h{level}": str(level) for level in range(1, 7)}
_SPACE: Final = re.compile("[ \t\r\n\f\x01\x02]+")
_TEMPLATE: Final = 10
_REDIRECT: Final = re.compile(r'rel="mw:PageProp/redirect"\s+href="([^"]*)"|class="redirectMsg"')
_PARSER: Final = {"no_network": True, "huge_tree": False, "encoding": "utf-8"}


class HtmlConverter:
    """Converts the rendered pages of one wiki."""

    def __init__(self, namespaces: Mapping[str, int], language: str | None = None) -> None:
        """`namespaces` gives the number of each namespace by its name; `language` is MediaWiki's
        code of the wiki's language."""
        self._namespaces = Namespaces(namespaces, language)

    def text_of(self, content: bytes) -> str | Damage:
        """The text, a line per paragraph, heading or item; Damage where the parser gives up."""
        try:
            root = html.document_fromstring(content, parser=html.HTMLParser(**_PARSER))
        except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
            return Damage(CORRUPT, f"HTML: {type(error).__name__}")
        return text_of("".join(self._parts(root)))

    def _parts(self, root: html.HtmlElement) -> Iterator[str]:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        dropped = None
        for event, node in walk:
            if event == "start":
                if self._is_dropped(node):
                    dropped = node
                    walk.skip_subtree()
                else:
                    yield _opening(node)
                    text = _plain(node.text)
                    yield raised(text, node.tag, "x") if node.tag in RAISED else text
                continue
            if event == "end" and node is not dropped:
                yield _closing(node)
            yield _plain(node.tail)

    def _is_dropped(self, node: html.HtmlElement) -> bool:
        if not isinstance(node.tag, str) or node.tag in _DROPPED:
            return True
        classes, kind = node.get("class", ""), node.get("typeof", "")
        return bool(
            (classes and (_CLASSES.search(classes) or BOXES.search(classes)))
            or (kind and _TYPES.search(kind))
            or node.get("role") in _ROLES
            or INVISIBLE.search(node.get("style", ""))
            or BOXES.search(node.get("id", ""))
            or (node.tag == "a" and self._is_missing_template(node))
        )

    def _is_missing_template(self, link: html.HtmlElement) -> bool:
        """MediaWiki shows a template that is not there as a link to it."""
        return self._namespaces.number(link.text or "") == _TEMPLATE


def redirect_of(content: str) -> str | None:
    """Where a page leads that is a redirect, as far as it says; None if it is not a redirect."""
    match = _REDIRECT.search(content)
    return (match[1] or "") if match else None


def _plain(text: str | None) -> str:
    return _SPACE.sub(" ", text) if text else ""


def _opening(node: html.HtmlElement) -> str:
    if node.tag in _HEADINGS:
        return f"\n\n{HEADING}{_HEADINGS[node.tag]}"
    if node.tag in _ITEMS:
        return f"\n{ITEM}"
    if node.tag == "br":
        if next(node.iterancestors(*_HEADINGS), None) is not None:
            return " "
        return "\n\n" if _is_in_poem(node) else "\n"
    return "\n\n" if node.tag in _BLOCKS else ""


def _is_in_poem(node: html.HtmlElement) -> bool:
    return any("poem" in (above.get("class") or "").split() for above in node.iterancestors("div"))


def _closing(node: html.HtmlElement) -> str:
    if node.tag in _ITEMS:
        return "\n"
    return "\n\n" if node.tag in _BLOCKS or node.tag in _HEADINGS else ""
