"""Which marks mean what: sentence ends, closing marks, bullets, ellipses, markup."""

from __future__ import annotations

import sys
import unicodedata
from typing import Final

from corpuskit.quality.sentence_terminal import CODES

# Unicode leaves these out of Sentence_Terminal, as they also stand elsewhere; at the end of
# a line they end what was said: Khmer koomuut, Thai angkhankhu and khomut, the Tibetan shads
# (Dzongkha), Javanese pada adeg and pada adeg adeg, the ellipses.
_MORE_TERMINAL: Final = "\u17da\u0e5a\u0e5b\u0f0d\u0f0e\u0f0f\u0f10\u0f11\ua9ca\ua9cb\u2025\u2026"

TERMINAL: Final[frozenset[str]] = frozenset(map(chr, CODES)) | frozenset(_MORE_TERMINAL)
"""Marks of any script that end a sentence. Thai and Lao mostly write none."""

CLOSERS: Final = " \u00a0\"'" + "".join(
    char
    for char in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(char) in ("Pe", "Pf", "Pi")
)
"""Quotation marks and brackets that may stand between a sentence mark and the line's end."""

BULLETS: Final = frozenset("•‣⁃◦▪▫■□●○◆◇▶▸►◀★☆✓✔✗➢➤➔·")
"""Marks that make a line an item of a list."""

DASHES: Final = ("- ", "* ", "+ ", "– ", "— ")
"""Bullets typed with common marks; a space follows them."""

ELLIPSES: Final = ("…", "...", "‥", "⋯")

MARKUP: Final = "{}<>[]|\\=~^"
"""What programs, templates and wiki text are made of and prose is not. C4 drops every page
that has a curly bracket; here it is a share, since such pages also hold prose. The grave
accent is left out: Madurese and others write the glottal stop with it."""
