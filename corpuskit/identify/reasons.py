"""Why the stage `screen` drops a page, and what the stage `lines` takes out of a document."""

from __future__ import annotations

from typing import Final

from corpuskit.ledger import FOREIGN_LINE

SCRIPT: Final = "screen/script"
LANGUAGE: Final = "screen/language"

SCREEN: Final[dict[str, str]] = {
    SCRIPT: "The page's markup has almost no letters in the script of any wanted language.",
    LANGUAGE: "Every part of the page is certainly in a language that is not wanted and not easily "
    "confused with a wanted one.",
}

REASONS: Final[dict[str, str]] = {
    FOREIGN_LINE: "Lines removed from documents because they are certainly in an unwanted language "
    "(`foreign_lines`). The documents themselves are kept.",
    **SCREEN,
}
"""Code -> its meaning in one sentence, for the documentation."""
