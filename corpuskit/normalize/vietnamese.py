"""Vietnamese: the letter D with stroke, if the eth that looks like it was typed.

Everything else is normalization form C, which the rules for any script produce: Vietnamese
of the UDHR is in NFD. The position of the tone in oa, oe and uy (òa, oà) is the writer's choice;
the match key unifies it (corpuskit.text.keys). Text in VNI and TCVN3 fonts is found by
corpuskit.normalize.legacy_vietnamese and never converted.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.edits import EditRule, Edits, Replace

# Unicode Standard 7.1: U+00D0 (eth) and U+0110 (Vietnamese and others) look the same as capitals
# but are different letters: their small forms differ. VPS and VISCII (RFC 1456) have U+0110 where
# Latin-1 has eth, hence the mistake. U+0189 looks the same too, but belongs to Ewe.
CHANGED: Final = "\u00d0"
"""Without this character, the repair changes nothing."""
_ETH: Final = re.compile(CHANGED)
_eth: Final[EditRule] = Replace("vietnamese_d", _ETH, "\u0110")
# O and U with horn, which no language with eth has; and letters of the languages with eth.
_VIETNAMESE: Final = re.compile("[\u01a0\u01a1\u01af\u01b0\u1eda-\u1ee3\u1ee8-\u1ef1]")
_WITH_ETH: Final = re.compile("[\u00f0\u00de\u00fe]")


def repair_d(text: str, edits: Edits) -> str:
    """Write the capital D with stroke in a text with Vietnamese letters and no Icelandic ones."""
    if not _ETH.search(text) or _WITH_ETH.search(text) or not _VIETNAMESE.search(text):
        return text
    return _eth(text, edits)


RULES: Final[tuple[EditRule, ...]] = (repair_d,)
"""Repairs for the Latin script, needed for Vietnamese, in order."""
