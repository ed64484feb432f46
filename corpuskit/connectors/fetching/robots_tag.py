"""Rules of an X-Robots-Tag header or a robots meta element: one parser for both.

The grammar is Google's ("Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"):
rules divided by commas, an optional robot's name with a colon before them, and rules with a value
after a colon (`max-snippet: 20`, `unavailable_after: 25 Jun 2030 15:00:00 PST`). Pages also write
spaces, semicolons, slashes or plus signs for the commas, quotation marks of any kind, and `no-ai`
or `no ai` for `noai`; all are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

EVERYONE: Final = ""

AI_REFUSALS: Final = frozenset(
    (
        "noai", "noml", "noaiml", "noaitrain", "noaitraining", "nogenai", "nollm",
        "disallowai", "disallowaitraining",
    )
)  # fmt: skip
"""Rules that refuse training, whichever robot they name (noml.info; DeviantArt's `noai`;
draft-canel-robots-ai-control), and other words that sites use for them."""

_VALUED: Final = re.compile(r"max-[a-z-]+|unavailable_after", re.IGNORECASE)
"""Rules that have a value: `none` after `max-image-preview:` is not the rule `none`."""
_RULES: Final = frozenset(
    (
        "all", "index", "follow", "noindex", "nofollow", "none", "noarchive", "nosnippet",
        "noimageindex", "notranslate", "nocache", "noimageai", "indexifembedded",
        "nositelinkssearchbox", "noodp", "noydir", "allowaitraining", *AI_REFUSALS,
    )
)  # fmt: skip
_COLON: Final = re.compile(r"(?<![ \t])[ \t]*+:[ \t]*+")
_BETWEEN: Final = re.compile("[/+.]")
_WORD: Final = re.compile(r"[\w.*/:+-]+")
_NAME: Final = re.compile(r"[A-Za-z*][\w*./-]*")
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
"""A product token of RFC 9309, 2.2.1: a version or comment behind it is not part of the name."""
_SPACED: Final = re.compile(
    r"\b(no|disallow)[ \t]++(?=(?:ai|ml|index)\b)|\b(no|disallow)[ \t]*+ai[ \t]++(?=train)", re.I
)
"""Rules of several words."""
_PUNCTUATION: Final = {
    **dict.fromkeys(map(ord, "\u00ab\u00bb\u201c\u201d\u201e\u201f\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u2039\u203a"), "'"),
}
_INVISIBLE_OR_DASH: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]|([\u2010-\u2015\u2212])")
_ALL_ROBOTS: Final = frozenset({"*", "all", "robots"})


@dataclass(frozen=True, slots=True)
class RobotsTagRule:
    """One rule, in lower case."""

    robot: str
    """The product token that it is meant for, in lower case; EVERYONE for all."""
    name: str


def parse_rules(value: str) -> list[RobotsTagRule]:
    """The rules of a header or meta element that have no value; each line stands for itself."""
    return [rule for line in value.splitlines() for rule in _of_line(folded(line))]


def folded(value: str) -> str:
    """A value with the characters of its grammar where typesetting put others: quotation marks,
    dashes, wide letters and invisible characters."""
    if value.isascii():
        return value
    plain = unicodedata.normalize("NFKC", value.translate(_PUNCTUATION))
    return _INVISIBLE_OR_DASH.sub(lambda match: "-" if match[1] else "", plain)


def _of_line(line: str) -> Iterator[RobotsTagRule]:
    robot = EVERYONE
    for match in _WORD.finditer(_COLON.sub(":", _joined(line))):
        parts = match[0].split(":")
        word = parts[-1]
        for name, following in pairwise(parts):
            if _VALUED.fullmatch(name):
                word = ""  # its value
                break
            if _rule_name(name) in _RULES:
                yield RobotsTagRule(robot, _rule_name(name))
            elif _NAME.fullmatch(name) and _may_follow_a_robot(following):
                robot = _robot_name(name)
        for name in _BETWEEN.split(word):
            if name:
                yield RobotsTagRule(robot, _rule_name(name))


def _joined(line: str) -> str:
    """A line with `no ai training` as one word."""
    return _SPACED.sub(lambda match: match[1] or f"{match[2]}ai", line)


def _may_follow_a_robot(word: str) -> bool:
    """Whether a word, or nothing, is a rule: else what stands before it is an unknown rule with a
    value, not a robot."""
    return not word or _rule_name(word) in _RULES or _VALUED.fullmatch(word) is not None


def _rule_name(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").strip(".+*")


def _robot_name(name: str) -> str:
    if name.lower() in _ALL_ROBOTS:
        return EVERYONE
    token = _TOKEN.match(name)
    return (token[0] if token else name).lower()
