"""What a URL, and the page that names it, say of its language before it is asked for.

Nothing of it is believed: hints only sort links into classes, and a crawl learns what each class
is worth (see `focus`). A menu of languages that all lead to English pages is soon worth nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from corpuskit.connectors.web.discover import LinkNote
from corpuskit.languages import language
from corpuskit.text.scripts import MEMBERS, counts_of_codes
from corpuskit.text.tables import SCRIPT_IDS, code_points

NAMED: Final = "named"
"""URL, `hreflang` or the link's text name a wanted language."""
WRITTEN: Final = "written"
"""The link's text is in the script of a wanted language (Latin says nothing)."""
OTHER: Final = "other"
"""URL or `hreflang` name another language."""
NOTHING: Final = ""

_TAG: Final = re.compile(r"[a-z]{2,3}(?:[-_][a-z]{2,4})?", re.I)
_LOCALE: Final = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.I)
_KEYS: Final = frozenset({"hl", "l", "lang", "language", "locale", "uselang"})


class Hints:
    """The marks of the wanted languages."""

    def __init__(self, languages: Sequence[str]) -> None:
        """`languages` are codes of the catalogue; without any, nothing is ever hinted."""
        profiles = [language(code) for code in languages]
        self._tags = frozenset(tag.lower() for profile in profiles for tag in profile.bcp47)
        names = (
            name.casefold() for profile in profiles for name in (profile.name, profile.autonym)
        )
        self._names = frozenset(names) - {""}
        scripts = {profile.script for profile in profiles} - {"Latn"}
        members = [
            member for script in sorted(scripts) for member in MEMBERS.get(script, (script,))
        ]
        self._scripts = sorted({SCRIPT_IDS[script] for script in members if script in SCRIPT_IDS})

    def of(self, url: str, said: LinkNote | None = None) -> str:
        """NAMED, WRITTEN, OTHER or NOTHING."""
        if not self._tags:
            return NOTHING
        hreflang = said.hreflang if said else ""
        anchor = said.anchor if said else ""
        if self._wants(hreflang) or any(map(self._wants, _places(url))):
            return NAMED
        if hreflang or any(map(_LOCALE.fullmatch, _first_places(url))):
            return OTHER
        if anchor.casefold() in self._names:
            return NAMED
        return WRITTEN if self._is_written(anchor) else NOTHING

    def _wants(self, token: str) -> bool:
        token = token.casefold()
        if token in self._names:
            return True
        return bool(_TAG.fullmatch(token)) and re.split("[-_]", token)[0] in self._tags

    def _is_written(self, anchor: str) -> bool:
        """Whether half of a text's letters or more are in a wanted script."""
        if not self._scripts or not anchor or anchor.isascii():
            return False
        counts = counts_of_codes(code_points(anchor))
        return 2 * int(counts[self._scripts].sum()) >= max(int(counts.sum()), 1)


def _places(url: str) -> Iterator[str]:
    """Where a URL may name its language: labels of the host, segments, values of the query."""
    parts = urlsplit(url)
    yield from (parts.hostname or "").split(".")[:-1]
    yield from (segment for segment in parts.path.split("/") if segment)
    yield from (value for key, value in parse_qsl(parts.query) if key.lower() in _KEYS)


def _first_places(url: str) -> Iterator[str]:
    """Where two letters are a language more often than a word: the host's first label, the
    first segment, the values of the query's keys for it."""
    parts = urlsplit(url)
    yield (parts.hostname or "").split(".")[0]
    yield parts.path.split("/")[1] if parts.path.count("/") > 1 else ""
    yield from (value for key, value in parse_qsl(parts.query) if key.lower() in _KEYS)
