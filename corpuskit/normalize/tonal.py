"""Repairs for Thai and Lao, scripts with the same structure, 128 code points apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpuskit.normalize.edits import EditRule, Replace, where


def tonal_rules(
    name: str, *, tones: str, ranks: Sequence[str], following: str, doubled: tuple[str, str]
) -> tuple[EditRule, ...]:
    """Repairs for one of the scripts; the kinds of their edits begin with `name`.

    All marks are ranges of a regular expression. `tones` are the tone marks. `ranks` are the marks
    above and below the consonant in the order in which they follow it, those that end a syllable
    (tone marks, mark of a silent letter) last. `following` are the vowels written behind the
    consonant, which carry no mark. `doubled` is the vowel E and the wider vowel for which some
    type E twice.
    """
    offset = ord(doubled[0]) - 0xE40
    am, aa, nikhahit = (chr(code + offset) for code in (0xE33, 0xE32, 0xE4D))
    marks = "".join(ranks)
    tone = re.compile(f"[{tones}]")
    rank_patterns = tuple(re.compile(f"[{rank}]") for rank in ranks)

    def tones_first(match: re.Match[str]) -> str:
        run = match.group()
        return run.replace(am, "") + am * run.count(am)

    def tone_before_vowel(match: re.Match[str]) -> str:
        run = match.group()
        return str(tone.findall(run)[0]) + tone.sub("", run)

    def rank_of(mark: str) -> int:
        return next(rank for rank, pattern in enumerate(rank_patterns) if pattern.match(mark))

    def in_order(match: re.Match[str]) -> str:
        return "".join(sorted(match.group(), key=rank_of))

    # A run of vowels and one tone, the tone typed behind a vowel (and perhaps before it as well).
    misplaced = "|".join(
        f"(?={char}*[{following}]+{char})[{char}{following}]++" for char in _members(tones)
    )
    # The lookbehinds keep a long run from being tried at each of its characters.
    inversion = "|".join(
        f"[{rank}](?=[{''.join(ranks[:number])}])" for number, rank in enumerate(ranks) if number
    )
    return (
        # SARA AM in two parts, as after NFKC and as some keyboards type it, in either order.
        Replace(
            f"{name}_am_joined",
            re.compile(f"{nikhahit}([{tones}]*){aa}|([{tones}]){nikhahit}{aa}"),
            rf"\1\2{am}",
        ),
        Replace(f"{name}_am_joined", re.compile(f"{aa}([{tones}]?){nikhahit}"), rf"\1{am}"),
        # A tone stands before SARA AM, over the consonant.
        Replace(
            f"{name}_tones_moved",
            re.compile(f"(?<!{am}){am}[{tones}{am}]*[{tones}]"),
            tones_first,
        ),
        # ... and before the vowels behind the consonant, unless that has another tone already.
        where(
            re.compile(f"[{following}][{tones}]"),
            Replace(
                f"{name}_tones_moved",
                re.compile(f"(?<![{tones}{following}])(?:{misplaced})(?![{tones}])"),
                tone_before_vowel,
            ),
        ),
        # ... and after a vowel above or below; both orders are drawn the same.
        where(
            re.compile(inversion),
            Replace(
                f"{name}_tones_moved",
                re.compile(f"(?<![{marks}])(?=[{marks}]*?(?:{inversion}))[{marks}]+"),
                in_order,
            ),
        ),
        # A mark typed twice is drawn over itself.
        Replace(f"{name}_repeats", re.compile(rf"([{marks}])\1+"), r"\1"),
        Replace(f"{name}_vowels_joined", re.compile(doubled[0] * 2), doubled[1]),
    )


def _members(char_range: str) -> list[str]:
    """The characters of a range such as `a-z`."""
    first, last = char_range.split("-")
    return [chr(code) for code in range(ord(first), ord(last) + 1)]
