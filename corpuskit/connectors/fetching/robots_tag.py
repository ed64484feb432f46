"""Rules of an X-Robots-Tag header or a robots meta element: one parser for both.

The grammar is Google's ("Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"):
rules divided by commas, an optional robot's name with a colon before them, and rules with a value
after a colon (`max-snippet: 20`, `unavailable_after: 25 Jun 2030 15:00:00 PST`). Pages also write
spaces, semicolons or slashes for the commas, quotation marks, and `no-ai` for `noai`; all are
read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

EVERYONE: Final = ""

_VALUED: Final = re.compile(r"max-[a-z-]+|unavailable_after", re.IGNORECASE)
"""Rules that have a value: `none` after `max-image-preview:` is not the rule `none`."""
_RULES: Final = frozenset(
    (
        "all", "index", "follow", "noindex", "nofollow", "none", "noarchive", "nosnippet",
        "noimageindex", "notranslate", "nocache", "noai", "noimageai", "noml", "indexifembedded",
        "nositelinkssearchbox", "noodp", "noydir", "disallowaitraining", "allowaitraining",
    )
)  # fmt: skip
_COLON: Final = re.compile(r"(?<![ \t])[ \t]*+:[ \t]*+")
_WORD: Final = re.compile(r"[\w.*/:+-]+")
_NAME: Final = re.compile(r"[A-Za-z*][\w*./-]*")
_TOKEN: Final = re.compile(r"[A-Za-z_-]+")
"""A product token of RFC 9309, 2.2.1: a version or comment behind it is not part of the name."""
_ALL_ROBOTS: Final = frozenset({"*", "all", "robots"})


@dataclass(frozen=True, slots=True)
class RobotsTagRule:
    """One rule, in lower case."""

    robot: str
    """The product token that it is meant for, in lower case; EVERYONE for all."""
    name: str


def parse_rules(value: str) -> list[RobotsTagRule]:
    """The rules of a header or meta element that have no value; each line stands for itself."""
    return [rule for line in value.splitlines() for rule in _of_line(line)]


def _of_line(line: str) -> Iterator[RobotsTagRule]:
    robot = EVERYONE
    for match in _WORD.finditer(_COLON.sub(":", line)):
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
        for name in word.split("/"):
            if name:
                yield RobotsTagRule(robot, _rule_name(name))


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
