"""Why the stage `screen` drops a page."""

from __future__ import annotations

from typing import Final

SCRIPT: Final = "screen/script"
LANGUAGE: Final = "screen/language"

REASONS: Final[dict[str, str]] = {
    SCRIPT: "The page's markup has almost no letters of a wanted language's script.",
    LANGUAGE: "Next to nothing of the page is in a wanted language, or in one that is easily "
    "confused with a wanted one.",
}
"""Code -> its meaning in one sentence, for the documentation."""
