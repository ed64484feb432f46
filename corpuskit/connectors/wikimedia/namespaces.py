"""Which links lead to files and categories, in a wiki's own language and in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

_ENGLISH: Final = {"media": -2, "file": 6, "image": 6, "template": 10, "category": 14}
"""Names that work on every wiki; `image` is an alias of `file` (MediaWiki, $wgNamespaceAliases)."""

_OLDER: Final = {"ចំណាត់ក្រុម": 14, "ចំនាត់ថ្នាក់ក្រុម": 14, "kaurian": 14}
"""Aliases of `category` in Khmer and Tagalog that dumps do not name (MediaWiki 1.39, its API's
siteinfo in km, tl; my, id, jv, ban, war and mad have none)."""

_SHOWN_ELSEWHERE: Final = frozenset({-2, 6, 14})
"""Media, file, category."""

_MEDIA: Final = re.compile(
    r"\.(?:jpe?g|png|gif|svg|tiff?|webp|xcf|djvu|pdf|og[gav]|opus|oga|wav|mp3|mid|flac|web[ma]|stl)$",
    re.IGNORECASE,
)
"""Types of files that Wikimedia Commons takes. A dump names no aliases of namespaces (Vietnamese
`Hình:` beside `Tập tin:`), but a file's name tells."""

_INTERLANGUAGE: Final = re.compile(r"(?:[a-z]{2,3}|simple)(?:-[a-z]+){0,3}")
_PROJECTS: Final = frozenset({"mw", "voy", "wmf"})
"""Prefixes of sister projects that look like a language's."""


class Link(Enum):
    """What a link shows where it stands."""

    TEXT = "text"
    NOTHING = "nothing"


class Namespaces:
    """Tells links by the names of a wiki's namespaces."""

    def __init__(self, names: Mapping[str, int]) -> None:
        """`names` gives the number of each namespace by its name, as <siteinfo> does."""
        self._numbers = {_key(name): number for name, number in names.items()}
        self._numbers |= _ENGLISH | {_key(name): number for name, number in _OLDER.items()}

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
