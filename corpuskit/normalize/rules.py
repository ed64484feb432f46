"""Which rules apply to a text, in which order.

Order matters: wrong decoding is repaired first, since controls are half of what it leaves; they
go next because they hide what stands beside what; a script's own
repairs see text that is otherwise canonical; what they leave is tidied once more, so that a
second pass finds nothing to do.

A script's repairs live in a module of their own and are entered in SCRIPT_RULES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from corpuskit.normalize import burmese, javanese, jawi, khmer, lao, thai, vietnamese
from corpuskit.normalize.common import compose, remove_controls, unify_newlines, unify_spaces
from corpuskit.normalize.edits import Edits, Rule, apply
from corpuskit.normalize.invisible import strip_zwsp, tidy_invisible
from corpuskit.normalize.mojibake import repair_mojibake

SCRIPT_RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Arab": jawi.RULES,
    "Java": javanese.RULES,
    "Khmr": khmer.RULES,
    "Laoo": lao.RULES,
    "Latn": vietnamese.RULES,
    "Mymr": burmese.RULES,
    "Thai": thai.RULES,
}
"""Repairs by ISO 15924 code of the script, in their order. Each must be idempotent. The
other scripts need normalization form C alone."""


def rules_for(script: str, *, zwsp: str) -> tuple[Rule, ...]:
    """The rules for a text whose main script is `script`; `zwsp` is `keep` or `strip`."""
    stripped = (strip_zwsp,) if zwsp == "strip" else ()
    repairs = SCRIPT_RULES.get(script, ())

    def repair(text: str, edits: Edits) -> str:
        repaired = apply(repairs, text, edits)
        return text if repaired == text else apply(_TIDY, repaired, edits)

    rules = (remove_controls, unify_newlines, *stripped, *_TIDY, *((repair,) if repairs else ()))

    def settle(text: str, edits: Edits) -> str:
        """A sequence of wrong decoding may show only once what stood in it is gone."""
        text = apply(rules, repair_mojibake(text, edits), edits)
        for _ in range(_REPEATS):
            decoded = repair_mojibake(text, edits)
            if decoded == text:
                break
            text = apply(rules, decoded, edits)
        return text

    return (settle,)


_REPEATS: Final = 9  # every one shortens the text; real text needs none
_TIDY: Final[tuple[Rule, ...]] = (tidy_invisible, unify_spaces, compose)
