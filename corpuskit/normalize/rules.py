"""Which rules apply to a text, and in which order.

Order matters. Wrong decoding is repaired first, since half of the damage is control characters.
Controls are removed next, because they separate characters that belong together. The repairs of
a script then see text that is otherwise canonical, and their result is tidied again, so that a
second pass changes nothing.

The repairs of a script have a module of their own and are listed in SCRIPT_RULES.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from corpuskit.normalize import burmese, javanese, jawi, khmer, lao, thai, vietnamese
from corpuskit.normalize.common import (
    compose,
    remove_controls,
    split_ligatures,
    unify_newlines,
    unify_spaces,
)
from corpuskit.normalize.edits import EditRule, Edits, apply
from corpuskit.normalize.invisible import strip_zwsp, tidy_invisible
from corpuskit.normalize.mojibake import repair_mojibake

SCRIPT_RULES: Final[Mapping[str, tuple[EditRule, ...]]] = {
    "Arab": jawi.RULES,
    "Java": javanese.RULES,
    "Khmr": khmer.RULES,
    "Laoo": lao.RULES,
    "Latn": vietnamese.RULES,
    "Mymr": burmese.RULES,
    "Thai": thai.RULES,
}
"""Repairs by ISO 15924 code of the script, in order. Each must be idempotent. Other scripts need
only normalization form C."""


def rules_for(script: str, *, zwsp: str) -> tuple[EditRule, ...]:
    """The rules for a text whose main script is `script`; `zwsp` is `keep` or `strip`."""
    stripped = (strip_zwsp,) if zwsp == "strip" else ()
    repairs = SCRIPT_RULES.get(script, ())

    def repair(text: str, edits: Edits) -> str:
        repaired = apply(repairs, text, edits)
        return text if repaired == text else apply(_TIDY, repaired, edits)

    first = (remove_controls, unify_newlines, split_ligatures, *stripped)
    rules = (*first, *_TIDY, *((repair,) if repairs else ()))

    def settle(text: str, edits: Edits) -> str:
        """Repeat: removing characters may reveal another wrongly decoded sequence."""
        text = apply(rules, repair_mojibake(text, edits), edits)
        for _ in range(_REPEATS):
            decoded = repair_mojibake(text, edits)
            if decoded == text:
                break
            text = apply(rules, decoded, edits)
        return text

    return (settle,)


_REPEATS: Final = 9  # each repeat shortens the text; real text needs none
_TIDY: Final[tuple[EditRule, ...]] = (tidy_invisible, unify_spaces, compose)
