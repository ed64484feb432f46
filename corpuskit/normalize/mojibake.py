"""Repair text that was decoded with the wrong encoding, if only one reading is possible.

This is the first rule: half of the damage is control characters, which later rules drop. Lines
are examined one by one, since pages are assembled from several sources.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from corpuskit.normalize.edits import EditRule, Edits, Replace

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

# UTF-8 read as Latin-1 or Windows-1252: the first byte of a sequence becomes one of U+00C2 to
# U+00F4, the next one of U+0080 to U+00BF or what Windows-1252 has at 80 to 9F. All 294 damaged
# texts of the test data have such a pair; of 5.3 M characters of clean text 77 documents have.
_UTF8_READ: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)

# TIS-620 (cp874) read as Latin-1: Thai becomes long runs of Latin letters and signs that occur in
# no language. Thai starts at A1 in TIS-620 and at U+0E01 in Unicode.
_TIS_LETTERS: Final = "\u00a1-\u00da\u00df-\u00fb"
_TIS_READ: Final = re.compile(f"[{_TIS_LETTERS}]{{6}}")
_TO_THAI: Final = {code: code - 0xA1 + 0xE01 for code in (*range(0xA1, 0xDB), *range(0xDF, 0xFC))}
_UNASSIGNED: Final = re.compile("[\u00db-\u00de\u00fc-\u00ff]")
_THAI: Final = re.compile("[\u0e01-\u0e5b]")
_LETTER: Final = re.compile(r"[^\W\d_]")
# Marks without a base, and leading vowels without a consonant after them: Thai never has these,
# bytes of another alphabet produce them at once.
_NOT_THAI: Final = re.compile(
    "(?<![\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]"
    "|[\u0e40-\u0e44](?![\u0e01-\u0e2e])"
)
_MISSPELLED: Final = 0.02  # share of such places that misspellings may explain

# The Thai letters for the lead bytes of UTF-8 (C2, C3, E0 to E2, D0, D1), and a share that none of
# them reaches in Thai: in UTF-8 one of them is a third to a half of all bytes, in text encoded
# twice a sixth.
_LEAD_BYTES: Final = "\u0e22\u0e23\u0e40\u0e41\u0e42\u0e30\u0e31"
_LEAD_SHARE: Final = 0.15

# C1 controls are Windows-1252 in text from the web; U+0085 is a line separator as well.
_c1: Final[EditRule] = Replace(
    "c1_decoded",
    re.compile("[\u0080\u0082-\u0084\u0086-\u008c\u008e\u0091-\u009c\u009e\u009f]"),
    lambda match: match.group().encode("latin-1").decode("cp1252"),
)


def repair_mojibake(text: str, edits: Edits) -> str:
    """Decode lines again that were decoded with the wrong encoding; a line is one edit.

    Repeated until nothing changes, since text may have been damaged twice.
    """
    for _ in range(_PASSES):
        before = text
        # Thai first: ftfy would misread parts of it.
        if _TIS_READ.search(text):
            text = _by_line(text, edits, _as_thai)
        if _UTF8_READ.search(text):
            text = _by_line(text, edits, _as_utf8)
        text = _c1(text, edits)
        if text == before:
            break
    return text


_PASSES: Final = 9


def _by_line(text: str, edits: Edits, read: Callable[[str], str]) -> str:
    lines = text.split("\n")
    repaired = [read(line) for line in lines]
    changed = sum(before != after for before, after in zip(lines, repaired, strict=True))
    if not changed:
        return text
    edits["mojibake_repaired"] += changed
    return "\n".join(repaired)


def _as_utf8(line: str) -> str:
    """ftfy's repair of the encoding alone; it leaves text that may be intended."""
    if not _UTF8_READ.search(line):
        return line
    from ftfy import fix_encoding

    return fix_encoding(line, _config())


@lru_cache(maxsize=1)
def _config() -> TextFixerConfig:
    """Options that change no clean text; ftfy's defaults change 18 to 27 % in several languages."""
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        unescape_html=False,
        uncurl_quotes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        normalization="NFC",
    )


def _as_thai(line: str) -> str:
    if not _TIS_READ.search(line) or _UNASSIGNED.search(line):
        return line
    thai = line.translate(_TO_THAI)
    letters = Counter(_THAI.findall(thai))
    count = letters.total()
    dominates = 2 * count > len(_LETTER.findall(thai))
    is_utf8 = max(letters[byte] for byte in _LEAD_BYTES) > _LEAD_SHARE * count
    misspelled = len(_NOT_THAI.findall(thai)) > _MISSPELLED * count
    return thai if dominates and not is_utf8 and not misspelled else line
