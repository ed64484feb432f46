"""Thai: SARA AM as one character, tones in their place, SARA AE as one character.

The repairs are those of PyThaiNLP's `normalize`, without those that a reader would notice
(repeated leading and following vowels may be intended), and with tones typed behind the final
consonant of a syllable (ตน้ for ต้น).
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.edits import EditRule, Edits, Replace, until_stable
from corpuskit.normalize.tonal import TonalScript, tonal_rules

TONES: Final = "\u0e48-\u0e4b"
SCRIPT: Final = TonalScript(
    name="thai",
    consonants="\u0e01-\u0e2e",
    below="",
    vowels="\u0e31\u0e34-\u0e39\u0e47\u0e4d",  # with MAITAIKHU and NIKHAHIT
    tones=TONES,
    silent="\u0e4c",
    following="\u0e30\u0e32\u0e45",
    e="\u0e40",
)
_TONAL: Final[tuple[EditRule, ...]] = tonal_rules(SCRIPT)

# A consonant, one that can be final, a tone, and then the end of the word or a leading vowel: the
# tone belongs to the first. Not where the two are the start of a syllable: after a leading vowel
# (เสน่), with HO HIP or O ANG (หน้า, อย่า); nor where the first must be final itself, after a
# short vowel or as the same letter twice (วันน้). In 3,000 Thai texts only a typing mistake matches.
_FINAL: Final = "\u0e01\u0e07\u0e14\u0e19\u0e1a\u0e21\u0e22"
_behind_final: Final[EditRule] = Replace(
    "thai_tones_moved",
    re.compile(
        f"(?<![\u0e40-\u0e44\u0e31\u0e34\u0e36-\u0e38\u0e47])([\u0e01-\u0e2a\u0e2c])(?!\\1)"
        f"([{_FINAL}])([{TONES}])(?=[\u0e40-\u0e44]|[^\u0e00-\u0e7f]|\\Z)"
    ),
    r"\1\3\2",
)


# The same behind other letters where no word begins with them: แลว้ for แล้ว, ตอ้ง for ต้อง. Neither is
# in any of the 3,000 texts. (อ้น, a name and an animal, is a word.)
_behind_vowel: Final[EditRule] = Replace(
    "thai_tones_moved",
    re.compile(
        f"([\u0e40-\u0e42][\u0e14\u0e19\u0e1a\u0e21\u0e23\u0e25])(\u0e27)([{TONES}])"
        "(?![\u0e30-\u0e39\u0e45\u0e47])"
        "|([\u0e01-\u0e2c\u0e2e])(\u0e2d)([\u0e48\u0e49](?=[\u0e07\u0e21\u0e22])|\u0e48(?=\u0e19))"
        "(?!.[\u0e30-\u0e39\u0e45\u0e47-\u0e4e])"
    ),
    lambda match: "".join(match.group(1, 3, 2) if match[1] else match.group(4, 6, 5)),
)


def repair(text: str, edits: Edits) -> str:
    """Apply the rules until nothing changes."""
    return until_stable((*_TONAL, _behind_final, _behind_vowel), text, edits)


RULES: Final[tuple[EditRule, ...]] = (repair,)
"""Repairs for the Thai script, in their order."""
