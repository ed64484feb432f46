"""Khmer: one order of marks in a syllable, one spelling for syllables that look the same.

A syllable looks the same with its marks in many orders, so typists use any of them, and
normalization form C does not sort them. Only spellings that look the same are unified: coeng DA
and coeng TA stay different here and are folded in the match key (corpuskit.text.keys).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.normalize.edits import EditRule, Edits, Replace
from corpuskit.text.tables import Codes

COENG, CONSONANTS, RO = "\u17d2", "\u1780-\u17a2\u17a5-\u17b3", "\u179a"

# The parts that follow the base of a syllable, in order: Unicode Technical Note 61 (Khmer Encoding
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

# Unicode Standard 16.4: U+17A3 and U+17A4 are deprecated in favor of these; U+17B4 and U+17B5 are
# invisible and should not be used. U+17B2 is in normal use and stays.
DEPRECATED: Final = {"\u17a3": "\u17a2", "\u17a4": "\u17a2\u17b6", "\u17b4": "", "\u17b5": ""}

# Vowels typed as the two parts that they look like (Unicode Standard 16.4, "Khmer vowel
# signs": each is one character).
JOINED: Final = {"\u17c1\u17b8": "\u17be", "\u17c1\u17b6": "\u17c4"}

# Below a vowel or sign above the base, a register shifter has the shape of U+17BB (Unicode Standard
# 16.4), and some type U+17BB. Which shifter is meant follows from the base: triisap for bases of
# the first series, muusikatoan for those of the second that take it (khnormal of the Khmer encoding
# structure lists both). BA takes both: in the test data triisap before I, II, OE (42 to 2), else
# muusikatoan (YY 13 to 3, AA 37 to 0).
_TRIISAP, _MUUSIKATOAN = "\u17ca", "\u17c9"
_FIRST_SERIES: Final = (
    "\u1780-\u1783\u1785-\u1788\u178a-\u178d\u178f-\u1792\u1795-\u1797\u179f\u17a0\u17a2"
)
_SECOND_SERIES: Final = "\u1784\u1789\u1793\u1798-\u179b\u179c"
_BA: Final = "\u1794"
# Khmer encoding structure: what makes a shifter take that shape, next to U+17BB in canonical order.
# No syllable has U+17BB beside them; U+17BB U+17C6 is a vowel of its own. Beside vowels without a
# part above (U+17C1 to U+17C5) the shifter stays above, and a reader sees that U+17BB is wrong.
_ABOVE: Final = "[\u17b7-\u17ba\u17d0\u17dd]|\u17b6\u17c6"
_AROUND: Final = "\u17be\u17bf"  # vowels with a part above that precede U+17BB
SHIFTED: Final = (
    (_TRIISAP, _BA, "[\u17b7-\u17b9]", "\u17be"),
    (_MUUSIKATOAN, _BA, _ABOVE, _AROUND),
    (_TRIISAP, _FIRST_SERIES, _ABOVE, _AROUND),
    (_MUUSIKATOAN, _SECOND_SERIES, _ABOVE, _AROUND),
)
"""The shifter meant by U+17BB, by base and by what follows or precedes U+17BB; first match."""

_PIECE: Final = f"{COENG}[{CONSONANTS}]|[\u17c9\u17ca][\u200c\u200d]?|[\u17b6-\u17d1\u17dd]"
_piece: Final = re.compile(_PIECE)
# A base with two marks or more: with one there is nothing to order.
_cluster: Final = re.compile(f"[{CONSONANTS}](?:{_PIECE}){{2,}}")
_ranks: Final = tuple(re.compile(f"[{marks}]") for marks, _ in ORDER)
_joined: Final = re.compile("|".join(JOINED))
_shifted: Final = tuple(
    (
        shifter,
        re.compile(
            f"^([{bases}]\u17cc?(?:{COENG}[{CONSONANTS}])*)"
            f"(?:([\u17be-\u17c5]?)\u17bb(?={above})|([{around}])\u17bb)"
        ),
    )
    for shifter, bases, above, around in SHIFTED
)
# U+17BB beside the shifter that it stands for.
_shifted_twice: Final = re.compile(
    f"^([{CONSONANTS}]\u17cc?(?:{COENG}[{CONSONANTS}])*[\u17c9\u17ca][\u200c\u200d]?)"
    f"(?:([\u17be-\u17c5]?)\u17bb(?={_ABOVE})|([{_AROUND}])\u17bb)"
)
_deprecated: Final[EditRule] = Replace(
    "khmer_deprecated",
    re.compile("[\u17a3\u17a4]|[\u17b4\u17b5]+"),
    lambda match: DEPRECATED[match.group()[0]],
)
_coengs: Final[EditRule] = Replace("khmer_repeats", re.compile(f"{COENG}{COENG}+"), COENG)


@lru_cache(maxsize=1 << 16)
def _repaired(cluster: str) -> tuple[str, tuple[str, ...]]:
    """The syllable in canonical form, and the kinds of edit that were needed."""
    kinds = []
    pieces = _piece.findall(cluster, 1)
    single = [piece for at, piece in enumerate(pieces) if at == 0 or piece != pieces[at - 1]]
    ordered = sorted(single, key=_rank)
    if ordered != single:
        kinds.append("khmer_reordered")
    # Sorting puts a repeated mark next to itself if another mark was in between.
    once = [piece for at, piece in enumerate(ordered) if at == 0 or piece != ordered[at - 1]]
    if len(once) < len(pieces):
        kinds.append("khmer_repeats")
    text = cluster[0] + "".join(once)
    joined = _joined.sub(lambda match: JOINED[match.group()], text)
    if joined != text:
        kinds.append("khmer_vowels_joined")
    shifted = joined
    for shifter, pattern in _shifted:
        shifted = pattern.sub(rf"\1{shifter}\2\3", shifted)
    shifted = _shifted_twice.sub(r"\1\2\3", shifted)
    if shifted != joined:
        kinds.append("khmer_shifters")
    return (shifted, tuple(kinds)) if shifted == cluster else _again(shifted, kinds)


def _again(text: str, kinds: list[str]) -> tuple[str, tuple[str, ...]]:
    """Repair until nothing changes: a joined vowel may have another place, or be a repeat."""
    final, more = _repaired(text) if _cluster.fullmatch(text) else (text, ())
    return final, (*kinds, *more)


def _rank(piece: str) -> int:
    rank = next(number for number, marks in enumerate(_ranks) if marks.match(piece))
    return 2 * rank + (piece == COENG + RO)


def order_syllables(text: str, edits: Edits) -> str:
    """Put the marks of every syllable in order, each once, and join the parts of vowels."""
    repairs = {cluster: _repaired(cluster) for cluster in set(_cluster.findall(text))}
    wrong = {cluster: repair for cluster, repair in repairs.items() if repair[0] != cluster}
    if not wrong:
        return text

    def apply_repair(match: re.Match[str]) -> str:
        cluster, kinds = wrong.get(match.group(), (match.group(), ()))
        edits.update(kinds)
        return cluster

    return _cluster.sub(apply_repair, text)


RULES: Final[tuple[EditRule, ...]] = (_deprecated, _coengs, order_syllables)
"""Repairs for the Khmer script, in their order."""


_FIRST: Final = 0x1780
_LAST_MARK: Final = 0x17DD
_ABOVE_U: Final = "\u17b6\u17b7\u17b8\u17b9\u17ba\u17d0\u17dd"
"""What may follow U+17BB that stands for a shifter; the first of SHIFTED only before U+17C6."""


@lru_cache(maxsize=1)
def _rank_table() -> npt.NDArray[np.int8]:
    """Rank of each code point from U+1780 as in ORDER; -1 for letters and, at the end, others."""
    table = np.full(_LAST_MARK - _FIRST + 2, -1, dtype=np.int8)
    for code in range(_FIRST, _LAST_MARK + 1):
        ranks = (number for number, marks in enumerate(_ranks) if marks.match(chr(code)))
        table[code - _FIRST] = next(ranks, -1)
    return table


def places_to_repair(codes: Codes) -> npt.NDArray[np.int64]:
    """Where a repair may start: without such a place, RULES change nothing in a text.

    A place is the second or third character of a pair or triple that is out of order, repeated,
    or the parts of one vowel or shifter.
    """
    ranks = _rank_table()[np.minimum(codes - np.uint32(_FIRST), _LAST_MARK - _FIRST + 1)]
    before, after = codes[:-1], codes[1:]
    is_mark = ranks[1:] >= 0
    wrong = is_mark & ((ranks[:-1] > ranks[1:]) | (before == after))
    for first, second in _pairs():
        wrong |= (before == first) & (after == second)
    coeng = codes == ord(COENG)
    below = codes[1:-1]
    stacked = coeng[:-2] & ((coeng[2:] & (below == ord(RO))) | (codes[2:] == ord("\u17cc")))
    twice = coeng[:-3] & coeng[2:-1] & (codes[1:-2] == codes[3:])
    deprecated = np.isin(codes, [ord(char) for char in DEPRECATED])
    return np.concatenate(
        (
            np.flatnonzero(wrong) + 1,
            np.flatnonzero(stacked) + 2,
            np.flatnonzero(twice) + 3,
            np.flatnonzero(deprecated),
        )
    )


def _pairs() -> list[tuple[int, int]]:
    """Pairs that are one vowel, or a shifter typed as U+17BB, though they are in order."""
    shifters = [f"\u17bb{above}" for above in _ABOVE_U] + [f"{vowel}\u17bb" for vowel in _AROUND]
    return [(ord(pair[0]), ord(pair[1])) for pair in (*JOINED, *shifters)]
