"""From wikitext to the text that a reader of the page sees, without its apparatus.

Kept: headings of sections that have text, paragraphs, items of lists, the text of links. Dropped:
templates (but for a few that stand for text), tables, references, galleries, files, categories,
formulas, comments, magic words, boxes and notes by their classes. Nothing is expanded: a dump
of articles does not hold what templates would need.

References, comments and literal text are taken out before parsing: an unclosed one would end up as
text, and literal text as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.reasons import CORRUPT, TOO_LARGE
from corpuskit.connectors.wikimedia import templates
from corpuskit.connectors.wikimedia.lines import HEADING, ITEM, tidy
from corpuskit.connectors.wikimedia.literals import Literals
from corpuskit.connectors.wikimedia.namespaces import Link, Namespaces
from corpuskit.connectors.wikimedia.unclosed import without_unclosed
from corpuskit.connectors.wikimedia.variants import without_variants
from corpuskit.connectors.wikimedia.words import WikiWords, words_of
from corpuskit.text.raised import RAISED, raised

_EMPTY_REF: Final = re.compile(r"<ref(?:\s[^<>]*)?/\s*+>", re.IGNORECASE)
_REF: Final = re.compile(r"<ref(?:\s[^<>]*+)?>", re.IGNORECASE)
_REF_END: Final = re.compile(r"</ref\s*+>", re.IGNORECASE)
_OPEN_REF: Final = re.compile(r"<ref(?:\s[^<>\n]*+)?>[^\n]*+", re.IGNORECASE)

_INDENTED_TABLE: Final = re.compile(r"^[:*#;][:*#; \t]*(?=\{\|)", re.MULTILINE)
"""MediaWiki takes a table for one after such marks, the parser does not."""

MAX_UNCLOSED: Final = 1_000
"""Elements and tables without an end in a page. The parser tries each to the end of the page:
it took 82 s for 40,000 and takes under a second for as many as this. Real pages have a few."""
MAX_MARKS: Final = 400_000
"""Links, templates, elements, cells, items and entities in a page: each is an object of about 1 kB
of the parser. Pages have one in 20 to 100 characters, and at most 2 MB ($wgMaxArticleSize)."""
MAX_PARAMETERS: Final = 10_000
"""Parameters of one template: the parser's time grows with their square (40,000 take it 2.7 s)."""
MAX_HEADINGS: Final = 20_000
"""Headings of a page: as many take 1.8 s. The longest lists have some hundreds."""
_PARAMETERS: Final = re.compile(rf"\{{\{{(?:[^{{}}|]*+\|){{{MAX_PARAMETERS}}}")
_HEADING: Final = re.compile(r"^=[^\n]*=[^\S\n]*$", re.MULTILINE)
_MARK: Final = re.compile(
    r"\[\[|\{\{|\{\||<[a-zA-Z]|&[a-zA-Z#]|\[(?=[a-z/])|\||^[:*#;]++", re.MULTILINE
)
_MANY_ITEMS: Final = re.compile(r"^([:*#;])[:*#;]{15,}+", re.MULTILINE)
"""Levels of lists beyond any use: each is an object of the parser."""
_OPENED: Final = re.compile(r"<(?!(?:br|hr|li|dd|dt|img|wbr)\b)[a-z]|\{\|", re.IGNORECASE)
_CLOSED: Final = re.compile(r"</[a-z]|/>|\|\}", re.IGNORECASE)

_DROPPED: Final = frozenset({
    "categorytree", "ce", "chem", "code", "gallery", "graph", "hiero", "imagemap", "includeonly",
    "indicator", "inputbox", "mapframe", "maplink", "math", "pre", "ref", "references", "score",
    "script", "section", "source", "style", "syntaxhighlight", "table", "templatedata",
    "templatestyles", "timeline", "video",
})  # fmt: skip
"""Elements whose content is not prose in the page's language."""

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


class Converter:
    """Converts the pages of one wiki."""

    def __init__(self, namespaces: Mapping[str, int], language: str | None = None) -> None:
        """`namespaces` gives the number of each namespace by its name; `language` is MediaWiki's
        code of the wiki's language, as the dump has it in `xml:lang`."""
        self._namespaces = Namespaces(namespaces, language)
        self._language = (language or "").lower()
        self._words = words_of(language)

    def redirect_of(self, wikitext: str) -> str | None:
        """Title of the page that this one leads to; None if it is not a redirect."""
        match = self._words.redirect.match(wikitext.lstrip())
        return match[1].strip() if match else None

    def text_of(self, wikitext: str, title: str = "") -> str | Damage:
        """The text, a line per paragraph, heading or item; Damage where the parser gives up."""
        import mwparserfromhell
        from mwparserfromhell.parser import ParserError

        literals = Literals()
        wikitext = without_unclosed(_without_notes(literals.take_out(wikitext)))
        if lost := _too_much(wikitext):
            return lost
        try:
            # Quotes of bold and italic come off in `tidy`: the parser goes back and forth over
            # unbalanced ones, which are common, and leaves them in.
            code = mwparserfromhell.parse(wikitext, skip_style_tags=True)
            rendered = _PageRenderer(self._namespaces, self._words, literals, title).render(code)
        except (ParserError, RecursionError) as error:
            return Damage(CORRUPT, f"wikitext: {type(error).__name__}")
        rendered = without_variants(self._words.switches.sub("", rendered), self._language)
        return literals.put_back(tidy(rendered))


