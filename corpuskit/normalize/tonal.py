"""Repairs for Thai and Lao, scripts with the same structure, 128 code points apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from corpuskit.normalize.edits import EditRule, Replace, where

_THAI_E: Final = 0xE40


class TonalScript(NamedTuple):
    """The letters and marks of one of the scripts, as ranges of a regular expression."""

    name: str
    """The kinds of its edits begin with it."""
    consonants: str
    below: str
    """Marks that are part of the consonant, before its vowel; empty in Thai."""
    vowels: str
    """Vowels and similar marks above and below."""
    tones: str
    silent: str
    """The mark of a letter that is not spoken; it stands behind a vowel as tones do."""
    following: str
    """Vowels written behind the consonant, which carry no mark."""
    e: str
    """The vowel E; the wider vowel for which some type it twice is the next character."""

    @property
    def leading(self) -> str:
        """Vowels written before their consonant."""
        return f"{self.e}-{chr(ord(self.e) + 4)}"

    @property
    def marks(self) -> str:
        """All marks above and below."""
        return "".join((self.below, self.vowels, self.tones, self.silent))

    def letter(self, thai: int) -> str:
        """The character that corresponds to this one of Thai."""
        return chr(thai + ord(self.e) - _THAI_E)

    def moving(
        self, pattern: str, replacement: str | Callable[[re.Match[str]], str], first: str
    ) -> EditRule:
        """A rule that moves tones, applied where the simpler pattern `first` occurs."""
        rule = Replace(f"{self.name}_tones_moved", re.compile(pattern), replacement)
        return where(re.compile(first), rule)


def tonal_rules(script: TonalScript) -> tuple[EditRule, ...]:
    """The repairs for one of the scripts, in order; repeat them until nothing changes."""
    marks, e = script.marks, script.e
    return (
        *_rules_of_am(script),
        _before_following(script),
        *_off_leading(script),
        _in_order(script),
        # A mark typed twice is drawn over itself.
        Replace(f"{script.name}_repeats", re.compile(rf"([{marks}])\1+"), r"\1"),
        Replace(f"{script.name}_vowels_joined", re.compile(e * 2), chr(ord(e) + 1)),
    )


def _rules_of_am(script: TonalScript) -> tuple[EditRule, ...]:
    """SARA AM as one character: some keyboards type two in either order, and NFKC makes two. A
    tone stands before it, over the consonant."""
    am, aa, nikhahit = (script.letter(code) for code in (0xE33, 0xE32, 0xE4D))
    tones, joined = script.tones, f"{script.name}_am_joined"

    def tones_first(match: re.Match[str]) -> str:
        run = match.group()
        return run.replace(am, "") + am * run.count(am)

    return (
        Replace(
            joined,
            re.compile(f"{nikhahit}([{tones}]*){aa}|([{tones}]){nikhahit}{aa}"),
            rf"\1\2{am}",
        ),
        Replace(joined, re.compile(f"{aa}([{tones}]?){nikhahit}"), rf"\1{am}"),
        # The lookbehind keeps a long run from being tried at each of its characters.
        script.moving(f"(?<!{am}){am}[{tones}{am}]*[{tones}]", tones_first, am),
    )


def _before_following(script: TonalScript) -> EditRule:
    """A tone behind a vowel that follows the consonant stands before it, over the consonant; unless
    that has another tone already."""
    tones, following = script.tones, script.following
    tone = re.compile(f"[{tones}]")
    first, last = tones.split("-")
    # A run of vowels and one tone, with the tone behind a vowel and perhaps before it as well.
    misplaced = "|".join(
        f"(?={char}*[{following}]+{char})[{char}{following}]++"
        for char in map(chr, range(ord(first), ord(last) + 1))
    )

    def tone_first(match: re.Match[str]) -> str:
        run = match.group()
        return str(tone.findall(run)[0]) + tone.sub("", run)

    return script.moving(
        f"(?<![{tones}{following}])(?:{misplaced})(?![{tones}])",
        tone_first,
        f"[{following}][{tones}]",
    )


def _off_leading(script: TonalScript) -> tuple[EditRule, EditRule]:
    """A tone never stands over a vowel written before its consonant: it belongs to the letter
    before that, if the next one has a tone, or to the next one, if a word begins there."""
    letter, tones, leading = f"[{script.consonants}]", script.tones, script.leading
    vowels = f"[{script.vowels}]"
    before = f"{script.consonants}{script.marks}{script.following}{leading}{script.letter(0xE33)}"
    first = f"[{leading}][{tones}]"
    return (
        script.moving(
            f"({letter}{vowels}?)([{leading}])([{tones}])(?={letter}{vowels}?[{tones}])",
            r"\1\3\2",
            first,
        ),
        script.moving(
            f"(?<![{before}])([{leading}])([{tones}])({letter})(?!{vowels}?[{tones}])",
            r"\1\3\2",
            first,
        ),
    )


def _in_order(script: TonalScript) -> EditRule:
    """Marks that are drawn the same in any order: parts of the consonant, vowels, tones."""
    ranks = [rank for rank in (script.below, script.vowels, script.tones + script.silent) if rank]
    patterns = [re.compile(f"[{rank}]") for rank in ranks]
    inversion = "|".join(
        f"[{rank}](?=[{''.join(ranks[:number])}])" for number, rank in enumerate(ranks) if number
    )

    def rank_of(mark: str) -> int:
        return next(rank for rank, pattern in enumerate(patterns) if pattern.match(mark))

    return script.moving(
        f"(?<![{script.marks}])(?=[{script.marks}]*?(?:{inversion}))[{script.marks}]+",
        lambda match: "".join(sorted(match.group(), key=rank_of)),
        inversion,
    )
