"""Characters of wikitext that mean themselves: `<nowiki>[[x]]</nowiki>` and `&#91;`.

They would be taken for markup by the parser, or by what clears away the parser's residue. So they
are taken out first, a placeholder in their place, and put back last.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.text.markup import unescape

_START: Final = re.compile(r"<!--|<nowiki(?:\s[^<>]*+)?/?>", re.IGNORECASE)
_STOP: Final = re.compile(r"</nowiki\s*+>", re.IGNORECASE)
_MARKUP: Final = re.compile(r"[<>\[\]{}|'=_*#:;-]")
_PLACEHOLDER: Final = re.compile("\x03([0-9]{1,9})\x04")
"""XML has neither control character, so no page has them."""


class Literals:
    """The literal texts of one page."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def take_out(self, wikitext: str) -> str:
        """The wikitext without comments, each `<nowiki>` element as a placeholder.

        Whichever of the two begins first holds the other; a `<nowiki>` without an end is text.
        """
        parts: list[str] = []
        at, closed = 0, True
        while start := _START.search(wikitext, at):
            parts.append(wikitext[at : start.start()])
            at = start.end()
            if start[0] == "<!--":
                end = wikitext.find("-->", at)
                at = len(wikitext) if end < 0 else end + len("-->")
            elif not start[0].endswith("/>"):
                stop = _STOP.search(wikitext, at) if closed else None
                closed = stop is not None
                if stop is not None:
                    parts.append(self.keep(unescape(wikitext[at : stop.start()])))
                    at = stop.end()
        return "".join((*parts, wikitext[at:]))

    def keep(self, text: str) -> str:
        """`text`, or a placeholder for it if it has characters of markup."""
        if not _MARKUP.search(text):
            return text
        self._texts.append(" ".join(text.split()))
        return f"\x03{len(self._texts) - 1}\x04"

    def put_back(self, text: str) -> str:
        """The text with what the placeholders stand for."""
        if not self._texts:
            return text
        return _PLACEHOLDER.sub(lambda match: self._texts[int(match[1])], text)
