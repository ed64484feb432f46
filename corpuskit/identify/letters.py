"""Letters that one language of a script has and the others lack.

Mon has U+105B to U+105F of its own (Unicode Standard, Myanmar: Extensions for Mon); Burmese,
Rakhine and Shan never use them, nor does Zawgyi put anything of its own there. Of 49 Mon texts in
the test data (lines, and paragraphs of the UDHR) 48 have such a letter, one in a hundred to one in
twelve of all; of 679 others in Myanmar letters none. sea-1, which has read Mon in the UDHR alone,
took 15 of the 49 for Burmese.
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
"""The language's own letters, and all of the script."""
MIN_SHARE: Final = 0.005
"""Of the script's letters that are the language's own: half of what the sparsest text has."""


def owner(text: str) -> str | None:
    """The language whose own letters the text has; None for most."""
    for code, (own, script) in OWN.items():
        if own.search(text) and len(own.findall(text)) >= MIN_SHARE * len(script.findall(text)):
            return code
    return None


def by_letters(text: str, guesses: Sequence[Guess], codes: Collection[str]) -> list[Guess]:
    """The guesses, best first; what languages of the script have goes to the letters' owner, if
    that is one of `codes`.
    """
    code = owner(text)
    if code is None or code not in codes:
        return list(guesses)
    script = script_of(code)
    given = [one for one in guesses if one.codes[0] in codes and one.codes[0].endswith(script)]
    if not given:
        return list(guesses)
    whole = Guess((code,), min(1.0, sum(one.score for one in given)))
    return sorted([whole, *(one for one in guesses if one not in given)], key=lambda g: -g.score)
