"""Repairs for Thai and Lao, scripts with the same structure, 128 code points apart."""

from __future__ import annotations

import re

from corpuskit.normalize.edits import EditRule, Replace


def tonal_rules(
    name: str, *, tones: str, vowels: str, doubled: tuple[str, str]
) -> tuple[EditRule, ...]:
    """Repairs for one of the scripts; the kinds of their edits begin with `name`.

    `tones` and `vowels` (those above and below the consonant) are ranges of a regular expression.
    `doubled` is the vowel E and the wider vowel for which some type E twice.
    """
    offset = ord(doubled[0]) - 0xE40
    am, aa, nikhahit = (chr(code + offset) for code in (0xE33, 0xE32, 0xE4D))

    def tones_first(match: re.Match[str]) -> str:
        marks = match.group()
        return marks.replace(am, "") + am * marks.count(am)

    def vowels_first(match: re.Match[str]) -> str:
        return "".join(sorted(match.group(), key=lambda mark: bool(tone.match(mark))))

    tone = re.compile(f"[{tones}]")
    # The lookbehind keeps a long run from being tried at each of its characters.
    return (
        # SARA AM in two parts, as after NFKC and as some keyboards type it.
        Replace(
            f"{name}_am_joined",
            re.compile(f"{nikhahit}([{tones}]*){aa}|([{tones}]){nikhahit}{aa}"),
            rf"\1\2{am}",
        ),
        # A tone stands before SARA AM, over the consonant.
        Replace(
            f"{name}_tones_moved",
            re.compile(f"(?<!{am}){am}[{tones}{am}]*[{tones}]"),
            tones_first,
        ),
        # ... and after a vowel above or below; both orders are drawn the same.
        Replace(
            f"{name}_tones_moved",
            re.compile(f"(?<![{tones}])[{tones}][{tones}{vowels}]*[{vowels}]"),
            vowels_first,
        ),
        # A mark typed twice is drawn over itself.
        Replace(f"{name}_repeats", re.compile(rf"([{tones}{vowels}])\1+"), r"\1"),
        Replace(f"{name}_vowels_joined", re.compile(doubled[0] * 2), doubled[1]),
    )
