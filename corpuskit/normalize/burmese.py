"""Myanmar script: one order of the marks that are drawn alike in any, the digit zero typed for
the letter WA, and text in the Zawgyi font encoding.

Normalization form C puts U+1037 before U+103A (UDHR has both orders): no rule needed. Only marks
whose order no language uses are sorted. U+1032, U+102B and U+102C stay where they are: Mon and
Pa'O write U+102F U+1032 and U+102C U+1032 (366 times in 44,154 characters of the test data), in
the order that would be wrong in Burmese.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.edits import Edits, Replace, Rule
from corpuskit.normalize.zawgyi import repair_zawgyi

# The two look alike. A digit bears no vowel sign or medial; U+1031 and U+103B, U+103C are left
# out, since in Zawgyi they belong to the letter that follows ("over 2000"), and so is a zero
# behind another digit. The zero comes first in the pattern: it is what is searched for.
_zero: Final[Rule] = Replace(
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


# A mark before one that it comes after; the run around it is sorted.
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
    """Looking for an inversion takes a third of the time that looking for its run does."""
    return _sort_runs(text, edits) if _inverted.search(text) else text


_order: Final[tuple[Rule, ...]] = (
    _sort_marks,
    # A mark typed twice is drawn over itself.
    Replace("burmese_repeats", re.compile("([\u102d-\u1030\u1036\u1037\u103a-\u103e])\\1+"), r"\1"),
)


def repair(text: str, edits: Edits) -> str:
    """Convert Zawgyi, in which marks stand in another order, then sort; again if sorting brings
    more Zawgyi to light (no real text has needed it)."""
    for _ in range(_REPEATS):
        given = text
        for rule in (_zero, repair_zawgyi, *_order):
            text = rule(text, edits)
        if text == given:
            break
    return text


_REPEATS: Final = 9
RULES: Final[tuple[Rule, ...]] = (repair,)
"""Repairs for the Myanmar script, in their order."""
