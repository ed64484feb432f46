"""Myanmar script: one order for marks that look the same in any order, letters typed as others
that look the same, and text in the Zawgyi font encoding.

Normalization form C puts U+1037 before U+103A (UDHR has both orders), which needs no rule. Only
marks whose order has no meaning in any language are sorted. U+1032, U+102B and U+102C stay where
they are: Mon and Pa'O write U+102F U+1032 and U+102C U+1032 (366 times in 44,154 characters of
the test data), an order that would be wrong in Burmese.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.burmese_syllables import LETTERS, is_well_formed
from corpuskit.normalize.edits import EditRule, Edits, Remove, Replace, until_stable, where
from corpuskit.normalize.zawgyi import repair_zawgyi

# Letters and marks: what may precede a vowel E inside a word.
_IN_WORD: Final = "\u1000-\u103f\u104e\u1050-\u108f\u109a-\u109d\ua9e0-\ua9ef\uaa60-\uaa7f"

# The two look alike, but a digit carries no vowel sign or medial. U+103B and U+103C are left out,
# since in Zawgyi they belong to the next letter ("over 2000"), as does U+1031 before a letter;
# and so is a zero after another digit. A zero behind a U+1031 that begins a word is a letter too.
# The zero comes first in the pattern: a literal prefix makes the search fast.
_zero: Final[EditRule] = Replace(
    "burmese_wa",
    re.compile(
        "\u1040(?<![\u1040-\u1049]\u1040)"
        f"(?:(?=[\u102b-\u1030\u1032-\u103a\u103d\u103e]|\u1031(?![{LETTERS}\u1031]))"
        f"|(?<=\u1031\u1040)(?<![{_IN_WORD}]\u1031\u1040)(?![\u1040-\u1049]))"
    ),
    "\u101d",
)
# A syllable cannot begin with a consonant that has asat, so that a zero before it is WA as well
# (all of 55 in the test data). In Zawgyi the sign for asat is medial YA: only once it is converted.
_zero_closed: Final[EditRule] = Replace(
    "burmese_wa",
    re.compile("\u1040(?<![\u1040-\u1049]\u1040)(?=[\u1000-\u1021]\u1037?\u103a)"),
    "\u101d",
)
# ... and WA among digits is a zero, unless a word may begin with it.
_wa_in_number: Final[EditRule] = Replace(
    "burmese_zero",
    re.compile(f"(?<=[\u1040-\u1049])\u101d+(?=[\u1040-\u1049]|(?![{_IN_WORD}]))"),
    lambda match: "\u1040" * len(match.group()),
)
# The digit seven and the letter RA look alike too; behind the digit the visarga may be a colon
# (၁၇း၃၀).
_seven: Final[EditRule] = Replace(
    "burmese_ra",
    re.compile(
        "\u1047(?<![\u1040-\u1049]\u1047)(?=[\u102b-\u1030\u1032\u1036\u1037\u103a\u103d\u103e])"
    ),
    "\u101b",
)
# The letter U looks like NYA, but is a syllable by itself: it has no asat and no vowel AA
# (UTN #11). Above a stacked letter both are written, and U stays.
_nya: Final[EditRule] = Replace(
    "burmese_nya", re.compile("\u1025(?=\u1037?\u103a|[\u102b\u102c])"), "\u1009"
)

# Inside a syllable: before a consonant that closes it, or before vowel E and medial YA, which only
# in Zawgyi begin one.
_zwsp: Final[EditRule] = Remove(
    "zwsp_removed",
    re.compile(
        f"\u200b(?<=[\u1000-\u103f\u1050-\u109f\uaa60-\uaa7f]\u200b)"
        f"(?=[\u1031\u103b]|[{LETTERS}]\u1037?\u103a)"
    ),
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
_sort_marks: Final[EditRule] = where(
    re.compile(_INVERSION),
    Replace(
        "burmese_reordered",
        re.compile(f"(?<![{_SORTED}])(?=[{_SORTED}]*?(?:{_INVERSION}))[{_SORTED}]+"),
        _in_order,
    ),
)

# Vowel E where a word begins, typed before its consonant as it is written, and the word after it.
_e_first: Final = re.compile(
    f"\u1031(?<![{_IN_WORD}]\u1031)([{LETTERS}](?:\u103a?\u1039[{LETTERS}])*[\u103b-\u103e]*)"
    f"([{_IN_WORD}]*)"
)


def _move_e(text: str, edits: Edits) -> str:
    """Put vowel E behind the consonant where the rest of the word is in Unicode's order."""

    def moved(match: re.Match[str]) -> str:
        word = f"{match[1]}\u1031{match[2]}"
        if not is_well_formed(word):
            return match.group()
        edits["burmese_reordered"] += 1
        return word

    return _e_first.sub(moved, text)


# A mark typed twice is drawn over itself.
_repeats: Final[EditRule] = Replace(
    "burmese_repeats", re.compile("([\u102d-\u1030\u1036\u1037\u103a-\u103e])\\1+"), r"\1"
)


_REPAIRS: Final[tuple[EditRule, ...]] = (
    *(_zero, _seven, repair_zawgyi, _zero_closed, _wa_in_number),
    *(_zwsp, _move_e, _nya, _sort_marks, _repeats),
)


def repair(text: str, edits: Edits) -> str:
    """Convert Zawgyi, which has another order of marks, then mend the rest; repeat if that reveals
    more Zawgyi (no real text has needed it)."""
    rules = (
        _zero,
        _seven,
        repair_zawgyi,
        _zero_closed,
        _wa_in_number,
        _zwsp,
        _move_e,
        _nya,
        _sort_marks,
        _repeats,
    )
    return until_stable(rules, text, edits)


RULES: Final[tuple[EditRule, ...]] = (repair,)
"""Repairs for the Myanmar script, in their order."""
