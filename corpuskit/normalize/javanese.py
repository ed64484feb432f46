"""Javanese script: only normalization form C, and nothing is removed.

NFC puts cecak telu (U+A9B3) before pangkon (U+A9C0), the two marks that reorder (Unicode
Standard 17.4; combining classes 7 and 9). Pangkon is always kept: inside a word it stacks the
next letter, at the end of a word it silences the vowel. ZWSP separates words or phrases in real
text (corpuskit.normalize.invisible). The other marks look different in a different order.
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import EditRule

RULES: Final[tuple[EditRule, ...]] = ()
"""Repairs for the Javanese script: none, since a reader could object to any."""
