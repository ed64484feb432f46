"""Why the stage `screen` drops a page."""

from __future__ import annotations

from typing import Final

SCRIPT: Final = "screen/script"
LANGUAGE: Final = "screen/language"

REASONS: Final[dict[str, str]] = {
    SCRIPT: "The page's markup holds next to no letters of a wanted language's script.",
    LANGUAGE: "Every part of the page is confidently in a language that is not wanted "
    "and not easily confused with one that is.",
}
"""Code -> its meaning in one sentence, for the documentation."""
