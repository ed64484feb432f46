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
Rule = Callable[[str, Edits], str]

KINDS: Final[dict[str, str]] = {
    "mojibake_repaired": "Lines decoded anew that had been decoded with the wrong encoding.",
    "c1_decoded": "C1 controls turned into the Windows-1252 characters that they stand for.",
    "controls_removed": "Control characters and noncharacters removed.",
    "surrogates_joined": "Surrogate pairs joined to the character that they stand for.",
    "surrogates_removed": "Lone surrogates removed.",
    "bom_removed": "Byte order marks (U+FEFF) removed.",
    "shy_removed": "Soft hyphens (U+00AD) removed.",
    "bidi_removed": "Direction controls removed from a text without right-to-left letters.",
    "format_removed": "Other invisible controls (annotations, invisible operators, tags) removed.",
    "newlines_unified": "Line and paragraph separators of all kinds turned into a line feed.",
    "spaces_unified": "Tabs, no-break and typographic spaces turned into a space.",
    "space_runs_collapsed": "Runs of spaces shortened to one space.",
    "line_edges_trimmed": "Runs of spaces removed at the start or end of a line.",
    "blank_lines_collapsed": "Runs of empty lines shortened to one empty line.",
    "text_edges_trimmed": "Runs of empty lines removed at the start or end of the text.",
    "zwsp_removed": "Zero width spaces (U+200B) removed.",
    "zwnj_removed": "Zero width non-joiners (U+200C) removed.",
    "zwj_removed": "Zero width joiners (U+200D) removed.",
    "wj_removed": "Word joiners (U+2060) removed.",
    "marks_removed": "Combining marks beyond 30 in a row removed.",
    "nfc_composed": "Combining sequences rewritten in Unicode normalization form C.",
    "khmer_deprecated": "Deprecated or invisible Khmer vowels replaced or removed.",
    "khmer_reordered": "Khmer syllables whose marks were put in order.",
    "khmer_repeats": "Khmer syllables, or runs of coeng, in which a mark was repeated.",
    "khmer_vowels_joined": "Khmer syllables whose vowel had been typed in two parts.",
    "khmer_shifters": "Khmer syllables with a vowel sign U typed for a register shifter.",
    "zawgyi_converted": "Lines converted from the Zawgyi font encoding to Unicode.",
    "burmese_reordered": "Runs of marks in the Myanmar script that were put in order.",
    "burmese_repeats": "Runs of one mark of the Myanmar script, drawn over itself, made one.",
    "burmese_wa": "Burmese digits zero typed for the letter WA, before a mark.",
    "thai_am_joined": "Thai SARA AM that had been typed in two parts.",
    "thai_tones_moved": "Thai tone marks moved before SARA AM or behind a vowel.",
    "thai_repeats": "Runs of one Thai tone or vowel mark, drawn over itself, made one.",
    "thai_vowels_joined": "Thai SARA E typed twice for SARA AE.",
    "lao_am_joined": "Lao vowel AM that had been typed in two parts.",
    "lao_tones_moved": "Lao tone marks moved before AM or behind a vowel.",
    "lao_repeats": "Runs of one Lao tone or vowel mark, drawn over itself, made one.",
    "lao_vowels_joined": "Lao vowel E typed twice for EI.",
    "vietnamese_d": "Capital eths typed for the Vietnamese D with stroke.",
    "tatweel_removed": "Tatweels removed between Arabic letters.",
}
"""Every kind of edit, and what one edit of it is."""


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
    """A rule that removes what a pattern matches; each character removed is one edit.

    A group of the pattern, where it matches, stands for what is kept.
    """

    kind: str
    pattern: re.Pattern[str]

    def __call__(self, text: str, edits: Edits) -> str:
        """Remove every match but its group."""
        kept = self.pattern.sub(r"\1" if self.pattern.groups else "", text)
        if len(kept) != len(text):
            edits[self.kind] += len(text) - len(kept)
        return kept


def apply(rules: Sequence[Rule], text: str, edits: Edits) -> str:
    """Apply rules in their order."""
    for rule in rules:
        text = rule(text, edits)
    return text
