"""Letters that one language of a script has and its neighbors lack.

Mon has U+105B to U+105F of its own (Unicode Standard, Myanmar: Extensions for Mon); Burmese,
Rakhine and Shan never use them, and Zawgyi puts nothing else there. Of 49 Mon texts in the test
data (lines, and paragraphs of the UDHR) 48 have such letters, one in a hundred to one in twelve
of all letters; of 679 other texts in Myanmar script none.

Sgaw Karen has U+1061 and the tones U+1063 and U+1064 (Extensions for Sgaw Karen): in 185 of 194
interface texts, mostly one letter in nine; in 7,770 texts in Mon, Burmese, Rakhine, Shan, Pa'O and
Western Pwo none. There are no openly licensed seeds in it, so that these letters are all that it is
recognized by.

Simplified and traditional Chinese differ in characters that only one of the two has. Those that
GB 2312 (1980) has and Big5 (1984) lacks are simplified, the reverse traditional: of 5,171 lines of
traditional Chinese none has more simplified characters than traditional ones, and of 91 paragraphs
of the UDHR in simplified Chinese none is the other way around.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Final

from corpuskit.identify.identification import Guess
from corpuskit.languages import script_of

_MON: Final = re.compile("[\u105b-\u105f]")
_KAREN: Final = re.compile("[\u1061\u1063\u1064]")
_MYANMAR: Final = re.compile("[\u1000-\u103f\u1050-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]")
OWN: Final = {"ksw_Mymr": (_KAREN, _MYANMAR), "mnw_Mymr": (_MON, _MYANMAR)}
"""The letters that only this language has, and all letters of the script."""
MIN_SHARE: Final = 0.005
"""Least share of such letters among the script's: half of that in the text with the fewest."""
_BY_LETTERS: Final = {"ksw_Mymr": "mnw_Mymr"}
"""Languages without seeds; a model of our own that has the second answers with the first."""
_CHINESE: Final = ("zho_Hans", "zho_Hant")
_HAN: Final = re.compile("[\u4e00-\u9fff]")


def recognized_by_letters(codes: Collection[str]) -> frozenset[str]:
    """The languages that a model with these codes recognizes without a label for them."""
    return frozenset(code for code, needed in _BY_LETTERS.items() if needed in codes)


def owner(text: str) -> str | None:
    """The language that alone has letters of the text; None for most texts."""
    for code, (unique, script) in OWN.items():
        if not unique.search(text):
            continue
        if len(unique.findall(text)) >= MIN_SHARE * len(script.findall(text)):
            return code
    return None


def by_letters(text: str, guesses: Sequence[Guess], codes: Collection[str]) -> list[Guess]:
    """The guesses, best first. If the text has letters of one language only, and that is one of
    `codes`, it gets the scores of all languages in the script; with simplified or traditional
    characters, one Chinese gets those of both.
    """
    if any(guess.codes[0] in _CHINESE for guess in guesses):
        return _by_characters(text, guesses, codes)
    code = owner(text)
    if code is None or code not in codes:
        return list(guesses)
    accepted = None if code in _BY_LETTERS else codes
    script = script_of(code)
    return _given_to(
        code,
        guesses,
        [
            guess
            for guess in guesses
            if guess.codes[0].endswith(script) and (accepted is None or guess.codes[0] in accepted)
        ],
    )


def _given_to(code: str, guesses: Sequence[Guess], givers: Sequence[Guess]) -> list[Guess]:
    """The guesses with the scores of `givers` added up for one language."""
    if not givers:
        return list(guesses)
    merged = Guess((code,), min(1.0, sum(guess.score for guess in givers)))
    rest = (guess for guess in guesses if guess not in givers)
    return sorted([merged, *rest], key=lambda guess: -guess.score)


def _by_characters(text: str, guesses: Sequence[Guess], codes: Collection[str]) -> list[Guess]:
    """The guesses with the scores of both kinds of Chinese given to the one that is written."""
    code = written_chinese(text)
    if code is None or code not in codes:
        return list(guesses)
    return _given_to(code, guesses, [guess for guess in guesses if guess.codes[0] in _CHINESE])


def written_chinese(text: str) -> str | None:
    """The kind of Chinese that most telling characters of a text are in; None if they are even."""
    characters = _HAN.findall(text)
    simplified, traditional = (
        sum(char in chosen for char in characters) for chosen in _chinese_characters()
    )
    if simplified == traditional:
        return None
    return _CHINESE[traditional > simplified]


@cache
def _chinese_characters() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only simplified Chinese has, and those that only traditional Chinese has."""
    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    gb2312, big5 = (
        {char for char in characters if char.encode(charset, "ignore")}
        for charset in ("gb2312", "big5")
    )
    return frozenset(gb2312 - big5), frozenset(big5 - gb2312)
