"""Thai: SARA AM as one character, tones after the vowel, SARA AE as one character.

The repairs are those of PyThaiNLP's `normalize`, without those that a reader would notice
(repeated leading and following vowels may be intended).
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import EditRule
from corpuskit.normalize.tonal import tonal_rules

RULES: Final[tuple[EditRule, ...]] = tonal_rules(
    "thai",
    tones="\u0e48-\u0e4b",
    vowels="\u0e31\u0e34-\u0e39",
    doubled=("\u0e40", "\u0e41"),
)
"""Repairs for the Thai script, in their order."""
