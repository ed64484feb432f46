"""Burmese script: the digit zero typed for the letter WA, and text in the Zawgyi font encoding.

Normalization form C puts U+1037 before U+103A (UDHR has both orders): no rule needed. Zawgyi
comes last: its model sees the text as it will stay.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.edits import Replace, Rule
from corpuskit.normalize.zawgyi import repair_zawgyi

# The two look alike. A digit bears no vowel sign or medial; U+1031 and U+103B, U+103C are left
# out, since in Zawgyi they belong to the letter that follows ("over 2000"), and so is a zero
# behind another digit.
_zero: Final[Rule] = Replace(
    "burmese_wa",
    re.compile("(?<![\u1040-\u1049])\u1040(?=[\u102b-\u1030\u1032-\u103a\u103d\u103e])"),
    "\u101d",
)

RULES: Final[tuple[Rule, ...]] = (_zero, repair_zawgyi)
"""Repairs for the Burmese script, in their order."""
