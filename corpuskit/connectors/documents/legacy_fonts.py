"""Fonts that draw a script over other code points: their name is the only clue.

Text typed in them is Latin letters (Khmer Limon, Vietnamese VNI, Tamil Bamini) or letters in
the wrong code points (Burmese Zawgyi), and looks like text of another language, or of none.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from corpuskit.connectors.documents.parts import MAX_DAMAGED
from corpuskit.connectors.reasons import LEGACY_FONT, LostError

# Name patterns by the letters that such a font redraws. ASCII letters stay themselves in the
# Vietnamese fonts; Zawgyi and its like redraw the Myanmar block; the others redraw Latin.
_ACCENTED: Final = re.compile(r"\.vn[a-z]|vni[- ]|vn(?:times?|arial|tahoma)\b")
_LATIN: Final = re.compile(
    r"limon|abc[-_ ]|baidok|khek|khmer ?tacteing|f[13] ?khmer|win ?(?:innwa|researcher|myanmar)"
    r"|alice ?[0-9]|bamini|tscu?[-_]|tab[-_]|tam[-_]|shree-?tam|preeti"
)
_MYANMAR: Final = re.compile(r"zawgyi|myazedi|alpha ?zawgyi|zawgyi-?tai|ayar\b")
_SUBSET = re.compile(r"^[A-Z]{6}\+")  # PDF 32000-1, 9.6.4: tag of an embedded subset


def redrawn(font: str | None, char: str) -> bool:
    """Whether `char` is a letter that the font of that name draws as another one."""
    if not font or not char.isalpha():
        return False
    name = _SUBSET.sub("", font).lower()
    code = ord(char)
    if 0x1000 <= code < 0x10A0:
        return bool(_MYANMAR.match(name))
    if code >= 0x250:
        return False
    return bool(_LATIN.match(name)) or (code >= 0x80 and bool(_ACCENTED.match(name)))


class FontCount:
    """Counts the letters of a document that a legacy font draws."""

    def __init__(self) -> None:
        self.letters = 0
        self._redrawn: Counter[str] = Counter()
        self._known: dict[tuple[str | None, str], bool] = {}

    def add(self, font: str | None, text: str) -> None:
        """Text in one font."""
        for char in text:
            if char.isalpha():
                self.letters += 1
                key = (font, char)
                if key not in self._known:
                    self._known[key] = redrawn(font, char)
                if self._known[key]:
                    self._redrawn[_SUBSET.sub("", font or "")] += 1

    def check(self) -> None:
        """Raise LostError where more than 0.1 % of the letters are in such a font."""
        count = sum(self._redrawn.values())
        if count > MAX_DAMAGED * self.letters:
            names = ", ".join(sorted(self._redrawn)[:5])
            raise LostError(LEGACY_FONT, f"{names}: {count} of {self.letters} letters")
