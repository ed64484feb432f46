"""How a rule changes a text and reports what it did.

A rule takes a text and a counter, adds the number of its edits under its kinds and returns
the new text. Kinds are public API: they are the keys of `normalizer.edits` in every row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Edits = Counter[str]
EditRule = Callable[[str, Edits], str]

KINDS: Final[dict[str, str]] = {
    "mojibake_repaired": "Lines decoded again because the wrong encoding had been used.",
    "c1_decoded": "C1 controls replaced by the Windows-1252 characters that they stand for.",
    "controls_removed": "Control characters and noncharacters removed.",
    "surrogates_joined": "Surrogate pairs joined to the character that they stand for.",
    "surrogates_removed": "Lone surrogates removed.",
    "bom_removed": "Byte order marks (U+FEFF) removed.",
    "shy_removed": "Soft hyphens (U+00AD) removed.",
    "bidi_removed": "Direction controls removed from a text without right-to-left letters.",
    "format_removed": "Other invisible controls (annotations, invisible operators, tags) removed.",
    "newlines_unified": "Line and paragraph separators of all kinds replaced by a line feed.",
    "spaces_unified": "Tabs, no-break and typographic spaces replaced by a space.",
    "space_runs_collapsed": "Runs of spaces shortened to one space.",
    "line_edges_trimmed": "Runs of spaces removed at the start or end of a line.",
    "blank_lines_collapsed": "Runs of empty lines shortened to one empty line.",
    "text_edges_trimmed": "Runs of empty lines removed at the start or end of the text.",
    "zwsp_removed": "Zero width spaces (U+200B) removed.",
    "zwnj_removed": "Zero width non-joiners (U+200C) removed.",
    "zwj_removed": "Zero width joiners (U+200D) removed.",
    "wj_removed": "Word joiners (U+2060) removed.",
    "marks_removed": "Combining marks beyond 30 in a row removed.",
    "ligatures_split": "Latin ligatures of printing (U+FB00 to U+FB06) replaced by their letters.",
    "nfc_composed": "Combining sequences rewritten in Unicode normalization form C.",
    "khmer_deprecated": "Deprecated or invisible Khmer vowels replaced or removed.",
    "khmer_reordered": "Khmer syllables with their marks put in order.",
    "khmer_repeats": "Khmer syllables, or runs of coeng, with a repeated mark removed.",
    "khmer_vowels_joined": "Khmer syllables with a vowel joined that was typed in two parts.",
    "khmer_shifters": "Khmer syllables with a vowel sign U replaced by a register shifter.",
    "zawgyi_converted": "Lines converted from the Zawgyi font encoding to Unicode.",
    "burmese_reordered": "Runs of marks in the Myanmar script put in order, or a vowel E moved "
    "behind its consonant.",
    "burmese_repeats": "Runs of one mark of the Myanmar script shortened to one.",
    "burmese_wa": "Burmese digits zero that begin a syllable replaced by the letter WA.",
    "burmese_zero": "Runs of the Burmese letter WA in a number replaced by digits zero.",
    "burmese_ra": "Burmese digits seven before a mark replaced by the letter RA.",
    "burmese_nya": "Burmese letters U before asat or AA replaced by NYA, which looks the same.",
    "thai_am_joined": "Thai SARA AM joined that was typed in two parts.",
    "thai_tones_moved": "Thai tone marks moved before a vowel behind the consonant, or after one "
    "above or below it.",
    "thai_repeats": "Runs of one Thai mark above or below a letter shortened to one.",
    "thai_vowels_joined": "Pairs of Thai SARA E replaced by SARA AE.",
    "lao_am_joined": "Lao vowel AM joined that was typed in two parts.",
    "lao_tones_moved": "Lao tone marks moved before a vowel behind the consonant, or after one "
    "above or below it.",
    "lao_repeats": "Runs of one Lao mark above or below a letter shortened to one.",
    "lao_vowels_joined": "Pairs of Lao vowel E replaced by EI.",
    "vietnamese_d": "Capital eths replaced by the Vietnamese D with stroke.",
    "arabic_forms_folded": "Printed forms of Arabic letters (initial, final, joined) replaced by "
    "the letters.",
    "tatweel_removed": "Tatweels removed between Arabic letters.",
}
"""Every kind of edit, and what is counted as one edit."""


@dataclass(frozen=True, slots=True)
class Replace:
    """A rule that replaces every match of a pattern; each match is one edit."""

    kind: str
    pattern: re.Pattern[str]
    replacement: str | Callable[[re.Match[str]], str] = ""

    def __call__(self, text: str, edits: Edits) -> str:
        """Replace every match."""
        text, count = self.pattern.subn(self.replacement, text)
        if count:
            edits[self.kind] += count
        return text


@dataclass(frozen=True, slots=True)
class Remove:
    """A rule that removes the matches of a pattern; each character removed is one edit.

    If the pattern has a group, the text that the group matches is kept.
    """

    kind: str
    pattern: re.Pattern[str]

    def __call__(self, text: str, edits: Edits) -> str:
        """Remove every match except its group."""
        kept = self.pattern.sub(r"\1" if self.pattern.groups else "", text)
        if len(kept) != len(text):
            edits[self.kind] += len(text) - len(kept)
        return kept


def apply(rules: Sequence[EditRule], text: str, edits: Edits) -> str:
    """Apply rules in their order."""
    for rule in rules:
        text = rule(text, edits)
    return text


def where(pattern: re.Pattern[str], rule: EditRule) -> EditRule:
    """The rule, applied only to texts in which the pattern occurs: a simple pattern first is faster
    than a complex one alone."""
    return lambda text, edits: rule(text, edits) if pattern.search(text) else text


_REPEATS: Final = 9  # random marks need up to five; no real text has needed more than two


def until_stable(rules: Sequence[EditRule], text: str, edits: Edits) -> str:
    """Apply rules in their order, again and again until they change nothing: one repair may
    reveal what another one repairs."""
    for _ in range(_REPEATS):
        repaired = apply(rules, text, edits)
        if repaired == text:
            break
        text = repaired
    return text
