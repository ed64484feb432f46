"""Letters that one language of a script has and the others lack.

Mon has U+105B to U+105F of its own (Unicode Standard, Myanmar: Extensions for Mon); Burmese,
Rakhine and Shan never use them, and Zawgyi puts nothing else there. Of 49 Mon texts in the test
data (lines, and paragraphs of the UDHR) 48 have such letters, one in a hundred to one in twelve
of all letters; of 679 other texts in Myanmar script none. sea-1, which has read Mon only in the
UDHR, took 15 of the 49 for Burmese.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from corpuskit.identify.identification import Guess
from corpuskit.languages import script_of

_MON: Final = re.compile("[\u105b-\u105f]")
_MYANMAR: Final = re.compile("[\u1000-\u103f\u1050-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]")
OWN: Final = {"mnw_Mymr": (_MON, _MYANMAR)}
"""The letters that only this language has, and all letters of the script."""
MIN_SHARE: Final = 0.005
"""Least share of such letters among the script's: half of that in the text with the fewest."""


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
    `codes`, it gets the scores of all languages in the script.
    """
    code = owner(text)
    if code is None or code not in codes:
        return list(guesses)
    script = script_of(code)
    same_script = [
        guess for guess in guesses if guess.codes[0] in codes and guess.codes[0].endswith(script)
    ]
    if not same_script:
        return list(guesses)
    merged = Guess((code,), min(1.0, sum(guess.score for guess in same_script)))
    rest = (guess for guess in guesses if guess not in same_script)
    return sorted([merged, *rest], key=lambda guess: -guess.score)
