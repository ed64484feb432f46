"""From wikitext to the text that a reader of the page sees, without its apparatus.

Kept: headings of sections that have text, paragraphs, items of lists, the text of links. Dropped:
templates (but for a few that stand for text), tables, references, galleries, files, categories,
formulas, comments, magic words, boxes and notes by their classes. Nothing is expanded: a dump
of articles does not hold what templates would need.

References and comments are taken out before parsing, since an unclosed one would end up as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.reasons import CORRUPT
from corpuskit.connectors.wikimedia.lines import HEADING, ITEM, tidy
from corpuskit.connectors.wikimedia.namespaces import Link, Namespaces
from corpuskit.connectors.wikimedia.words import words_of

_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_EMPTY_REF: Final = re.compile(r"<ref(?:\s[^<>]*)?/\s*>", re.IGNORECASE)
_REF: Final = re.compile(r"<ref(?:\s[^<>]*)?>", re.IGNORECASE)
_REF_END: Final = re.compile(r"</ref\s*>", re.IGNORECASE)
_OPEN_REF: Final = re.compile(r"<ref(?:\s[^<>\n]*)?>[^\n]*", re.IGNORECASE)

_INDENTED_TABLE: Final = re.compile(r"^[:*#;][:*#; \t]*(?=\{\|)", re.MULTILINE)
"""MediaWiki takes a table for one after such marks, the parser does not."""

MAX_UNCLOSED: Final = 3_000
"""Elements and tables without an end in a page. The parser tries each to the end of the page:
it took 82 s for 40,000 and takes under a second for as many as this. Real pages have a few."""
_OPENED: Final = re.compile(r"<(?!(?:br|hr|li|dd|dt|img|wbr)\b)[a-z]|\{\|", re.IGNORECASE)
_CLOSED: Final = re.compile(r"</[a-z]|/>|\|\}", re.IGNORECASE)

_DROPPED: Final = frozenset({
    "categorytree", "ce", "chem", "code", "gallery", "graph", "hiero", "imagemap", "includeonly",
    "indicator", "inputbox", "mapframe", "maplink", "math", "pre", "ref", "references", "score",
    "script", "section", "source", "style", "syntaxhighlight", "table", "templatedata",
    "templatestyles", "timeline", "video",
})  # fmt: skip
"""Elements whose content is no prose of the page's language."""

_BLOCKS: Final = frozenset({
    "blockquote", "center", "div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p",
    "poem", "section", "ul",
})  # fmt: skip
_ITEMS: Final = frozenset({"li", "dd", "dt"})

BOXES: Final = re.compile(
    r"\b(?:navbox|infobox|metadata|[a-z]mbox|noprint|reflist|references|toc|thumb\w*"
    r"|mw-editsection|hatnote|dablink|vertical-navbox|sidebar|catlinks)\b",
    re.IGNORECASE,
)
"""Classes of boxes and notes around the text (MediaWiki's skins and Wikipedia's Common.css)."""
INVISIBLE: Final = re.compile(r"display\s*:\s*none", re.IGNORECASE)

_LAST_ARGUMENT: Final = frozenset({"lang", "nowrap", "nobr", "transl", "big", "small"})
"""Templates, of the same name on most wikis, that show their last unnamed argument."""
_LANG: Final = re.compile(r"lang-[a-z-]+")
_CHARACTERS: Final = {"!": "|", "=": "=", "nbsp": "\u00a0", "ndash": "–", "mdash": "—", "·": "·"}


