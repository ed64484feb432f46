"""Thai in TIS-620 that was decoded as a Latin encoding: runs of Latin letters and signs that occur
in no language. And text in UTF-8 that was decoded as TIS-620: Thai letters in an order that Thai
never has."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

# TIS-620 (cp874) has Thai at A1 to DA and DF to FB; Unicode has it from U+0E01 on. Bytes above DA
# without a letter show that it is another encoding.
_ASSIGNED: Final = (*range(0xA1, 0xDB), *range(0xDF, 0xFC))
_UNASSIGNED: Final = (*range(0xDB, 0xDF), *range(0xFC, 0x100))
_SIGNS: Final = (0x80, 0x85, *range(0x91, 0x98))  # of cp874: quotation marks, dashes, ellipsis
RUN: Final = 6  # letters in a row that start a closer look

ENCODINGS: Final = ("latin-1", "cp1250", "iso8859_2", "cp1254", "cp1258", "mac_roman")
"""Encodings that text in TIS-620 is taken for; Windows-1252 is Latin-1 where Thai is."""


@dataclass(frozen=True, slots=True)
class _LatinReading:
    """How characters of an encoding are read as Thai."""

    letters: str
    """Those that are read as Thai letters, escaped for a regular expression."""
    to_thai: dict[int, int]
    run: re.Pattern[str]
    unassigned: re.Pattern[str]


def _reading(encoding: str) -> _LatinReading:
    def char(byte: int) -> str:
        return bytes([byte]).decode(encoding, "ignore")

    to_thai = {ord(char(byte)): byte - 0xA1 + 0xE01 for byte in _ASSIGNED if char(byte)}
    letters = re.escape("".join(map(chr, to_thai)))
    signs = {ord(char(byte)): ord(bytes([byte]).decode("cp874")) for byte in _SIGNS if char(byte)}
    unassigned = re.escape("".join(map(char, _UNASSIGNED)))
    return _LatinReading(
        letters,
        signs | to_thai,
        re.compile(f"[{letters}]{{{RUN}}}"),
        re.compile(f"[{unassigned}]"),
    )


_READINGS: Final = tuple(map(_reading, ENCODINGS))
_ANY: Final = "".join(reading.letters for reading in _READINGS)
MISREAD_LETTERS: Final = frozenset(
    ord(char) for encoding in ENCODINGS for char in bytes(_ASSIGNED).decode(encoding, "ignore")
)
"""Code points that are read as Thai letters in one of the encodings."""
_ANY_RUN: Final = re.compile(f"[{_ANY}]{{{RUN}}}")
_LEFT_OVER: Final = re.compile(f"(?![\u2013-\u2026\u20ac])[{_ANY}]")  # not signs of cp874

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


def may_be_thai(text: str) -> bool:
    """Whether the text has a run of characters that may be Thai letters."""
    return _ANY_RUN.search(text) is not None


def as_thai(line: str) -> str:
    """The line read as Thai, if an encoding makes good Thai of it: the one that leaves the fewest
    characters unread, since the encodings share most letters."""
    readings = [
        thai
        for reading in _READINGS
        if reading.run.search(line) and not reading.unassigned.search(line)
        if _is_good(thai := line.translate(reading.to_thai))
    ]
    return min(readings, key=lambda thai: len(_LEFT_OVER.findall(thai)), default=line)


def _is_good(thai: str) -> bool:
    letters = Counter(_THAI.findall(thai))
    count = letters.total()
    dominates = 2 * count > len(_LETTER.findall(thai))
    is_utf8 = max(letters[byte] for byte in _LEAD_BYTES) > _LEAD_SHARE * count
    misspelled = len(_NOT_THAI.findall(thai)) > _MISSPELLED * count
    return dominates and not is_utf8 and not misspelled


# The scripts that are written in pages whose encoding is taken for TIS-620 (cp874). Each of their
# letters is E0 B8 to E0 BB, or E1 80 to E1 82, 9E or 9F, and one more byte.
_SECONDS: Final = {
    "\u0e40": "\u0e18-\u0e1b",
    "\u0e41": "\u0080-\u0082\u009e\u009f\u20ac\u201a\u017e\u0178",
}
TRIPLE_LEADS: Final = "".join(_SECONDS)
TRIPLE_SECONDS: Final = "".join(_SECONDS.values())
_TRIPLE: Final = re.compile(
    "(?:" + "|".join(f"{lead}[{seconds}]" for lead, seconds in _SECONDS.items()) + ")."
)
_TRIPLES: Final = 3  # in a row, to start a closer look; no Thai text has two
_RUN_OF_TRIPLES: Final = re.compile(f"(?:{_TRIPLE.pattern}){{{_TRIPLES}}}")
_SCRIPTS_OF_UTF8: Final = re.compile(
    "[\u0e01-\u0e5b]+|[\u0e81-\u0edf]+|[\u1000-\u109f]+|[\u1780-\u17ff]+"
)


def _shown_as(byte: int) -> list[str]:
    """What a byte outside ASCII is shown as: by cp874; one without a letter there also by
    Windows-1252 or as a control."""
    encodings = ("cp874",) if byte >= 0xA0 else ("cp874", "cp1252", "latin-1")
    return sorted({bytes([byte]).decode(encoding, "ignore") for encoding in encodings} - {""})


_TO_BYTE: Final = {char: byte for byte in range(0x80, 0x100) for char in _shown_as(byte)}
_SHOWN: Final = re.compile(f"[{re.escape(''.join(_TO_BYTE))}]{{{3 * _TRIPLES},}}")


def may_be_utf8(text: str) -> bool:
    """Whether the text has a run of Thai letters that may be UTF-8."""
    return _RUN_OF_TRIPLES.search(text) is not None


def as_utf8_in_thai(line: str) -> str:
    """The line with each run decoded that is UTF-8 shown in Thai letters."""
    return _SHOWN.sub(lambda run: _decoded(run.group()), line) if may_be_utf8(line) else line


def _decoded(run: str) -> str:
    """The run decoded, if all of it is UTF-8 of one of the scripts; else unchanged."""
    try:
        text = bytes(_TO_BYTE[char] for char in run).decode()
    except UnicodeDecodeError:
        return run
    return text if _SCRIPTS_OF_UTF8.fullmatch(text) else run
