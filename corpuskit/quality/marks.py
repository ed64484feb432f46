"""Marks by meaning: closing marks, bullets, dashes, ellipses, markup."""

from __future__ import annotations

import unicodedata
from typing import Final

_CLOSING: Final = frozenset(("Pe", "Pf", "Pi"))

_PLANE: Final = "".join(map(chr, range(0x10000)))  # there are none beyond

CLOSERS: Final = " \u00a0\"'" + "".join(
    char
    for char, category in zip(_PLANE, map(unicodedata.category, _PLANE), strict=True)
    if category in _CLOSING
)
"""Quotation marks and brackets that may follow a sentence mark at the end of a line."""

BULLETS: Final = frozenset("•‣⁃◦▪▫■□●○◆◇▶▸►◀★☆✓✔✗➢➤➔·")
"""Marks at the start of list items."""

DASHES: Final = ("- ", "* ", "+ ", "– ", "— ")
"""Bullets typed with common characters and a space."""

ELLIPSES: Final = ("…", "...", "‥", "⋯")

MARKUP: Final = "{}<>[]|\\=~^"
"""Characters typical of programs, templates and wiki text, and rare in prose. C4 drops every page
with a curly bracket; here their share counts, since such pages also contain prose. The grave
accent is left out: Madurese and others write the glottal stop with it."""
