"""Zawgyi to Unicode: CLDR's rules (zawgyi_rules), applied syllable by syllable and remembered.

The rules are passes over a text that move marks around their consonant. None of them moves a mark
past the next consonant in Zawgyi's typing order, so syllables can be converted one by one and the
results joined; real text has few different syllables. A line with anything that the rules do not
expect (a mark without a base, a lone zero) goes through the passes as a whole instead, so that
the result is the same as that of the passes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Final

from corpuskit.normalize.zawgyi_rules import (
    BESIDE,
    CLASSES,
    KINZI,
    LETTERS,
    PAIRS,
    PHASES,
    STACKED,
)

# No rule of PHASES starts at these consonants; a seventh faster with the guard.
_NO_MARK: Final = "(?![\u1000-\u1004\u1006-\u1021])"
_WITH_KINZI: Final = re.compile("[\u1064\u108b-\u108d]")
_CLASS: Final = re.compile("[CDMVSN]")  # names of classes in a rule
_REFERENCE: Final = re.compile(r"\\([1-9])")
_PARTS: Final = re.compile(r"\\[1-9]|[^\\]+")

# A syllable as it is typed: vowel E and medial ra, the consonant, kinzi, other marks, a zero
# typed for WA. Not a syllable here: kinzi after other marks, which is above the next consonant,
# and a great SA after visarga (or U+104E, which ends with one), which would swap places with it.
_RA: Final = "[\u103b\u107e-\u1084]"
_MARKS: Final = (
    "[\u102b-\u1030\u1032-\u103a\u103c\u103d\u105a\u1060-\u1063\u1065-\u1069\u106c\u106d"
    "\u1070-\u107d\u1085\u1087-\u108a\u108e\u1093-\u1096]*+"
)
_KINZI_OVER: Final = "(?:\u103a?\u1064|\u103a?\u1033?\u108b|\u103a?[\u108c\u108d])?+"
_WA: Final = f"\u1040{_MARKS}(?=[^\u1040-\u1049])"
_SYLLABLE: Final = (
    f"(?:(?:\u1031{_RA}?+|{_RA}\u1031?+)?+"
    f"(?:[\u1000-\u1021]{_KINZI_OVER}|[\u106b\u106e\u106f\u108f-\u1092\u1097])"
    f"|\u1031?+[\u1023-\u102a\u106a]|(?<![\u1038\u104e])\u1086){_MARKS}(?:{_WA})?+"
)
# Other tokens: other scripts, punctuation, and numbers that do not begin with a look-alike of a
# letter.
_OTHER: Final = (
    f"[^\u1000-\u109f]++|[\u104a-\u104f]|[\u1041-\u1043\u1045-\u1049][\u1040-\u1049]*+"
    f"|(?<=[^\u1000-\u109f]){_WA}"
)
_TOKEN: Final = re.compile(f"{_SYLLABLE}|{_OTHER}")
_NOTHING: Final = "\u104b"  # a character in no rule
_CONSONANT: Final = "\u1000"


def convert_zawgyi(text: str) -> str:
    """Convert a text from Zawgyi to Unicode; text that is not Zawgyi gets garbled."""
    lines = text.split("\n")
    converted = [
        by_passes(line) if (fast := _by_syllables(line)) is None else fast for line in lines
    ]
    return unicodedata.normalize("NFC", "\n".join(converted))


def _by_syllables(line: str) -> str | None:
    """Convert a line syllable by syllable; None if it does not consist of syllables alone."""
    tokens = _TOKEN.findall(line)
    if sum(map(len, tokens)) != len(line):
        return None
    if not tokens:
        return ""
    done, before_consonant = map(list, zip(*map(_converted, tokens), strict=True))
    if any(before_consonant):
        for at, (other, after) in enumerate(zip(before_consonant, done[1:], strict=False)):
            if other and "\u1000" <= after[0] <= "\u1021":
                done[at] = other
    return "".join(done)


@lru_cache(maxsize=1 << 16)
def _converted(token: str) -> tuple[str, str | None]:
    """A syllable's conversion, and its conversion before a consonant if that differs."""
    if not "\u1000" <= token[0] <= "\u109f":
        return token, None
    alone, before = (by_passes(_NOTHING + token + after)[1:-1] for after in _NOTHING + _CONSONANT)
    return alone, before if before != alone else None


def by_passes(text: str) -> str:
    """Convert as CLDR does, with one pass over the text after the other."""
    kinzi, beside, *phases = _phases()
    if _WITH_KINZI.search(text):
        text = kinzi(text)
    text = beside(text).translate(_letters())
    for phase in phases:
        text = phase(text)
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=1)
def _letters() -> dict[int, str]:
    codes = {
        **LETTERS,
        **{code: f"\u1039{below}" for code, below in STACKED.items()},
        **{code: f"{above}\u1039{below}" for code, (above, below) in PAIRS.items()},
    }
    return {ord(code): meaning for code, meaning in codes.items()}


@lru_cache(maxsize=1)
def _phases() -> tuple[Callable[[str], str], ...]:
    return (_phase(KINZI), _phase(BESIDE), *(_phase(rules, _NO_MARK) for rules in PHASES))


def _phase(rules: Sequence[tuple[str, str]], guard: str = "") -> Callable[[str], str]:
    """One pass from left to right: at each place the first matching rule is applied.

    `guard` skips places where no rule can match.
    """
    pattern, meanings, number = "", {}, 1
    for source, meaning in rules:
        full = _CLASS.sub(lambda name: CLASSES[name.group()], source)
        # A syllable has few marks; the bound keeps the time for hostile input linear.
        full = full.replace("+", "{1,9}").replace("*", "{0,9}")
        pattern += f"|({_REFERENCE.sub(partial(_moved, by=number), full)})"
        # Text and group numbers alternate; a rule's groups are counted from its whole match.
        meanings[number] = tuple(
            number + int(part[1:]) if part.startswith("\\") else part
            for part in _PARTS.findall(meaning)
        )
        number += re.compile(full).groups + 1
    whole = re.compile(f"{guard}(?:{pattern[1:]})")

    def replace(match: re.Match[str]) -> str:
        parts = meanings[match.lastindex or 0]
        return "".join([part if isinstance(part, str) else match[part] for part in parts])

    return lambda text: whole.sub(replace, text)


def _moved(reference: re.Match[str], by: int) -> str:
    return f"\\{by + int(reference[1])}"
