"""Words that say what kind of number follows, in the languages of the region."""

from __future__ import annotations

import re
from typing import Final

WINDOW: Final = 48
"""Characters before a number in which its name may stand: `Nomor Induk Kependudukan (NIK) anda
adalah` has 44."""

OTHER: Final = "other"
"""Named as something that is not personal data."""
_RIGHT_BEFORE: Final = 6

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "phone": (
        "tel", "telp", "tlp", "telepon", "telefon", "telpon", "telephone", "phone", "mobile", "hp",
        "no hp", "handphone", "ponsel", "wa", "whatsapp", "viber", "zalo", "fax", "faks", "hotline",
        "call", "sms", "hubungi", "contact", "kontak", "cellphone", "cel", "cp no", "telepono",
        "telefone", "tawag", "điện thoại", "dien thoai", "đt", "sđt", "sdt", "dt", "di động",
        "liên hệ", "โทร", "โทรศัพท์", "เบอร์", "มือถือ", "ติดต่อ", "แฟกซ์", "สายด่วน",
        "ទូរស័ព្ទ", "ទូរសព្ទ", "លេខទូរស័ព្ទ", "ទំនាក់ទំនង", "ទូរសារ", "ໂທ", "ໂທລະສັບ", "ເບີໂທ",
        "ໂທລະສານ", "ຕິດຕໍ່", "ဖုန်း", "ဆက်သွယ်", "တယ်လီဖုန်း", "電話", "电话", "手機", "手机", "致電",
        "تليفون", "ہاتف", "هاتف", "தொலைபேசி", "ཁ་པར", "ꦠꦺꦭꦺꦥꦺꦴꦤ꧀",
    ),
    "thai_id": ("บัตรประชาชน", "ประจำตัวประชาชน", "เลขประจำตัว", "thai id"),
    "nric": ("nric", "fin", "nric/fin", "identity card no"),
    "nik": ("nik", "ktp", "no ktp", "nomor induk kependudukan", "kartu tanda penduduk"),
    "npwp": ("npwp", "nomor pokok wajib pajak"),
    "mykad": (
        "mykad", "kad pengenalan", "no kp", "no. kp", "k/p", "no ic", "ic no", "nombor kp",
        "kad pengenalan diri", "i.c", "nric no", "nric", "ic", "كد ڤڠنالن", "کد ڤڠنالن",
    ),
    "cccd": (
        "cccd", "căn cước", "căn cước công dân", "can cuoc", "định danh", "số định danh",
        "thẻ căn cước", "mã định danh",
    ),
    "cmnd": ("cmnd", "cmt", "cmtnd", "chứng minh nhân dân", "chứng minh thư", "chung minh"),
    "mst": ("mst", "mã số thuế", "ma so thue"),
    "myanmar_nrc": ("nrc", "နိုင်ငံသားစိစစ်ရေး", "မှတ်ပုံတင်"),
    "philsys": (
        "philsys", "philid", "phil id", "pcn", "psn", "national id", "philippine id",
        "philippine identification", "ephilid", "philhealth", "pag-ibig", "pagibig",
    ),
    "tin": ("tin", "tax identification number", "taxpayer identification number"),
    "sss": ("sss", "social security"),
    "khmer_id": (
        "អត្តសញ្ញាណប័ណ្ណ", "អត្តសញ្ញាណបណ្ណ", "អត្តសញ្ញាណ", "អ.ខ", "អត្ត.លេខ",
        "cambodian id", "khmer id", "khmer identity card",
    ),
    "lao_id": (
        "ບັດປະຈຳຕົວ", "ບັດປະຈໍາຕົວ", "ເລກບັດ", "ປຶ້ມສຳມະໂນ", "ປຶ້ມສໍາມະໂນ", "lao id",
    ),
    "bank_account": (
        "rekening", "norek", "no rek", "no. rek", "no.rek", "rek.", "account number",
        "account no", "acct no", "a/c", "bank account", "akaun", "nombor akaun", "số tài khoản",
        "so tai khoan", "stk",
        "tài khoản", "เลขที่บัญชี", "เลขบัญชี", "บัญชีเลขที่", "លេខគណនី", "គណនី", "ເລກບັນຊີ",
        "ເລກທີບັນຊີ", "ဘဏ်အကောင့်", "ဘဏ်စာရင်း", "စာရင်းအမှတ်", "帳號", "账号", "賬號", "戶口",
    ),
    "card": (
        "kartu kredit", "credit card", "debit card", "kad kredit", "thẻ tín dụng", "บัตรเครดิต",
        "card number", "visa", "mastercard",
    ),
    OTHER: (
        "isbn", "issn", "doi", "version", "versi", "phiên bản", "invoice", "order", "resi", "rp",
        "usd", "imei", "serial", "kode pos", "zip", "pmid", "isrc", "oclc", "arxiv", "rfc",
        "lccn", "sku", "scopus", "viaf", "s2cid", "osm", "patent", "nbn", "orcid", "isni",
        "mmsi", "gtin", "barcode", "batch",
    ),
}  # fmt: skip
"""Kind -> the words that name it."""


_LATIN: Final = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"


def _pattern() -> re.Pattern[str]:
    """All words, the longest first; one in letters of the Latin script is a whole word."""
    words = sorted({word for words in _WORDS.values() for word in words}, key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in words if _is_spaced(word))
    unspaced = "|".join(re.escape(word) for word in words if not _is_spaced(word))
    return re.compile(rf"(?<![{_LATIN}])(?:{spaced})(?![{_LATIN}])|{unspaced}")


def _is_spaced(word: str) -> bool:
    return word[0].isascii() or word[0] < "\u0600"


_PATTERN: Final = _pattern()
_KINDS: Final = {
    word: frozenset(kind for kind, words in _WORDS.items() if word in words)
    for words in _WORDS.values()
    for word in words
}


def named_kinds(folded: str, start: int) -> frozenset[str]:
    """The kinds that the nearest word before a place names; empty if none is near.

    `folded` is the text in lower case, character by character. `other` counts only right before
    the number: prices and codes stand beside telephone numbers.
    """
    window = max(0, start - WINDOW)
    kinds: frozenset[str] = frozenset()
    for match in _PATTERN.finditer(folded[window:start]):
        named = _KINDS[match[0]]
        if OTHER not in named or start - window - match.end() <= _RIGHT_BEFORE:
            kinds = named
    return kinds


def folded(text: str) -> str:
    """The text in lower case, with as many characters as before."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
