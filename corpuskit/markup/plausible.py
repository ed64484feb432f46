"""Whether text decoded with a single-byte charset is real, or bytes of another charset.

Any bytes decode as windows-1252, and nearly any as windows-874, so decoding without an error
proves nothing. Each test here checks one property that text in that charset always has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_SAMPLE = 200_000
"""Characters examined."""

_MARKUP: Final = re.compile(r"<[^<>]{0,2000}>|&[#\w]{1,10};")

_FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
_ISOLATED: Final = re.compile(r"(?<=[a-z])[^\x00-\x7f](?=[a-z])")

_LONG_RUN = 5
"""No orthography in Latin letters has five letters outside ASCII in a row: Vietnamese, the
densest, reaches three (horn, tone, next vowel). Thai, Cyrillic or UTF-8 read as Latin has."""

_MAX_LONG_RUN_SHARE = 0.2
"""On the UDHR: at most .013 in every language of a Latin code page, at least .64 where Thai,
Cyrillic, Greek, Arabic, Hebrew or Hangul bytes are read as windows-1252."""

_MAX_ISOLATED_SHARE = 0.2
"""On the UDHR: none in Russian, Greek, Arabic, Hebrew and Thai, .47 to .97 where Western text is
read as one of them (Italian excepted, whose accents end words)."""

_MIN_ORTHOGRAPHIC_SHARE = 0.95
"""All Thai and Vietnamese marks have a base; the remaining 5 % allow for broken bytes."""

_THAI_MARK = "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
_THAI_BASE = "[\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e45\u0e47-\u0e4e]"  # letters, other marks
_THAI_MARKS: Final = re.compile(_THAI_MARK)
_THAI_BASED: Final = re.compile(f"(?<={_THAI_BASE}){_THAI_MARK}")
_THAI: Final = re.compile("[\u0e01-\u0e5b]")
_THAI_COMMON: Final = re.compile("[กงดทนมยรลวอาเ่้ัีิ]")
_MIN_THAI_COMMON = 0.5
"""These 18 characters are 65 % of the Universal Declaration in Thai; of other charsets' bytes
read as Thai they are 11 % (Greek) to 39 % (Russian in KOI8-R)."""

_MANY_THAI = 40
"""Letters from which on the share of the common ones is asked of text that is declared to be Thai.
Of fewer, less than half may be common by chance (65 % less two standard deviations)."""

_MIN_THAI_WORD = 3
"""Shorter runs outside ASCII are the accents of a Latin text that windows-874 reads as Thai."""

_MISREAD: Final = re.compile(
    "(?i)[a-z][\u00a1-\u00b6\u00b8-\u00bf\u00d7\u00f7\u00d0\u00de\u00f0\u00fe][a-z]"
)
_TONES: Final = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_VOWELED_TONES: Final = re.compile(
    "(?<=[aeiouyâăêôơưAEIOUYÂĂÊÔƠƯ])[\u0300\u0301\u0303\u0309\u0323]"
)
_VIETNAMESE: Final = re.compile("[âăêôơưđÂĂÊÔƠƯĐ]")


def visible(text: str) -> str:
    """A sample of `text` without tags, entities and what could not be decoded."""
    return _MARKUP.sub(" ", text[:_SAMPLE]).replace("\ufffd", "")


def latin(text: str) -> bool:
    """Whether letters outside ASCII stand in short runs, as in every Latin orthography."""
    runs = _FOREIGN.findall(text)
    long = sum(len(run) for run in runs if len(run) >= _LONG_RUN)
    return long <= _MAX_LONG_RUN_SHARE * sum(map(len, runs))


def other_script(text: str) -> bool:
    """Whether letters outside ASCII form words of their own, as in every other script."""
    isolated = len(_ISOLATED.findall(text))
    return isolated <= _MAX_ISOLATED_SHARE * len(_FOREIGN.findall(text))


def thai(text: str, *, declared: bool = False) -> bool:
    """Whether there is Thai, in words, and its marks stand on its consonants.

    Of a few letters that are `declared` to be Thai no more is asked than that.
    """
    runs = _FOREIGN.findall(text)
    words = [run for run in runs if len(run) >= _MIN_THAI_WORD]
    written = sum(map(len, words)) >= _MIN_ORTHOGRAPHIC_SHARE * sum(map(len, runs))
    joined = "".join(words)
    marks, based = len(_THAI_MARKS.findall(joined)), len(_THAI_BASED.findall(joined))
    letters, common = len(_THAI.findall(joined)), len(_THAI_COMMON.findall(joined))
    is_thai = letters >= _MIN_ORTHOGRAPHIC_SHARE * len(joined)
    spelled = based >= _MIN_ORTHOGRAPHIC_SHARE * marks
    usual = common >= _MIN_THAI_COMMON * letters or (declared and letters < _MANY_THAI)
    return bool(words) and written and is_thai and spelled and usual


def western(text: str) -> bool:
    """Whether windows-1252 text uses the letters of Western Europe as letters.

    Where the bytes are another Latin code page, symbols, thorns and eths stand inside words.
    """
    return not _MISREAD.search(text)


def vietnamese(text: str) -> bool:
    """Whether combining tone marks stand on vowels, and there are Vietnamese letters."""
    tones = len(_TONES.findall(text))
    based = len(_VOWELED_TONES.findall(text))
    letters = len(_VIETNAMESE.findall(text))
    return bool(letters) and based >= _MIN_ORTHOGRAPHIC_SHARE * tones and tones > 0 and latin(text)


LATIN: Final = (
    "macintosh",
    *(f"windows-{page}" for page in (1250, 1252, 1254, 1257, 1258)),
    *(f"iso-8859-{part}" for part in (2, 3, 4, 10, 13, 14, 15, 16)),
)
_OTHER_SCRIPTS: Final = (
    *("ibm866", "koi8-r", "koi8-u", "x-mac-cyrillic"),
    *(f"windows-{page}" for page in (1251, 1253, 1255, 1256)),
    *(f"iso-8859-{part}" for part in (5, 6, 7, 8)),
)

ANY_BYTES: Final = frozenset((*LATIN, *_OTHER_SCRIPTS))
"""Charsets in which (nearly) every byte is a character."""

_TESTS: Final[dict[str, Callable[[str], bool]]] = {
    "windows-874": thai,
    **dict.fromkeys(_OTHER_SCRIPTS, other_script),
    **dict.fromkeys(LATIN, latin),
}


def plausible(name: str, text: str, *, declared: bool = False) -> bool:
    """Whether `text` looks like text that was written in charset `name` (the Encoding Standard's).

    Multi-byte charsets, whose decoders reject other bytes, are always plausible; so is ASCII
    text.
    """
    if name == "windows-874" and declared:
        shown = visible(text)
        if shown.isascii():  # a page of frames or pictures: its letters are in attributes
            shown = text[:_SAMPLE].replace("\ufffd", "")
        return text.isascii() or thai(shown, declared=True)
    test = _TESTS.get(name)
    return test is None or text.isascii() or test(visible(text))
