"""Recognizers of personal identification numbers, cards and bank accounts.

A number counts if its check digit or structure says so, or if a word before it names it. Where
only a structure speaks for it (NIK, MyKad, CCCD), nothing may touch it on either side.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from corpuskit.privacy.checksums import (
    is_card,
    is_cccd,
    is_ean13,
    is_mst,
    is_mykad,
    is_nik,
    is_npwp,
    is_nric,
    is_thai_id,
)
from corpuskit.privacy.context import OTHER
from corpuskit.privacy.findings import PersonalDatum, TextView
from corpuskit.privacy.numbers import DigitRun, NumberGroup


def _any(digits: str) -> bool:
    return len(set(digits)) > 1


@dataclass(frozen=True, slots=True)
class NumberShape:
    """How one kind of number is written."""

    kind: str
    sizes: tuple[tuple[int, ...], ...]
    """Numbers of digits of its parts: `(13,)` or `(1, 4, 5, 2, 1)`."""
    is_valid: Callable[[str], bool]
    bare: Sequence[tuple[int, ...]] = ()
    """Those of the sizes that need no word that names the number."""
    bare_in: frozenset[str] = frozenset()
    """Regions in which none of the sizes needs such a word."""
    only_in: frozenset[str] = frozenset()
    """Regions without which the number is not looked for; empty for all."""


LONGEST_PHONE: Final = 12
_FOURS: Final = (4, 4, 4, 4)

SHAPES: Final = (
    NumberShape(
        "thai_id", ((13,), (1, 4, 5, 2, 1)), is_thai_id, bare=((13,), (1, 4, 5, 2, 1))
    ),
    NumberShape("nik", ((16,), _FOURS, (6, 6, 4), (2, 4, 6, 4)), is_nik, bare=((16,), (6, 6, 4))),
    NumberShape(
        "npwp", ((15,), (16,), (2, 3, 3, 1, 3, 3), (9, 3, 3)), is_npwp,
        bare=((2, 3, 3, 1, 3, 3),)
    ),
    NumberShape(
        "mykad", ((12,), (6, 2, 4)), is_mykad, bare=((6, 2, 4),), bare_in=frozenset(("MY", "BN"))
    ),
    NumberShape("cccd", ((12,), (3, 3, 3, 3), (4, 4, 4)), is_cccd, bare_in=frozenset(("VN",))),
    NumberShape("card", ((16,), _FOURS, (4, 6, 5), (15,), (4, 6, 4), (14,), (13,), (19,),
                         (4, 4, 4, 4, 3)), is_card,
                bare=((16,), _FOURS, (4, 6, 5), (15,), (4, 6, 4))),
    NumberShape("cmnd", ((9,), (3, 3, 3), (12,)), _any),
    NumberShape("mst", ((10,), (10, 3), (13,)), is_mst),
    NumberShape("philsys", ((16,), _FOURS, (12,), (4, 4, 4), (4, 7, 1), (2, 9, 1)),
                _any),
    NumberShape("tin", ((3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 5), (9,), (12,), (14,)), _any,
                only_in=frozenset(("PH",))),
    NumberShape("sss", ((2, 7, 1), (10,)), _any, only_in=frozenset(("PH",))),
    NumberShape("khmer_id", ((9,), (3, 3, 3), (9, 2), (9, 1)), _any),
    NumberShape("lao_id", ((6,), (7,), (8,), (9,), (10,), (11,), (12,), (2, 8), (2, 6), (3, 6),
                (2, 7), (2, 2, 6), (3, 3, 3), (3, 3, 4), (4, 4, 4)), _any),
)  # fmt: skip
"""In the order in which a number is tried that is named as none of them."""

_SIZES: Final = {
    sizes: tuple(shape for shape in SHAPES if sizes in shape.sizes)
    for sizes in dict.fromkeys(sizes for shape in SHAPES for sizes in shape.sizes)
}
_BY_FIRST: Final = {
    first: tuple(sizes for sizes in _SIZES if sizes[0] == first)
    for first in {sizes[0] for sizes in _SIZES}
}
_ACCOUNT_DIGITS: Final = range(8, 20)
_ACCOUNT_PARTS: Final = 5


def numbers_in(group: NumberGroup, view: TextView) -> Iterator[PersonalDatum]:
    """The identification numbers, cards and accounts in a group of runs; none overlap."""
    taken = 0
    for first, run in enumerate(group.runs):
        if run.start < taken:
            continue
        datum = _at(group, first, view) or _account_at(group, first, view)
        if datum is not None:
            taken = datum.end
            yield datum


def _at(group: NumberGroup, first: int, view: TextView) -> PersonalDatum | None:
    """The identification number or card that starts with a run."""
    runs = group.runs
    for sizes in sorted(_BY_FIRST.get(len(runs[first].digits), ()), key=len, reverse=True):
        behind = first + len(sizes)
        parts = runs[first:behind]
        if tuple(len(run.digits) for run in parts) != sizes or not group.is_apart(first, behind):
            continue
        if not _is_even(sizes, group.separators[first : behind - 1]):
            continue
        digits = "".join(run.digits for run in parts)
        start, end = parts[0].start, parts[-1].end
        if kind := _kind_of(digits, sizes, start, end, view):
            return PersonalDatum(start, _closed(view.text, start, end), kind)
    return None


def _is_even(sizes: Sequence[int], separators: Sequence[str]) -> bool:
    """Whether the separators are of one kind; NPWP and TIN mix dots and hyphens, and a Khmer ID
    has its last part in brackets."""
    return len(set(separators)) <= 1 or len(sizes) > 4


def _closed(text: str, start: int, end: int) -> int:
    """The end with a bracket that was opened within the number: `010123456(01)`."""
    return end + 1 if "(" in text[start:end] and text[end : end + 1] == ")" else end


def _kind_of(
    digits: str, sizes: tuple[int, ...], start: int, end: int, view: TextView
) -> str | None:
    valid = [shape for shape in _SIZES[sizes] if shape.is_valid(digits)]
    if not valid:
        return None
    names = view.names(start)
    if named := next((shape.kind for shape in valid if _is_named(shape, names, view)), None):
        return named
    if _is_named_otherwise(names, digits) or not view.is_apart(start, end):
        return None
    return next((shape.kind for shape in valid if _is_bare(shape, sizes, digits, view)), None)


def _is_named(shape: NumberShape, names: frozenset[str], view: TextView) -> bool:
    return shape.kind in names and (not shape.only_in or not shape.only_in.isdisjoint(view.regions))


def _is_named_otherwise(names: frozenset[str], digits: str) -> bool:
    """Whether a number is said to be something else; no telephone number has 16 digits."""
    return not names.isdisjoint((OTHER, "bank_account")) or (
        "phone" in names and len(digits) <= LONGEST_PHONE
    )


def _is_bare(shape: NumberShape, sizes: tuple[int, ...], digits: str, view: TextView) -> bool:
    """Whether a number needs no word that names it."""
    if shape.kind == "thai_id" and digits.startswith("885") and is_ean13(digits):
        return False  # an article of a Thai maker, one in ten of which has the check digit too
    return sizes in shape.bare or not shape.bare_in.isdisjoint(view.regions)


def _account_at(group: NumberGroup, first: int, view: TextView) -> PersonalDatum | None:
    """The bank account that starts with a run, where a word names it: the longest whose parts
    belong together."""
    start = group.runs[first].start
    end = size = 0
    for behind, run in enumerate(group.runs[first : first + _ACCOUNT_PARTS], first):
        if behind > first and not _goes_on(group, first, behind, size):
            break
        size += len(run.digits)
        if size in _ACCOUNT_DIGITS and group.is_apart(first, behind + 1):
            end = run.end
    if end and "bank_account" in view.names(start):
        return PersonalDatum(start, end, "bank_account")
    return None


def _goes_on(group: NumberGroup, first: int, behind: int, size: int) -> bool:
    """Whether a run is a part of the account before it: another number follows a space as well,
    so that parts between spaces are of one length, the last at most as long."""
    separator = group.separators[behind - 1]
    if separator not in (" ", "-", "."):
        return False
    parts = {len(run.digits) for run in group.runs[first:behind]}
    return size < _ACCOUNT_DIGITS.start or (
        separator != " " or (len(parts) == 1 and len(group.runs[behind].digits) <= max(parts))
    )


_NRIC: Final = re.compile(r"(?<![A-Za-z0-9_/=&-])[STFGMstfgm][0-9]{7}[A-Za-z](?![A-Za-z0-9_])")
_NRC_TYPES: Final = "N|E|P|T|Y|S|C|Naing|NAING|naing|Th|Pyu|Ei|AC"
_NRC: Final = re.compile(
    r"(?<![0-9])(?:1[0-4]|[1-9])[ \u200b]?/[ \u200b]?"
    r"(?:[A-Za-z]{3,14}|[\u1000-\u109f\u200b]{2,16})[ \u200b]?"
    rf"\([ \u200b]?(?:{_NRC_TYPES}|[\u1000-\u109f\u200b]{{1,14}})[ \u200b]?\)[ \u200b]?"
    r"[0-9]{6}(?![0-9])"
)
"""Myanmar NRC, in Latin or Myanmar letters: `12/OUKAMA(N)123456`."""
_NRC_LENGTH: Final = 56


def lettered_number(run: DigitRun, view: TextView) -> PersonalDatum | None:
    """The identification number with letters that a run of digits is in: NRIC and FIN of
    Singapore, NRC of Myanmar."""
    text = view.text
    if len(run.digits) == 7 and run.start:
        match = _NRIC.match(text, run.start - 1)
        is_valid = match is not None and is_nric(match[0].upper())
        if match and is_valid and (match[0].isupper() or "nric" in view.names(match.start())):
            return PersonalDatum(*match.span(), "nric")
    elif len(run.digits) == 6:
        match = _NRC.search(text, max(0, run.start - _NRC_LENGTH), run.end)
        if match and match.end() == run.end:
            return PersonalDatum(*match.span(), "myanmar_nrc")
    return None
