"""Arabic script, Jawi above all: letters instead of their printed forms, without stretching.

The digit two (U+0662) marks reduplication in Jawi and stays. Letters typed with look-alikes from
other languages (KAF, GA) are folded in the match key, not here: they are different letters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from corpuskit.normalize.edits import EditRule, Remove, Replace

# Unicode Standard 9.2: presentation forms are for compatibility alone, but PDFs are full of them.
# Left out are whole words (U+FDF0 to U+FDFF), which are typed on purpose, marks on a space, and
# forms that fonts use as places for other glyphs (U+FBD3 to U+FBFB).
_FORMS: Final = "\ufb50-\ufbb1\ufbfc-\ufbff\ufe71\ufe77\ufe79\ufe7b\ufe7d\ufe7f\ufe80-\ufefc"

# Unicode Standard 9.2: tatweel stretches a word to fill its line. It is removed only between
# letters of one word, with or without marks on them; at a word's edge it forces a joined form,
# as in the sign for Hijri years, or carries a mark.
CHANGED: Final = f"{_FORMS}\u0640"
"""Without one of these characters, the repairs change nothing."""
_LETTERS: Final = "\u0620-\u063f\u0641-\u065f\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f"
RULES: Final[tuple[EditRule, ...]] = (
    Replace(
        "arabic_forms_folded",
        re.compile(f"[{_FORMS}]"),
        lambda match: unicodedata.normalize("NFKC", match[0]),
    ),
    Remove(
        "tatweel_removed",
        re.compile(
            f"(?<=[{_LETTERS}])\u0640+(?=[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u0750-\u077f])"
        ),
    ),
)
"""Repairs for the Arabic script, in their order."""
