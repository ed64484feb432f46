"""Myanmar script: one order for marks that look the same in any order, the letter WA typed as the
digit zero, and text in the Zawgyi font encoding.

Normalization form C puts U+1037 before U+103A (UDHR has both orders), which needs no rule. Only
marks whose order has no meaning in any language are sorted. U+1032, U+102B and U+102C stay where
they are: Mon and Pa'O write U+102F U+1032 and U+102C U+1032 (366 times in 44,154 characters of
the test data), an order that would be wrong in Burmese.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.edits import EditRule, Edits, Replace
from corpuskit.normalize.zawgyi import repair_zawgyi

# The two look alike, but a digit carries no vowel sign or medial. U+1031 and U+103B, U+103C are
# left out, since in Zawgyi they belong to the next letter ("over 2000"), and so is a zero after
# another digit. The zero comes first in the pattern: a literal prefix makes the search fast.
_zero: Final[EditRule] = Replace(
    "burmese_wa",
    re.compile("\u1040(?<![\u1040-\u1049]\u1040)(?=[\u102b-\u1030\u1032-\u103a\u103d\u103e])"),
    "\u101d",
)

# Unicode Standard, table 16-3 (Myanmar Syllabic Structure): medials, vowel E, vowels above, vowels
# below, anusvara, dot below.
ORDER: Final = ("\u103b", "\u103c", "\u103d", "\u103e", "\u1031", "\u102d\u102e", "\u102f\u1030",
                "\u1036", "\u1037")  # fmt: skip
_RANK: Final = {mark: rank for rank, marks in enumerate(ORDER) for mark in marks}
_SORTED: Final = "".join(ORDER)


def _in_order(run: re.Match[str]) -> str:
    return "".join(sorted(run.group(), key=_RANK.__getitem__))


# A mark directly before one that it must follow; the run around the two is sorted.
_INVERSION: Final = "|".join(
    f"[{marks}](?=[{''.join(ORDER[:rank])}])" for rank, marks in enumerate(ORDER) if rank
)
_inverted: Final = re.compile(_INVERSION)
_sort_runs: Final = Replace(
    "burmese_reordered",
    re.compile(f"(?<![{_SORTED}])(?=[{_SORTED}]*?(?:{_INVERSION}))[{_SORTED}]+"),
    _in_order,
)


def _sort_marks(text: str, edits: Edits) -> str:
    """Sort runs of marks; searching for an inversion first takes a third of the time."""
    return _sort_runs(text, edits) if _inverted.search(text) else text


_order: Final[tuple[EditRule, ...]] = (
    _sort_marks,
    # A mark typed twice is drawn over itself.
    Replace("burmese_repeats", re.compile("([\u102d-\u1030\u1036\u1037\u103a-\u103e])\\1+"), r"\1"),
)


def repair(text: str, edits: Edits) -> str:
    """Convert Zawgyi, which has another order of marks, then sort; repeat if sorting reveals more
    Zawgyi (no real text has needed it)."""
    for _ in range(_REPEATS):
        before = text
        for rule in (_zero, repair_zawgyi, *_order):
            text = rule(text, edits)
        if text == before:
            break
    return text


_REPEATS: Final = 9
RULES: Final[tuple[EditRule, ...]] = (repair,)
"""Repairs for the Myanmar script, in their order."""
