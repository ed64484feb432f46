"""One policy for the zero-width characters, by script.

ZWSP, ZWNJ and ZWJ belong to the spelling in some scripts and are litter in others. A row of
the table says between which neighbors a character is kept; elsewhere it is removed. The
neighbors decide, not the document's main script, so that a Sinhala word keeps its joiner
on an English page. Only ZWSP depends on the main script as well, because there it also
separates words written in another script ("LibreOffice<ZWSP>Writer" on a Khmer page).

WJ has no row: it forbids a line break, "should be ignored in contexts other than line
breaking" (Unicode Standard, section 23.2), and has no meaning for words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.normalize.common import compose
from corpuskit.normalize.edits import EditRule, Edits, Remove
from corpuskit.text import TextBatch
from corpuskit.text.script_ranges import RANGES
from corpuskit.text.tables import SIZE, Classes

ZWSP, ZWNJ, ZWJ, WJ = "\u200b", "\u200c", "\u200d", "\u2060"

_SEEN: Final = rf"[^\s{ZWSP}{ZWNJ}{ZWJ}{WJ}]"  # any character that is not itself invisible
_ANY: Final = ""


@dataclass(frozen=True, slots=True)
class JoinerContext:
    """Where `char` is kept: between `before` and `after`, regular expressions for one character.
    An empty one matches anything, the edges of the text included."""

    char: str
    before: str
    after: str
    source: str


def _of(*scripts: str) -> str:
    """A regular expression for one character of the scripts (ISO 15924)."""
    ranges = (pair for script in scripts for pair in RANGES[script])
    return "[" + "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in ranges) + "]"


WORDS_BY_ZWSP: Final[dict[str, str]] = {
    "Khmr": "Unicode Standard 16.4; LibreOffice's Khmer help has 199 in 1,000 characters",
    "Laoo": "Unicode Standard 16.2; in NTREX-128's Lao 10 % of all characters",
    "Thai": "Unicode Standard 16.1; rare in practice, 7 in 889 texts of the test data",
    "Mymr": "Unicode Standard 16.3",
    "Lana": "UAX #14, class SA (complex context dependent)",
    "Tale": "UAX #14, class SA",
    "Talu": "UAX #14, class SA",
    "Tavt": "UAX #14, class SA",
    "Java": "MediaWiki's messages in Javanese script divide words by it; UDHR, phrases",
}
"""Scripts in which ZWSP marks the end of a word, with the source or observation."""

_MARKS: Final = "".join(
    chr(code)
    for script in WORDS_BY_ZWSP
    for first, last in RANGES[script]
    for code in range(first, last + 1)
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
# In Zawgyi, which is converted later, these two are typed before the consonant.
_ZAWGYI_FIRST: Final = "\u1031\u103b"
# Vowels with category Lo that follow their consonant, of Thai, Lao and New Tai Lue.
_FOLLOWING: Final = (
    "\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3\u0ebd\u19b0-\u19b4\u19b8\u19b9\u19bb-\u19c9"
)
_NEVER_FIRST: Final = f"(?![{_ZAWGYI_FIRST}])[{_MARKS}{_FOLLOWING}]"
"""Characters that no syllable starts with, so that a ZWSP before them divides a syllable."""
# Khmer coeng, Myanmar virama, Tai Tham sakot; the vowels that precede their consonant in Thai,
# Lao, New Tai Lue and Tai Viet.
_NEVER_LAST: Final = (
    "[\u17d2\u1039\u1a60\u0e40-\u0e44\u0ec0-\u0ec4"
    "\u19b5-\u19b7\u19ba\uaab5\uaab6\uaab9\uaabb\uaabc]"
)
"""Characters that no syllable ends with."""

_INDIC: Final = _of(
    "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh",
    "Sylo", "Cakm", "Mtei", "Limb", "Bali", "Java", "Sund", "Batk", "Rjng",
)  # fmt: skip
_CURSIVE: Final = _of("Arab", "Syrc", "Nkoo", "Mong")
_UNLISTED: Final = "[\U00010800-\U00011fff]"  # right-to-left and Brahmic blocks, roadmap of plane 1
# Roughly UTS #51's Extended_Pictographic, with the characters that may precede a joiner: skin
# tones (inside the range), U+FE0F and U+20E3.
_EMOJI: Final = "[\u203c-\u2bff\U0001f000-\U0001faff\ufe0f\u20e3]"

TABLE: Final[tuple[JoinerContext, ...]] = (
    JoinerContext(
        ZWNJ, "[\u17c9\u17ca]", _SEEN, "Unicode Standard 16.4: keeps a register shifter's shape"
    ),
    JoinerContext(
        ZWJ, "[\u17c9\u17ca]", _SEEN, "Unicode Standard 16.4: the syllable's {Z} before a vowel"
    ),
    JoinerContext(
        ZWNJ, "\u1039", _SEEN, "Unicode 3.0 to 5.0 wrote the visible asat as U+1039 U+200C"
    ),
    JoinerContext(
        ZWNJ, _CURSIVE, _SEEN, "UAX #31 A1: Persian, Urdu and Jawi break joining inside words"
    ),
    JoinerContext(
        ZWJ, _CURSIVE, _ANY, "Unicode Standard 9.2: forces the joining form, at a word's end too"
    ),
    JoinerContext(ZWJ, _ANY, _CURSIVE, "the same, at a word's start"),
    JoinerContext(
        ZWNJ, _INDIC, _ANY, "UAX #31 A2, B; before space and stop 86 times in Malayalam UDHR"
    ),
    JoinerContext(
        ZWJ, _INDIC, _ANY, "UAX #31 B; Malayalam chillu before Unicode 5.1, Sinhala conjuncts"
    ),
    JoinerContext(ZWNJ, _UNLISTED, _SEEN, "scripts without a row: nothing is removed"),
    JoinerContext(ZWJ, _UNLISTED, _SEEN, "scripts without a row: nothing is removed"),
    JoinerContext(ZWJ, _EMOJI, _EMOJI, "UTS #51, section 2.3: emoji joined to one picture"),
)


def _joiner_rules(char: str, kind: str) -> tuple[EditRule, EditRule]:
    rows = [row for row in TABLE if row.char == char]
    # The character comes first in the pattern: a literal prefix makes the search fast.
    kept = "|".join(
        (f"(?<={row.before}{char})" if row.before else "")
        + (f"(?={row.after})" if row.after else "")
        for row in rows
    )
    run = Remove(kind, re.compile(f"({char}){char}+"))
    return run, Remove(kind, re.compile(f"{char}(?!{kept})"))


JOINERS: Final = f"{ZWNJ}{ZWJ}{WJ}"
_invisible: Final = re.compile(f"[{ZWSP}{JOINERS}]")
_remove_wj: Final = Remove("wj_removed", re.compile(f"{WJ}+"))
_JOINERS: Final = (*_joiner_rules(ZWNJ, "zwnj_removed"), *_joiner_rules(ZWJ, "zwj_removed"))
_ZWSP_RUN: Final = Remove("zwsp_removed", re.compile(f"({ZWSP}){ZWSP}+"))
_ZWSP_AT_SPACE: Final = Remove("zwsp_removed", re.compile(rf"{ZWSP}(?:(?!\S)|(?<!\S{ZWSP}))"))
_OF_WORDS: Final = _of(*WORDS_BY_ZWSP)
_ZWSP_IN_SYLLABLE: Final = Remove(
    "zwsp_removed",
    re.compile(
        f"{ZWSP}(?:(?<={_OF_WORDS}{ZWSP})(?={_NEVER_FIRST})|(?<={_NEVER_LAST}{ZWSP})(?={_OF_WORDS}))"
    ),
)
_ZWSP_ELSEWHERE: Final = Remove(
    "zwsp_removed", re.compile(f"{ZWSP}(?!(?<={_OF_WORDS}{ZWSP})|(?={_OF_WORDS}))")
)
_ZWSP_ALL: Final = Remove("zwsp_removed", re.compile(f"{ZWSP}+"))


def tidy_invisible(text: str, edits: Edits) -> str:
    """Apply the table; ZWSP stays where the script uses it, single, between syllables and not next
    to a space."""
    if not _invisible.search(text):
        return text
    text = _remove_wj(text, edits)
    for rule in _JOINERS:
        text = rule(text, edits)
    if ZWSP not in text:
        return text
    for rule in (_ZWSP_RUN, _ZWSP_IN_SYLLABLE, _ZWSP_AT_SPACE):
        text = rule(text, edits)
    return text if _main_script(text) in WORDS_BY_ZWSP else _ZWSP_ELSEWHERE(text, edits)


def strip_zwsp(text: str, edits: Edits) -> str:
    """Remove every ZWSP, for a corpus whose words are to be found only by dictionary."""
    return _ZWSP_ALL(text, edits)


def _main_script(text: str) -> str:
    """The main script of the text without ZWSP, so that it is the same before and after."""
    return TextBatch([compose(text.replace(ZWSP, ""), Counter())]).main_script(0)


_WORD, _FIRST, _LAST, _BARE = 1, 2, 4, 8


def misplaced_zwsp(texts: TextBatch) -> npt.NDArray[np.int64]:
    """Where in a batch a ZWSP stands that `tidy_invisible` may remove.

    It keeps one that stands between two seen characters, at least one of them of a script that
    marks words by it, and divides no syllable.
    """
    codes = texts.codes
    places: npt.NDArray[np.int64] = np.flatnonzero(codes == ord(ZWSP))
    if not len(places):
        return places
    kinds = _neighbor_kinds()
    around = np.concatenate(([ord(" ")], codes, [ord(" ")]))
    before, after = kinds[around[places]], kinds[around[places + 2]]
    either = before | after
    divides = (before & _WORD != 0) & (after & _FIRST != 0)
    divides |= (before & _LAST != 0) & (after & _WORD != 0)
    at_edge = np.isin(places, texts.offsets) | np.isin(places + 1, texts.offsets)
    misplaced = (either & _WORD == 0) | (either & _BARE != 0) | divides | at_edge
    return places[np.flatnonzero(misplaced)]


@lru_cache(maxsize=1)
def _neighbor_kinds() -> Classes:
    """What each code point is beside a ZWSP: of a script of WORDS_BY_ZWSP, never the first or never
    the last of a syllable, or unseen."""
    table = np.zeros(SIZE, dtype=np.uint8)
    table[[ord(char) for char in f" \n{ZWSP}"]] = _BARE
    never_first, never_last = re.compile(_NEVER_FIRST), re.compile(_NEVER_LAST)
    for script in WORDS_BY_ZWSP:
        for first, last in RANGES[script]:
            for code in range(first, last + 1):
                kind = _FIRST * bool(never_first.match(chr(code)))
                table[code] = kind | _LAST * bool(never_last.match(chr(code))) | _WORD
    return table
