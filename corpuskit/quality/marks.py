"""Marks by meaning: closing marks, bullets, dashes, ellipses, markup."""

from __future__ import annotations

from typing import Final

CLOSERS: Final = (
    " \u00a0\"')]}\xab\xbb\u0f3b\u0f3d\u169c\u2018\u2019\u201b\u201c\u201d\u201f\u2039\u203a\u2046"
    "\u207e\u208e\u2309\u230b\u232a\u2769\u276b\u276d\u276f\u2771\u2773\u2775\u27c6\u27e7\u27e9"
    "\u27eb\u27ed\u27ef\u2984\u2986\u2988\u298a\u298c\u298e\u2990\u2992\u2994\u2996\u2998\u29d9"
    "\u29db\u29fd\u2e02\u2e03\u2e04\u2e05\u2e09\u2e0a\u2e0c\u2e0d\u2e1c\u2e1d\u2e20\u2e21\u2e23"
    "\u2e25\u2e27\u2e29\u2e56\u2e58\u2e5a\u2e5c\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019"
    "\u301b\u301e\u301f\ufd3e\ufe18\ufe36\ufe38\ufe3a\ufe3c\ufe3e\ufe40\ufe42\ufe44\ufe48\ufe5a"
    "\ufe5c\ufe5e\uff09\uff3d\uff5d\uff60\uff63"
)
"""Quotation marks and brackets that may follow a sentence mark at the end of a line: the
characters of the categories Pe, Pf and Pi in Unicode 14. Written out, because going through all
characters takes a process 10 ms."""

BULLETS: Final = frozenset("•‣⁃◦▪▫■□●○◆◇▶▸►◀★☆✓✔✗➢➤➔·")
"""Marks at the start of list items."""

DASHES: Final = ("- ", "* ", "+ ", "– ", "— ")
"""Bullets typed with common characters and a space."""

ELLIPSES: Final = ("…", "...", "‥", "⋯")

MARKUP: Final = "{}<>[]|\\=~^"
"""Characters typical of programs, templates and wiki text, and rare in prose. C4 drops every page
with a curly bracket; here their share counts, since such pages also contain prose. The grave
accent is left out: Madurese and others write the glottal stop with it."""
