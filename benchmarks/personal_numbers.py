"""Valid numbers of invented persons, written in the ways in which people write them.

The structures are restated here, apart from the package's own checks: check digits are computed
forward, townships and numbering plans come from other lists.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

DIGITS = {
    "Khmr": "០១២៣៤៥៦៧៨៩", "Laoo": "໐໑໒໓໔໕໖໗໘໙", "Thai": "๐๑๒๓๔๕๖๗๘๙", "Mymr": "၀၁၂၃၄၅၆၇၈၉",
    "Java": "꧐꧑꧒꧓꧔꧕꧖꧗꧘꧙", "Arab": "٠١٢٣٤٥٦٧٨٩", "Tibt": "༠༡༢༣༤༥༦༧༨༩",
}  # fmt: skip
"""Native digits by script."""

NAMES: dict[str, tuple[str, ...]] = {
    "cmnd": ("CMND số", "số chứng minh nhân dân"),
    "mst": ("MST:", "mã số thuế"),
    "philsys": ("PhilSys No.", "National ID"),
    "tin": ("TIN", "TIN No."),
    "sss": ("SSS No.", "SSS"),
    "khmer_id": ("អត្តសញ្ញាណប័ណ្ណលេខ", "អត្តសញ្ញាណប័ណ្ណសញ្ជាតិខ្មែរលេខ "),
    "lao_id": ("ບັດປະຈຳຕົວເລກທີ", "ເລກບັດປະຈຳຕົວ "),
    "bank_account": ("account number",),
}
"""How a number is named whose form alone says nothing."""

ACCOUNTS = {
    "KH": "លេខគណនី", "LA": "ເລກບັນຊີ", "TH": "เลขที่บัญชี", "VN": "số tài khoản", "ID": "no. rekening",
    "MY": "no. akaun", "BN": "no. akaun", "MM": "ဘဏ်အကောင့်",
}  # fmt: skip


def _digits(source: random.Random, count: int) -> str:
    return "".join(str(source.randrange(10)) for _ in range(count))


def _grouped(digits: str, sizes: Sequence[int], separator: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return separator.join(parts)


def _with_luhn(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def thai_id(source: random.Random) -> str:
    first = str(source.randint(1, 8)) + _digits(source, 11)
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(first))
    digits = first + str((11 - total % 11) % 10)
    ways = (digits, _grouped(digits, (1, 4, 5, 2, 1), "-"), _grouped(digits, (1, 4, 5, 2, 1), " "))
    return source.choice(ways)


NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)


def nric(source: random.Random) -> str:
    first = source.choice("STFGM")
    digits = _digits(source, 7)
    total = sum(int(digit) * weight for digit, weight in zip(digits, NRIC_WEIGHTS, strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(first, 0)
    letters = "JZIHGFEDCBA" if first in "ST" else "XWUTRQPNJLK" if first == "M" else "XWUTRQPNMLK"
    return first + digits + letters[total % 11]


def _birthday(source: random.Random) -> tuple[int, int, int]:
    return source.randint(1, 28), source.randint(1, 12), source.randint(0, 99)


def nik(source: random.Random) -> str:
    day, month, year = _birthday(source)
    province = source.choice((11, 12, 31, 32, 33, 34, 35, 36, 51, 61, 73, 91))
    place = f"{province}{source.randint(1, 30):02}{source.randint(1, 30):02}"
    day += source.choice((0, 40))
    return f"{place}{day:02}{month:02}{year:02}{source.randint(1, 9999):04}"


def npwp(source: random.Random) -> str:
    digits = _with_luhn(_digits(source, 8)) + f"{source.randint(1, 999):03}000"
    return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}.{digits[8]}-{digits[9:12]}.{digits[12:]}"


def mykad(source: random.Random) -> str:
    day, month, year = _birthday(source)
    digits = f"{year:02}{month:02}{day:02}{source.randint(1, 16):02}{_digits(source, 4)}"
    return source.choice((digits, _grouped(digits, (6, 2, 4), "-")))


def cccd(source: random.Random) -> str:
    province = source.choice((1, 2, 4, 26, 31, 38, 48, 56, 66, 75, 79, 92, 96))
    digits = f"{province:03}{source.randint(0, 3)}{_digits(source, 8)}"
    return source.choice((digits, digits, _grouped(digits, (3, 3, 3, 3), " ")))


def cmnd(source: random.Random) -> str:
    digits = f"{source.randint(1, 38):02}{source.randint(10**6, 10**7 - 1)}"
    return source.choice((digits, _grouped(digits, (3, 3, 3), " ")))


def mst(source: random.Random) -> str:
    while True:
        first = _digits(source, 9)
        weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
        last = 10 - sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11
        if last < 10:
            return f"{first}{last}"


TOWNSHIPS = (("12", "OUKAMA", "ဥကမ"), ("13", "MAMANA", "မမန"), ("9", "MAKANA", "မကန"),
             ("5", "SAKANA", "စကန"), ("1", "HAPANA", "ဟပန"), ("14", "PATHANA", "ပသန"))  # fmt: skip


def myanmar_nrc(source: random.Random) -> str:
    state, latin, native = source.choice(TOWNSHIPS)
    number = f"{source.randrange(10**6):06}"
    if source.random() < 0.5:
        return f"{state}/{latin}({source.choice('NEP')}){number}"
    kind = source.choice(("နိုင်", "ဧည့်", "ပြု"))
    return f"{state}/{native}({kind}){number}".translate(_native("Mymr"))


def philsys(source: random.Random) -> str:
    digits = f"{source.randint(1, 9)}{_digits(source, 15)}"
    return source.choice((digits, _grouped(digits, (4, 4, 4, 4), "-")))


def tin(source: random.Random) -> str:
    digits = f"{source.randint(1, 9)}{_digits(source, 8)}"
    ways = (_grouped(digits, (3, 3, 3), "-"), _grouped(digits + "000", (3, 3, 3, 3), "-"))
    return source.choice(ways)


def sss(source: random.Random) -> str:
    return _grouped(f"{source.randint(1, 9)}{_digits(source, 9)}", (2, 7, 1), "-")


def khmer_id(source: random.Random) -> str:
    digits = f"{source.randint(1, 25):02}0{source.randint(10**5, 10**6 - 1)}"
    return source.choice((digits, f"{digits}(01)"))


def lao_id(source: random.Random) -> str:
    digits = f"{source.randint(1, 18):02}{source.randint(10**5, 10**7 - 1)}"
    return source.choice((digits, _grouped(digits, (2, len(digits) - 2), "-")))


def card(source: random.Random) -> str:
    digits = _with_luhn(source.choice(("4", "51", "55", "62", "2221")).ljust(4, "7")
                        + _digits(source, 11))  # fmt: skip
    separator = source.choice(("", " ", "-"))
    return _grouped(digits, (4, 4, 4, 4), separator)


def bank_account(source: random.Random) -> str:
    digits = f"{source.randint(1, 9)}{_digits(source, source.randint(8, 15))}"
    return source.choice((digits, _grouped(digits, (3, 3, len(digits) - 6), "-")))


def email(source: random.Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    local = "".join(source.choice(letters) for _ in range(source.randint(3, 9)))
    local = source.choice((local, f"{local}.{source.choice(letters)}{local}", f"{local}_77", local))
    hosts = ("gmail.com", "yahoo.co.id", "hotmail.com", "moeys.gov.kh", "mail.ru", "kku.ac.th",
             "vnu.edu.vn", "up.edu.ph", "hsc.com.mm", "laopdr.la", "proton.me")  # fmt: skip
    return f"{local}@{source.choice(hosts)}"


def ip(source: random.Random) -> str:
    first = source.choice((1, 8, 27, 36, 43, 58, 103, 110, 175, 180, 202, 203))
    return f"{first}." + ".".join(str(source.randint(1, 100)) for _ in range(3))


def phone(region: str) -> Callable[[random.Random], str]:
    """Valid mobile and fixed-line numbers of a country, as they are written there."""

    def make(source: random.Random) -> str:
        while True:
            kind = source.choice((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE))
            example = phonenumbers.example_number_for_type(region, kind)
            digits = str(example.national_number)
            tail = _digits(source, 5)
            number = phonenumbers.parse(f"+{example.country_code}{digits[:-5]}{tail}")
            if phonenumbers.is_valid_number(number):
                return _written(number, source)

    return make


def _written(number: phonenumbers.PhoneNumber, source: random.Random) -> str:
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    compact = "".join(char for char in national if char.isdigit())
    has_trunk = compact.startswith("0")
    domestic = (national, compact, national.replace(" ", "-"), national.replace(" ", "."))
    abroad = (international, international.replace(" ", ""), international.replace("-", " "))
    return source.choice(domestic + abroad if has_trunk else abroad)


def hidden_email(source: random.Random) -> str:
    """An address that is hidden from machines."""
    local, _, host = email(source).partition("@")
    at, dot = source.choice(
        ((" [at] ", " [dot] "), ("(at)", "(dot)"), (" AT ", " DOT "), ("{at}", "."),
         ("\uff20", "."), (" (AT) ", " (DOT) "), ("[@]", "[.]"), ("_AT_", "_DOT_"),
         ("\uff20", "\uff0e"))
    )  # fmt: skip
    return f"{local}{at}{host.replace('.', dot)}"


def two_phones(region: str) -> Callable[[random.Random], str]:
    """Two numbers of a country with what people put between them."""
    make = phone(region)

    def pair(source: random.Random) -> str:
        separator = source.choice(("/", " / ", ", ", ",", "; ", " - ", " | "))
        return separator.join((make(source), make(source)))

    return pair


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "thai_id": thai_id, "nric": nric, "nik": nik, "npwp": npwp, "mykad": mykad, "cccd": cccd,
    "cmnd": cmnd, "mst": mst, "myanmar_nrc": myanmar_nrc, "philsys": philsys, "tin": tin,
    "sss": sss, "khmer_id": khmer_id, "lao_id": lao_id, "card": card,
    "bank_account": bank_account, "email": email, "ip": ip,
}  # fmt: skip

OF_COUNTRY: dict[str, tuple[str, ...]] = {
    "TH": ("thai_id",), "SG": ("nric",), "ID": ("nik", "npwp"), "MY": ("mykad",),
    "VN": ("cccd", "cmnd", "mst"), "MM": ("myanmar_nrc",), "PH": ("philsys", "tin", "sss"),
    "KH": ("khmer_id",), "LA": ("lao_id",),
}  # fmt: skip
"""Kinds of identification numbers by country."""

EVERYWHERE = ("email", "ip", "card", "bank_account", "thai_id", "nric", "nik", "myanmar_nrc")
"""Kinds that are looked for in every language."""


def _native(script: str) -> dict[int, str]:
    return dict(zip(map(ord, "0123456789"), DIGITS[script], strict=True))


def in_script(number: str, script: str) -> str:
    """The number in the script's own digits, where it has any."""
    return number.translate(_native(script)) if script in DIGITS else number
