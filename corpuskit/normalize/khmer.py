"""Khmer: one order inside a syllable, one spelling for what looks the same.

Fonts draw a syllable the same way in many orders of its marks, so typists leave it in any;
normalization form C orders none of it. Only what is drawn alike is rewritten: coeng DA and
coeng TA stay apart here and meet in the match key (corpuskit.text.keys).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from corpuskit.normalize.edits import Edits, Replace, Rule

COENG, CONSONANTS, RO = "\u17d2", "\u1780-\u17a2\u17a5-\u17b3", "\u179a"

# What follows the base of a syllable, in its order: Unicode Technical Note 61 (Khmer Encoding
# Structure). Vowels written before or around the base come first, then below, above, after.
ORDER: Final[tuple[tuple[str, str], ...]] = (
    ("\u17cc", "robat"),
    ("\u17d2", "coeng and its consonant; coeng RO last, since it is drawn to the left"),
    ("\u17c9\u17ca", "register shifters, with the joiner that keeps their shape"),
    ("\u17be-\u17c5", "vowels before or around the base"),
    ("\u17bb-\u17bd", "vowels below"),
    ("\u17b7-\u17ba", "vowels above"),
    ("\u17b6", "vowel after"),
    ("\u17c6\u17cb\u17cd-\u17d1\u17dd", "signs above"),
    ("\u17c7\u17c8", "signs after"),
)

# Unicode Standard 16.4: U+17A3 and U+17A4 are deprecated for what stands here, U+17B4 and
# U+17B5 are invisible and should not be used. U+17B2 is in normal use and stays.
DEPRECATED: Final = {"\u17a3": "\u17a2", "\u17a4": "\u17a2\u17b6", "\u17b4": "", "\u17b5": ""}

# Vowels typed as the two parts that they are drawn from (Unicode Standard 16.4, "Khmer vowel
# signs": each is one character).
JOINED: Final = {"\u17c1\u17b8": "\u17be", "\u17c1\u17b6": "\u17c4"}

# Under a vowel above, a register shifter takes the shape of U+17BB (Unicode Standard 16.4), and
# some type that. Which shifter it was follows from the base: triisap for bases of the first
# series, muusikatoan for the second. BA takes both: 19 to 1 in the test data.
SHIFTED: Final = {
    "\u17ca": "\u1794\u179f\u17a0\u17a2",
    "\u17c9": "\u1784\u1789\u1793\u1798-\u179b\u179c",
}
_ABOVE: Final = "\u17b7-\u17ba"

_PIECE: Final = f"{COENG}[{CONSONANTS}]|[\u17c9\u17ca][\u200c\u200d]?|[\u17b6-\u17d1\u17dd]"
_piece: Final = re.compile(_PIECE)
# A base with two marks or more: with one there is nothing to order.
_cluster: Final = re.compile(f"[{CONSONANTS}](?:{_PIECE}){{2,}}")
_ranks: Final = tuple(re.compile(f"[{marks}]") for marks, _ in ORDER)
_joined: Final = re.compile("|".join(JOINED))
_shifted: Final = tuple(
    (
        shifter,
        re.compile(f"^([{bases}](?:{COENG}[{CONSONANTS}])*)(?:\u17bb([{_ABOVE}])|(\u17be)\u17bb)"),
    )
    for shifter, bases in SHIFTED.items()
)
_deprecated: Final[Rule] = Replace(
    "khmer_deprecated",
    re.compile("[\u17a3\u17a4]|[\u17b4\u17b5]+"),
    lambda found: DEPRECATED[found.group()[0]],
)
_coengs: Final[Rule] = Replace("khmer_repeats", re.compile(f"{COENG}{COENG}+"), COENG)


@lru_cache(maxsize=1 << 16)
def _repaired(cluster: str) -> tuple[str, tuple[str, ...]]:
    """A syllable as it should be, and the kinds of edit that made it so."""
    kinds = []
    pieces = _piece.findall(cluster, 1)
    single = [piece for at, piece in enumerate(pieces) if at == 0 or piece != pieces[at - 1]]
    ordered = sorted(single, key=_rank)
    if ordered != single:
        kinds.append("khmer_reordered")
    # A mark typed twice with another between them is beside itself only now.
    once = [piece for at, piece in enumerate(ordered) if at == 0 or piece != ordered[at - 1]]
    if len(once) < len(pieces):
        kinds.append("khmer_repeats")
    text = cluster[0] + "".join(once)
    joined = _joined.sub(lambda found: JOINED[found.group()], text)
    if joined != text:
        kinds.append("khmer_vowels_joined")
    shifted = joined
    for shifter, pattern in _shifted:
        shifted = pattern.sub(rf"\1{shifter}\2\3", shifted)
    if shifted != joined:
        kinds.append("khmer_shifters")
    return (shifted, tuple(kinds)) if shifted == cluster else _again(shifted, kinds)


def _again(text: str, kinds: list[str]) -> tuple[str, tuple[str, ...]]:
    """Repair until nothing is left to do: a joined vowel may have another place, a repeat."""
    final, more = _repaired(text) if _cluster.fullmatch(text) else (text, ())
    return final, (*kinds, *more)


def _rank(piece: str) -> int:
    rank = next(number for number, marks in enumerate(_ranks) if marks.match(piece))
    return 2 * rank + (piece == COENG + RO)


def order_syllables(text: str, edits: Edits) -> str:
    """Put the marks of every syllable in order, each once, and join what is one vowel."""
    found = {cluster: _repaired(cluster) for cluster in set(_cluster.findall(text))}
    wrong = {cluster: done for cluster, done in found.items() if done[0] != cluster}
    if not wrong:
        return text

    def repair(match: re.Match[str]) -> str:
        text, kinds = wrong.get(match.group(), (match.group(), ()))
        edits.update(kinds)
        return text

    return _cluster.sub(repair, text)


RULES: Final[tuple[Rule, ...]] = (_deprecated, _coengs, order_syllables)
"""Repairs for the Khmer script, in their order."""
