"""What the letters of a text exclude: letters that a language never uses, and letters that no text
in it goes without.

No model here knows Karen, Pa'O, Khamti, Pali or Pattani Malay, and each takes them for Burmese,
Shan or Thai at 1.00. Their letters show that they are not; such texts become undetermined.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Orthography(NamedTuple):
    """What every text in a language has, and what none has, among the letters of its script."""

    letters: re.Pattern[str]
    """A letter or mark of the script."""
    foreign: re.Pattern[str] | None = None
    """Those that the language does not use."""
    max_foreign: float = 0.02
    """Largest share (0 to 1) of such letters in a line, which may quote some."""
    min_foreign: int = 1
    """Such letters that a line must have to count."""
    needed: re.Pattern[str] | None = None
    """Those that no text goes without."""
    min_letters: int = 40
    """Letters of a text that must have needed ones."""
    min_needed: float = 0.01
    """Least share (0 to 1) of needed letters in such a text."""

    def allows(self, text: str) -> bool:
        """Whether the text's letters are those of the language."""
        if self.foreign and self.foreign.search(text) and self._is_foreign(text):
            return False
        if not self.needed or len(text) < self.min_letters:
            return True
        letters = self._count(text)
        if letters < self.min_letters:
            return True
        return len(self.needed.findall(text)) >= self.min_needed * letters

    def _is_foreign(self, text: str) -> bool:
        """Whether lines with foreign letters have most letters of the text: a page in one language
        may have some lines in another."""
        foreign = total = 0
        for line in text.split("\n"):
            letters = self._count(line)
            total += letters
            if self.foreign and len(self.foreign.findall(line)) > max(
                1, self.max_foreign * letters
            ):
                foreign += letters
        return 2 * foreign > total

    def _count(self, text: str) -> int:
        return len(self.letters.findall(text))


_MYANMAR_ALL: Final = re.compile(
    "[\u1000-\u103f\u1050-\u108f\u109a-\u109f\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f]"
)
_ASAT: Final = re.compile("\u103a")
_THAI: Final = re.compile("[\u0e01-\u0e4e]")
_ARABIC: Final = re.compile("[\u0620-\u06d3\u0750-\u077f]")
# NGA, NYA, GAF with dot and VA of Jawi.
# Letters of Uighur, Kurdish and Urdu that Malay, Banjar and Acehnese lack.
_NOT_IN_JAWI: Final = re.compile("[\u0679\u0688\u0691\u06ad\u06c6-\u06c8\u06cb\u06d0\u06d2\u06d5]")
_JAWI: Final = re.compile("[\u06a0\u06ac\u06bd\u06cf\u0762]")
_NOT_JAWI: Final = ("arb", "arz", "azb", "ckb", "kaz", "lrc", "mzn", "pbt", "pes", "pnb", "snd",
                    "uig", "urd")  # fmt: skip

ORTHOGRAPHIES: Final[dict[str, Orthography]] = {
    # Foreign: letters of other languages, none in 1,599 texts; in Sgaw Karen .04 of the letters or
    # more, in 99 of 100 Pa'O texts .027. Asat: .022 or more in 1,453 texts; Pali has none.
    "mya_Mymr": Orthography(
        _MYANMAR_ALL,
        re.compile(
            "[\u1022\u1028\u1033-\u1035\u1050-\u108f\u109a-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]"
        ),
        needed=_ASAT,
    ),
    # Foreign: letters of Mon, Karen, Khamti, Tai Laing, tones of Pa'O; in 4 of 3,910 texts one
    # letter. Asat: .09 or more in 2,934 texts.
    "shn_Mymr": Orthography(
        _MYANMAR_ALL,
        re.compile("[\u1028\u1033\u1034\u105a-\u1061\u1063-\u1074\u108b-\u108f\uaa60-\uaa7f]"),
        needed=_ASAT,
    ),
    # Foreign: letters of Karen and Shan, none in 847 texts. Asat: .064 or more in 333.
    "mnw_Mymr": Orthography(_MYANMAR_ALL, re.compile("[\u1061-\u108f\uaa60-\uaa7f]"), needed=_ASAT),
    # Foreign: PHINTHU, which Pali has on every tenth letter; .01 at most in 1,969 texts. Needed:
    # tone marks, THANTHAKHAT, AI, AM and the letters of Indic words; .03 or more in 1,797 texts of
    # 30 letters, none in Pattani Malay.
    "tha_Thai": Orthography(
        _THAI,
        re.compile("\u0e3a"),
        needed=re.compile(
            "[\u0e48-\u0e4c\u0e33\u0e43\u0e44\u0e0e-\u0e10\u0e13\u0e18\u0e20\u0e28\u0e29]"
        ),
        min_letters=30,
        min_needed=0.015,
    ),
    # Foreign: the virama of Pali, none in 1,430 texts. Needed: tone marks, AI, the vowels O and IA;
    # .02 or more in 1,344 texts.
    "lao_Laoo": Orthography(
        re.compile("[\u0e81-\u0ece\u0edc-\u0edf]"),
        re.compile("\u0eba"),
        needed=re.compile("[\u0ec8-\u0ecb\u0ebb\u0ebd\u0ec3\u0ec4]"),
    ),
    # Foreign: letters of Jawi, in Malay, Banjar and Acehnese one letter in twenty.
    **{f"{code}_Arab": Orthography(_ARABIC, _JAWI, 0.01) for code in _NOT_JAWI},
    # Foreign: none in 4,030 texts; in Uighur one letter in six.
    **{f"{code}_Arab": Orthography(_ARABIC, _NOT_IN_JAWI) for code in ("ace", "bjn", "zsm")},
}
"""By language. Each bound lies between the language's own texts in the test data and those of the
languages that are taken for it, nearer to the others: a share of needed letters at most half of the
least, a share of foreign letters at least twice the largest (but for single texts)."""


def may_be_in(code: str, text: str) -> bool:
    """Whether a text may be in a language by its letters; true for languages not listed."""
    orthography = ORTHOGRAPHIES.get(code)
    return orthography is None or orthography.allows(text)
