"""Canonical text: one form for what looks the same, every edit counted.

>>> normalize("ភាសា\\u200b\\u200bខ្មែរ \\r\\n", language="khm_Khmr")
Normalized('ភាសា\\u200bខ្មែរ', edits={'line_edges_trimmed': 1, ...})
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from corpuskit.callable_module import make_callable
from corpuskit.errors import CatalogueError
from corpuskit.normalize.edits import KINDS, Edits, apply
from corpuskit.normalize.rules import rules_for
from corpuskit.normalize.stage import EMPTY, LEGACY, Normalize

__all__ = ["KINDS", "REASONS", "Normalize", "Normalized", "normalize"]

REASONS: dict[str, str] = {
    EMPTY: "Nothing was left of the text once spaces and invisible characters were removed.",
    LEGACY: "The text was typed for a font of the time before Unicode (Limon, VNI, TCVN3).",
}


@dataclass(frozen=True, slots=True)
class Normalized:
    """A canonical text and how many edits of each kind (see KINDS) made it so."""

    text: str
    edits: dict[str, int]

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Normalized({self.text!r}, edits={self.edits})"


def normalize(text: str, *, language: str, zwsp: str = "keep") -> Normalized:
    """The canonical form of one text of a language (`khm_Khmr`); CatalogueError if it is no code.

    The language need not be in the catalogue: its script decides which repairs apply.
    """
    if not re.fullmatch(r"[a-z]{3}_[A-Z][a-z]{3}", language):
        raise CatalogueError(
            f"{language!r} is no language code; write ISO 639-3 and ISO 15924, as in khm_Khmr"
        )
    edits: Edits = Counter()
    canonical = apply(rules_for(language[4:], zwsp=zwsp), text, edits)
    return Normalized(canonical, dict(sorted((k, n) for k, n in edits.items() if n)))


make_callable(__name__, normalize)
