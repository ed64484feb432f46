"""Markup of MediaWiki's LanguageConverter: `-{zh-hans:信息; zh-hant:資訊}-` shows one of the two.

Wikis in Balinese, Manipuri, Chinese and a dozen other languages use it to write a language in
several scripts (https://www.mediawiki.org/wiki/Writing_systems/Syntax).
"""

from __future__ import annotations

import re
from typing import Final

_RULES: Final = re.compile(r"-\{([^{}]*+)\}-")
_CODE = r"[a-z]{2,3}(?:-[a-z0-9]{1,12}){0,3}"
_FLAG = rf"(?:[A-Z+-]|{_CODE})"
_FLAGS: Final = re.compile(rf"\s*+({_FLAG}(?:\s*+;\s*+{_FLAG})*+)?\s*+\|")
_VARIANT: Final = re.compile(rf"\s*+(?:[^:;=>]*+=>\s*+)?({_CODE})\s*+:(.*)", re.DOTALL)
_HIDDEN: Final = frozenset("HT-D")
"""Flags of rules that show nothing where they stand: for the page, its title, or no longer."""
_MAX_NESTING: Final = 10


def without_variants(text: str, language: str | None) -> str:
    """`text` with the markup replaced by what it shows in `language`, else in the first variant."""
    for _ in range(_MAX_NESTING):
        if "-{" not in text:
            break
        before, text = text, _RULES.sub(lambda match: _shown(match[1], language or ""), text)
        if text == before:
            break
    return text


def _shown(rule: str, language: str) -> str:
    flags = _FLAGS.match(rule)
    if flags:
        rule = rule[flags.end() :]
        letters = set((flags[1] or "").replace(" ", "").split(";"))
        if letters & _HIDDEN:
            return ""
        if "R" in letters:
            return rule
    parts = [part for part in rule.split(";") if part.strip()]
    matches = [_VARIANT.fullmatch(part) for part in parts]
    if not parts or not all(matches):
        return rule
    variants = {match[1]: match[2].strip() for match in reversed(matches) if match}
    return variants.get(language, next(reversed(variants.values())))