class Converter:
    """Converts the pages of one wiki."""

    def __init__(self, namespaces: Mapping[str, int], language: str | None = None) -> None:
        """`namespaces` gives the number of each namespace by its name; `language` is MediaWiki's
        code of the wiki's language, as the dump has it in `xml:lang`."""
        self._namespaces = Namespaces(namespaces, language)
        self._words = words_of(language)

    def redirect_of(self, wikitext: str) -> str | None:
        """Title of the page that this one leads to; None if it is not a redirect."""
        found = self._words.redirect.match(wikitext.lstrip())
        return found[1].strip() if found else None

    def text_of(self, wikitext: str, title: str = "") -> str | Damage:
        """The text, a line per paragraph, heading or item; Damage where the parser gives up."""
        import mwparserfromhell
        from mwparserfromhell.parser import ParserError

        wikitext = _without_notes(wikitext)
        if (unclosed := _unclosed(wikitext)) > MAX_UNCLOSED:
            return Damage(CORRUPT, f"wikitext: {unclosed} elements or tables have no end")
        try:
            # Quotes of bold and italic come off in `tidy`: the parser goes back and forth over
            # unbalanced ones, which are common, and leaves them in.
            code = mwparserfromhell.parse(wikitext, skip_style_tags=True)
            rendered = "".join(self._nodes(code.nodes, title))
        except (ParserError, RecursionError) as error:
            return Damage(CORRUPT, f"wikitext: {type(error).__name__}")
        return tidy(self._words.switches.sub("", rendered))

    def _nodes(self, nodes: Iterable[Any], title: str) -> Iterator[str]:
        for node in nodes:
            yield from getattr(self, f"_{type(node).__name__.lower()}", _nothing)(node, title)

    def _inner(self, code: Any, title: str) -> str:
        return "" if code is None else "".join(self._nodes(code.nodes, title))

    def _text(self, node: Any, _title: str) -> Iterator[str]:
        yield str(node)

    def _htmlentity(self, node: Any, _title: str) -> Iterator[str]:
        try:
            yield node.normalize()
        except (ValueError, OverflowError):  # a number beyond Unicode
            return

    def _heading(self, node: Any, title: str) -> Iterator[str]:
        yield f"\n\n{HEADING}{node.level}{_one_line(self._inner(node.title, title))}\n\n"

    def _wikilink(self, node: Any, title: str) -> Iterator[str]:
        target = str(node.title).strip()
        if self._namespaces.kind(target) is Link.NOTHING:
            return
        shown = self._inner(node.text, title).strip("\n")
        yield shown or self._inner(node.title, title).strip().removeprefix(":")

    def _externallink(self, node: Any, title: str) -> Iterator[str]:
        if node.title is not None:
            yield self._inner(node.title, title)
        elif not node.brackets:
            yield str(node.url)

    def _argument(self, node: Any, title: str) -> Iterator[str]:
        yield self._inner(node.default, title)

    def _template(self, node: Any, title: str) -> Iterator[str]:
        name = str(node.name).strip()
        shown = [one for one in node.params if not one.showkey]
        if name in self._words.titles:
            yield title
        elif name in _CHARACTERS:
            yield _CHARACTERS[name]
        elif found := self._words.functions.fullmatch(name):
            yield found[1].strip()
        elif shown and (name.casefold() in _LAST_ARGUMENT or _LANG.fullmatch(name.casefold())):
            yield self._inner(shown[-1].value, title).strip()

    def _tag(self, node: Any, title: str) -> Iterator[str]:
        name = str(node.tag).strip().casefold()
        if name in _DROPPED or _is_hidden(node):
            return
        if name == "br":
            yield "\n"
        elif name in _ITEMS:
            yield f"\n{ITEM}{self._inner(node.contents, title)}"
        elif name in _BLOCKS:
            yield f"\n\n{self._inner(node.contents, title)}\n\n"
        elif name == "nowiki":
            yield str(node.contents or "")
        else:
            yield self._inner(node.contents, title)


def _nothing(_node: Any, _title: str) -> Iterator[str]:
    yield from ()


def _without_notes(wikitext: str) -> str:
    """The wikitext without comments and references, its tables where the parser sees them."""
    text = _EMPTY_REF.sub("", _COMMENT.sub("", wikitext))
    kept, at = [], 0
    while (start := _REF.search(text, at)) and (end := _REF_END.search(text, start.end())):
        kept.append(text[at : start.start()])
        at = end.end()
    rest = "".join(kept) + _OPEN_REF.sub("", text[at:])
    return _INDENTED_TABLE.sub("", rest)


def _unclosed(wikitext: str) -> int:
    return len(_OPENED.findall(wikitext)) - len(_CLOSED.findall(wikitext))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_hidden(node: Any) -> bool:
    for one in node.attributes:
        name = str(one.name).strip().casefold()
        if name in ("class", "id", "role") and BOXES.search(str(one.value)):
            return True
        if name == "style" and INVISIBLE.search(str(one.value)):
            return True
    return False
