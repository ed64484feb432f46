"""Which rules apply to a text, in which order.

Order matters: controls go first because they hide what stands beside what; a script's own
repairs see clean text and still have its ZWSP; the zero-width policy sees repaired text;
spaces and normalization form C come last and leave nothing for a second pass.

A script's repairs live in a module of their own and are entered in SCRIPT_RULES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from corpuskit.normalize.common import compose, remove_controls, unify_newlines, unify_spaces
from corpuskit.normalize.edits import Rule
from corpuskit.normalize.invisible import strip_zwsp, tidy_invisible

SCRIPT_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {}
"""Repairs by ISO 15924 code of the script, in their order. Each must be idempotent and must
keep the text in normalization form C."""


def rules_for(script: str, *, zwsp: str) -> tuple[Rule, ...]:
    """The rules for a text whose main script is `script`; `zwsp` is `keep` or `strip`."""
    invisible = (tidy_invisible,) if zwsp == "keep" else (strip_zwsp, tidy_invisible)
    repairs = SCRIPT_RULES.get(script, ())
    return (remove_controls, unify_newlines, *repairs, *invisible, unify_spaces, compose)
