"""Whether text in the Myanmar script is a sequence of syllables as Unicode encodes them.

Zawgyi has the same code points in another order and with other meanings. Most Zawgyi breaks this
structure (its U+1031 stands before the consonant, its U+1039 ends a syllable, its U+103A is
followed by vowels), so that a short line that keeps it is Unicode, whatever a model of letter pairs
says.
"""

from __future__ import annotations

import re
from typing import Final

LETTERS: Final = (
    "\u1000-\u102a\u103f\u104e\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070"
    "\u1075-\u1081\u108e\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7a\uaa7e\uaa7f"
)
"""Letters that carry marks, of every language of the script."""

# Unicode Standard, table 16-3, with the signs of Mon, Karen, Shan and Pa'O. Karen has a vowel sign
# after asat (လ်ု); a tone sign ends the syllable, and no mark follows it.
_VOWELS: Final = "\u102b-\u1030\u1032-\u1038\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074"
_TONES: Final = "\u1082-\u108d\u108f\u109a-\u109d\uaa7b-\uaa7d"
_SYLLABLE: Final = (
    f"[{LETTERS}](?:\u103a?\u1039[{LETTERS}])*\u103b?\u103c?\u103d?\u103e?[\u1082]?\u1031?"
    f"[{_VOWELS}]*(?:\u1037?\u103a[\u102f\u1036-\u1038]*)?[{_TONES}\u1038]*"
)
_SIGNS: Final = "\u1040-\u104d\u104f\u1090-\u1099\u109e\u109f\ua9f0-\ua9f9"
_SOUND: Final = re.compile(
    f"(?:[^\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]|[{_SIGNS}]|{_SYLLABLE})*"
)


def is_well_formed(text: str) -> bool:
    """Whether every letter and mark of the Myanmar script is part of a well-formed syllable."""
    return _SOUND.fullmatch(text) is not None
