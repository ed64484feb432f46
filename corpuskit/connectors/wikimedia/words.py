"""What MediaWiki calls things in a wiki's language: namespaces, redirects, switches, functions.

A dump names its namespaces, but neither their aliases nor the magic words. Those are in
`data/words.json`, made by tools/make_wiki_words.py from MediaWiki's own localization.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).parent / "data" / "words.json"


@dataclass(frozen=True, slots=True)
class WikiWords:
    """The words of one language, the English ones, which work on every wiki, among them."""

    names: Mapping[str, int]
    """Numbers of the namespaces media, file, template and category by names and aliases."""
    switches: re.Pattern[str]
    """Behavior switches such as __NOTOC__."""
    redirect: re.Pattern[str]
    """The start of a page that is a redirect, its target as group 1."""
    titles: frozenset[str]
    """Variables that stand for the page's title."""
    functions: re.Pattern[str]
    """Parser functions that give back their argument, group 1, in another form."""


@cache
def words_of(language: str | None) -> WikiWords:
    """The words of a language by MediaWiki's code, as `km` or `zh-hans`; the English ones where
    it is not known."""
    every = _load()
    code = (language or "").lower()
    local = every.get(code) or every.get(code.partition("-")[0], {})
    english = every["en"]

    def both(name: str) -> list[str]:
        return [*local.get(name, ()), *english.get(name, ())]

    return WikiWords(
        names=local.get("names", {}) | english["names"],
        switches=_switches(both("switches"), both("switches_any_case")),
        redirect=re.compile(
            rf"(?i:{_either(both('redirect'))})\s*+(?::\s*+)?"
            r"\[\[([^\[\]|\n]++)(?:\|[^\[\]\n]*+)?\]\]"
        ),
        titles=frozenset(both("title")),
        functions=re.compile(rf"(?i:{_either(both('functions'))})\s*+:\s*+([^{{}}|]*+)"),
    )


def _load() -> dict[str, dict[str, Any]]:
    languages: dict[str, dict[str, Any]] = json.loads(_FILE.read_bytes())["languages"]
    return languages


def _switches(exact: Iterable[str], any_case: Iterable[str]) -> re.Pattern[str]:
    return re.compile(f"{_either(exact)}|(?i:{_either(any_case)})")


def _either(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
