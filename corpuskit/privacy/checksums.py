"""Check digits and structures of numbers, as their issuers define them.

The rules are public; docs/personal-data.md names where each was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final


def weighted_sum(digits: str, weights: Sequence[int]) -> int:
    """The sum of each digit times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def is_thai_id(digits: str) -> bool:
    """13 digits: d13 = (11 - sum (14-i) d_i mod 11) mod 10, the first from 1 to 8."""
    total = weighted_sum(digits[:12], range(13, 1, -1))
    return digits[0] in "12345678" and int(digits[12]) == (11 - total % 11) % 10


_NRIC_WEIGHTS: Final = (2, 7, 6, 5, 4, 3, 2)
_NRIC_LETTERS: Final = {
    "S": (0, "JZIHGFEDCBA"), "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"), "G": (4, "XWUTRQPNMLK"), "M": (3, "XWUTRQPNJLK"),
}  # fmt: skip
"""First letter -> what is added to the sum, and the check letter per remainder."""


def is_nric(number: str) -> bool:
    """A Singapore NRIC or FIN in capitals, such as `S1234567D`: the check letter fits."""
    added, letters = _NRIC_LETTERS[number[0]]
    rest = (weighted_sum(number[1:8], _NRIC_WEIGHTS) + added) % 11
    return number[8] == letters[rest]


_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_date(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


_NIK_PROVINCES: Final = frozenset(
    (*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82,
     *range(91, 98))
)  # fmt: skip
"""Codes of the provinces of Indonesia (Kepmendagri 100.1.1-6117/2022)."""


def is_nik(digits: str) -> bool:
    """16 digits: province, regency, district, DDMMYY (of women DD + 40), a serial number."""
    regency, district, day = int(digits[2:4]), int(digits[4:6]), int(digits[6:8])
    return (
        int(digits[:2]) in _NIK_PROVINCES
        and 1 <= regency <= 79
        and district >= 1
        and _is_date(int(digits[8:10]), day - 40 if day > 40 else day)
        and digits[12:] != "0000"
    )


_MYKAD_PLACES: Final = frozenset(
    (*range(1, 17), *range(21, 69), 71, 72, *range(74, 80), *range(82, 94), 98, 99)
)
"""Codes of places of birth: states 01 to 16 and 21 to 59, countries and others the rest."""


def is_mykad(digits: str) -> bool:
    """12 digits: YYMMDD, a place of birth, four more digits."""
    return _is_date(int(digits[2:4]), int(digits[4:6])) and int(digits[6:8]) in _MYKAD_PLACES


_CCCD_PROVINCES: Final = frozenset(
    (1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37,
     38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77,
     79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96)
)  # fmt: skip
"""Codes of the provinces of Vietnam before 2025-07; those of today are among them."""


def is_cccd(digits: str) -> bool:
    """12 digits: province, century and sex (0 to 3 for births until 2099), six or more digits."""
    return int(digits[:3]) in _CCCD_PROVINCES and digits[3] in "0123"


def is_npwp(digits: str) -> bool:
    """15 digits, the first nine with a Luhn check digit; since 2024 also with a 0 before them."""
    if len(digits) == 16:
        return digits[0] == "0" and is_npwp(digits[1:])
    return is_luhn(digits[:9]) and digits[:9] != "000000000"


def is_mst(digits: str) -> bool:
    """10 digits (13 for a branch): d10 = 10 - (sum of weighted digits mod 11)."""
    total = weighted_sum(digits[:9], (31, 29, 23, 19, 17, 13, 7, 5, 3))
    return int(digits[9]) == 10 - total % 11


def is_ean13(digits: str) -> bool:
    """Whether the last of 13 digits is the check digit of an article number (GS1)."""
    return weighted_sum(digits, (1, 3) * 6 + (1,)) % 10 == 0


def is_card(digits: str) -> bool:
    """12 to 19 digits of a card network (ISO/IEC 7812) with a Luhn check digit, not all equal."""
    first = int(digits[:4])
    size = len(digits)
    is_of_network = (
        (digits[0] == "4" and size in (13, 16, 19))
        or ((51 <= first // 100 <= 55 or 2221 <= first <= 2720) and size == 16)
        or (first // 100 in (34, 37) and size == 15)
        or ((first == 6011 or first // 100 == 65 or first // 10 in range(644, 650)) and size == 16)
        or (first // 100 == 62 and 16 <= size <= 19)
        or (3528 <= first <= 3589 and size == 16)
        or (first // 100 in (36, 38, 39) and size == 14)
    )
    return is_of_network and len(set(digits)) > 1 and is_luhn(digits)