class _PageRenderer:
    """Renders the parsed wikitext of one page."""

    def __init__(
        self, namespaces: Namespaces, words: WikiWords, literals: Literals, title: str
    ) -> None:
        self._namespaces, self._words = namespaces, words
        self._literals, self._title = literals, title

    def render(self, code: Any) -> str:
        """The text of some wikicode; of None, nothing."""
        return "" if code is None else "".join(self._nodes(code.nodes))

    def _nodes(self, nodes: Iterable[Any]) -> Iterator[str]:
        for node in nodes:
            yield from getattr(self, f"_{type(node).__name__.lower()}", _nothing)(node)

    def _text(self, node: Any) -> Iterator[str]:
        yield str(node)

    def _htmlentity(self, node: Any) -> Iterator[str]:
        try:
            yield self._literals.keep(node.normalize())
        except (ValueError, OverflowError):  # a number beyond Unicode
            return

    def _heading(self, node: Any) -> Iterator[str]:
        yield f"\n\n{HEADING}{node.level}{_one_line(self.render(node.title))}\n\n"

    def _wikilink(self, node: Any) -> Iterator[str]:
        target = str(node.title).strip()
        if self._namespaces.kind(target) is Link.NOTHING:
            return
        shown = self.render(node.text).strip("\n")
        yield shown or self.render(node.title).strip().removeprefix(":")

    def _externallink(self, node: Any) -> Iterator[str]:
        if node.title is not None:
            yield self.render(node.title)
        elif not node.brackets:
            yield str(node.url)

    def _argument(self, node: Any) -> Iterator[str]:
        yield self.render(node.default)

    def _template(self, node: Any) -> Iterator[str]:
        name = str(node.name).strip()
        key = name.replace("_", " ").casefold()
        if name in self._words.titles:
            yield self._title
        elif key in templates.CHARACTERS:
            yield self._literals.keep(templates.CHARACTERS[key])
        elif function := self._words.functions.fullmatch(name):
            yield function[1].strip()
        elif key in templates.CONVERSIONS:
            yield templates.measure_of(node)
        elif key in RAISED or key in ("su", "e"):
            yield self._raised(
                templates.argument_of(node, "small"), "sub" if key == "sub" else "sup"
            )
        elif (argument := templates.argument_of(node, key)) is not None:
            shown = self.render(argument).strip()
            yield f"\n\n{_by_line(shown)}\n\n" if key in templates.QUOTES else shown

    def _raised(self, code: Any, element: str) -> str:
        return self._literals.keep(raised(self.render(code), element, "x"))

    def _tag(self, node: Any) -> Iterator[str]:
        name = str(node.tag).strip().casefold()
        if name in _DROPPED or _is_hidden(node):
            return
        if name == "br":
            yield "\n"
        elif name in _ITEMS:
            yield f"\n{ITEM}{self.render(node.contents)}"
        elif name == "poem":
            yield f"\n\n{_by_line(self.render(node.contents))}\n\n"
        elif name in _BLOCKS:
            yield f"\n\n{self.render(node.contents)}\n\n"
        elif name in RAISED:
            yield self._raised(node.contents, name)
        else:
            yield self.render(node.contents)


def _too_much(wikitext: str) -> Damage | None:
    """Why the parser would take too long for a page, or too much memory."""
    if (unclosed := _unclosed(wikitext)) > MAX_UNCLOSED:
        return Damage(CORRUPT, f"wikitext: {unclosed} elements or tables have no end")
    marks = sum(1 for _ in islice(_MARK.finditer(wikitext), MAX_MARKS + 1))
    if marks > MAX_MARKS:
        return Damage(TOO_LARGE, f"wikitext: more than {MAX_MARKS} links, templates and items")
    if _PARAMETERS.search(wikitext):
        return Damage(TOO_LARGE, f"wikitext: a template of {MAX_PARAMETERS} parameters or more")
    headings = sum(1 for _ in islice(_HEADING.finditer(wikitext), MAX_HEADINGS + 1))
    if headings > MAX_HEADINGS:
        return Damage(TOO_LARGE, f"wikitext: more than {MAX_HEADINGS} headings")
    return None


def _by_line(text: str) -> str:
    """The text with each of its lines as a paragraph: a poem's lines end where they end."""
    return "\n\n".join(line.strip(" \t:") for line in text.split("\n"))


def _nothing(_node: Any) -> Iterator[str]:
    yield from ()


def _without_notes(wikitext: str) -> str:
    """The wikitext without references, its tables where the parser sees them."""
    text = _EMPTY_REF.sub("", wikitext)
    kept, at = [], 0
    while (start := _REF.search(text, at)) and (end := _REF_END.search(text, start.end())):
        kept.append(text[at : start.start()])
        at = end.end()
    rest = "".join(kept) + _OPEN_REF.sub("", text[at:])
    return _MANY_ITEMS.sub(r"\1", _INDENTED_TABLE.sub("", rest))


def _unclosed(wikitext: str) -> int:
    return len(_OPENED.findall(wikitext)) - len(_CLOSED.findall(wikitext))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_hidden(node: Any) -> bool:
    for attribute in node.attributes:
        name, value = str(attribute.name).strip().casefold(), str(attribute.value)
        if name in ("class", "id", "role") and BOXES.search(value):
            return True
        if name == "style" and INVISIBLE.search(value):
            return True
    return False
