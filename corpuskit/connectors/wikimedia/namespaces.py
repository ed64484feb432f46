"""Which links lead to files and categories, in a wiki's own language and in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from corpuskit.connectors.wikimedia.words import words_of

_SHOWN_ELSEWHERE: Final = frozenset({-2, 6, 14})
"""Media, file, category."""

_MEDIA: Final = re.compile(
    r"\.(?:jpe?g|png|gif|svg|tiff?|webp|xcf|djvu|pdf|og[gav]|opus|oga|wav|mp3|mid|flac|web[ma]|stl)$",
    re.IGNORECASE,
)
"""Types of files that Wikimedia Commons takes: a file's name tells where a wiki has an alias of
its own for the namespace."""

_INTERLANGUAGE: Final = re.compile(r"(?:[a-z]{2,3}|simple)(?:-[a-z]+){0,3}")
_PROJECTS: Final = frozenset({"mw", "voy", "wmf"})
"""Prefixes of sister projects that look like a language's."""


class Link(Enum):
    """What a link shows where it stands."""

    TEXT = "text"
    NOTHING = "nothing"


class Namespaces:
    """Tells links by the names of a wiki's namespaces."""

    def __init__(self, names: Mapping[str, int], language: str | None = None) -> None:
        """`names` gives the number of each namespace by its name, as <siteinfo> does; names and
        aliases that MediaWiki has in the wiki's language, and in English, are added."""
        every = [*words_of(language).names.items(), *names.items(), *words_of(None).names.items()]
        self._numbers = {_key(name): number for name, number in every}

    def number(self, target: str) -> int | None:
        """Of the namespace that a link's target names; None if it names none."""
        prefix, colon, _ = target.partition(":")
        return self._numbers.get(_key(prefix)) if colon else None

    def kind(self, target: str) -> Link:
        """What a link to `target` shows; one that starts with a colon always shows its text."""
        prefix, colon, rest = target.partition(":")
        if not colon or not prefix.strip():
            return Link.TEXT
        number = self.number(target)
        if number is None and _INTERLANGUAGE.fullmatch(prefix) and prefix not in _PROJECTS:
            return Link.NOTHING
        hidden = number in _SHOWN_ELSEWHERE or (number is None and _MEDIA.search(rest.strip()))
        return Link.NOTHING if hidden else Link.TEXT


def _key(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
