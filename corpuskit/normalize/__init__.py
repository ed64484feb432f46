"""Canonical text: one form for texts that look the same, with every edit counted.

>>> normalize("ភាសា\\u200b\\u200bខ្មែរ \\r\\n", language="khm_Khmr")
NormalizedText('ភាសា\\u200bខ្មែរ', edits={'line_edges_trimmed': 1, ...})
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from corpuskit.arguments import as_text
from corpuskit.callable_module import make_callable
from corpuskit.errors import CatalogueError
from corpuskit.normalize.edits import KINDS, Edits, apply
from corpuskit.normalize.rules import rules_for
from corpuskit.normalize.stage import REASONS, Normalize

__all__ = ["KINDS", "REASONS", "Normalize", "NormalizedText", "normalize"]


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """A canonical text and how many edits of each kind (see KINDS) made it so."""

    text: str
    edits: dict[str, int]

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"NormalizedText({self.text!r}, edits={self.edits})"


def normalize(text: str, *, language: str, zwsp: str = "keep") -> NormalizedText:
    """The canonical form of one text of a language such as `khm_Khmr`.

    The language need not be in the catalogue: its script decides which repairs apply. Raises
    CatalogueError if `language` is not a code, ValueError for another `zwsp` than `keep` and
    `strip`.
    """
    as_text("normalize", text)
    if zwsp not in ("keep", "strip"):
        raise ValueError(f"zwsp is 'keep' or 'strip', not {zwsp!r}")
    if not isinstance(language, str) or not re.fullmatch(r"[a-z]{3}_[A-Z][a-z]{3}", language):
        raise CatalogueError(
            f"{language!r} is not a language code; write ISO 639-3 and ISO 15924, as in khm_Khmr"
        )
    edits: Edits = Counter()
    canonical = apply(rules_for(language[4:], zwsp=zwsp), text, edits)
    return NormalizedText(canonical, dict(sorted((k, n) for k, n in edits.items() if n)))


make_callable(__name__, normalize)
