"""Find Vietnamese typed for pre-Unicode fonts, VNI and TCVN3 (ABC).

Without the font such a text is Latin letters with signs that no language combines ("ngöôøi",
"ng­êi" for "người"), which later stages cannot distinguish from an unknown language. It is
recognized by the commonest words, spelled as they are typed for these fonts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final

import numpy as np

from corpuskit.text.tables import code_points

# The commonest words with a letter outside ASCII in NTREX-128's and the UDHR's Vietnamese (1,028
# texts of the identification seeds): 29 % of all words.
COMMON: Final = (
    "của và một các đã có là người được với vào không những ông sẽ rằng tại tôi này thể quốc việc"
    " cuộc về công từ bị động năm thứ trước ở sự họ đầu đang đó tới viên để nhân như nhưng trên"
    " nhà thành điều hội nói chúng chính lại biết hơn đến ngày dân cách quyền"
)

# VNI Windows: a vowel is a letter followed by a sign, one of Latin-1's accented letters; hook and
# horn letters, I and D with marks have codes of their own (VNI's code chart, vietunicode.sf.net).
_TONES: Final = "\u0301\u0300\u0309\u0303\u0323"  # acute, grave, hook, tilde, dot below
_VNI_SIGNS: Final = {"": "ùøûõï", "\u0302": "áàåãä", "\u0306": "éèúüë", "\u031b": "ùøûõï"}
_VNI_LETTERS: Final = {
    "đ": "ñ", "ơ": "ô", "ư": "ö", "â": "aâ", "ê": "eâ", "ô": "oâ", "ă": "aê",
    "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î",
}  # fmt: skip

# TCVN 5712:1993, third table (VN3): the code of every small letter, as Windows-1252 shows it.
_TCVN3: Final = dict(
    zip(
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ",
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ",
        strict=True,
    )
)


def vni(word: str) -> str:
    """A word in small letters as it is typed for a VNI font."""
    return "".join(_VNI_LETTERS.get(char) or _vni_letter(char) for char in word)


def _vni_letter(char: str) -> str:
    base, *marks = list(unicodedata.normalize("NFD", char))
    tone = next((mark for mark in marks if mark in _TONES), "")
    shape = next((mark for mark in marks if mark not in _TONES), "")
    letter = {"o\u031b": "ô", "u\u031b": "ö"}.get(base + shape, base)
    return letter + _VNI_SIGNS[shape][_TONES.index(tone)] if tone else letter


def tcvn3(word: str) -> str:
    """A word in small letters as it is typed for a TCVN3 font."""
    return "".join(_TCVN3.get(char, char) for char in word)


# A soft hyphen, which is TCVN3's U with horn, may have been dropped before the text got here.
_TYPED: Final[dict[str, frozenset[str]]] = {
    "vni": frozenset(map(vni, COMMON.split())),
    "tcvn3": frozenset(
        form
        for word in map(tcvn3, COMMON.split())
        for form in (word, word.replace("\u00ad", ""))
        if not form.isascii()
    ),
}
_LOOK: Final = re.compile("[\u00a8-\u00fe]")
_WORD: Final = re.compile("[A-Za-z\u00a8-\u00fe]+")

_IN_WORD: Final = np.zeros(256, dtype=np.bool_)
_IN_WORD[[code for code in range(255) if _WORD.fullmatch(chr(code))]] = True

LEAST_WORDS, LEAST_SHARE = 3, 0.1
"""Different words of COMMON, and their share of all words, that a text must reach to match."""


def vietnamese_font(text: str) -> str | None:
    """`vni` or `tcvn3` if the text was typed for a font of that encoding."""
    if not _LOOK.search(text) or not _has_enough_signs(text):
        return None
    words = Counter(_WORD.findall(text))
    small: Counter[str] = Counter()
    for word, count in words.items():
        small[word.lower()] += count
    for font, typed in _TYPED.items():
        # TCVN3 has capitals at the same codes in a second font: its letters have no case.
        counts = small if font == "vni" else words
        matches = counts.keys() & typed
        share = sum(counts[word] for word in matches)
        if len(matches) >= LEAST_WORDS and share >= LEAST_SHARE * words.total():
            return font
    return None


def _has_enough_signs(text: str) -> bool:
    """Whether LEAST_SHARE of the words may be words of COMMON, each of which has such a sign."""
    codes = np.minimum(code_points(text), 255)
    signs = np.count_nonzero((codes >= 0xA8) & (codes < 255))
    in_word = _IN_WORD[codes]
    words = np.count_nonzero(in_word[1:] & ~in_word[:-1]) + in_word[:1].sum()
    return bool(signs >= LEAST_WORDS and signs >= LEAST_SHARE * words)
