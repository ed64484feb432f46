"""Thai: SARA AM whole, tones behind the vowel, SARA AE as one.

The repairs are those of PyThaiNLP's `normalize`, less the ones that a reader would see
(repeated leading and following vowels may be meant).
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import Rule
from corpuskit.normalize.tonal import tonal_rules

RULES: Final[tuple[Rule, ...]] = tonal_rules(
    "thai",
    tones="\u0e48-\u0e4b",
    vowels="\u0e31\u0e34-\u0e39",
    doubled=("\u0e40", "\u0e41"),
)
"""Repairs for the Thai script, in their order."""
