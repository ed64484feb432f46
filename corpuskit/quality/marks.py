"""Which marks mean what: sentence ends, closing marks, bullets, ellipses, markup."""

from __future__ import annotations

import unicodedata
from typing import Final

CLOSERS: Final = " \u00a0\"'" + "".join(
    char
    for char in map(chr, range(0x10000))  # there are none beyond, and the rest takes long
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
