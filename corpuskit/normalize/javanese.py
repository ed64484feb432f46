"""Javanese script: nothing beyond normalization form C, and nothing taken away.

NFC puts cecak telu (U+A9B3) before pangkon (U+A9C0), the two marks that reorder (Unicode
Standard 17.4; combining classes 7 and 9). Pangkon is kept wherever it stands: inside a word it
stacks what follows, at a word's end it silences the vowel. ZWSP divides words or phrases in real
text (corpuskit.normalize.invisible); the same order of the other marks is drawn in one way only.
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import Rule

RULES: Final[tuple[Rule, ...]] = ()
"""Repairs for the Javanese script: none is beyond a reader's objection."""
