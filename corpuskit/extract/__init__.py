"""From bytes to the main text of a page.

Stages `Decode` (bytes to characters) and `Extract` (markup to text); for a REPL,
`extract_html(content)`. Names are imported on first use: the reasons cost nothing, the extractor
takes half a second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from corpuskit.extract.reasons import REASONS

if TYPE_CHECKING:
    from corpuskit.extract.decode import Decode
    from corpuskit.extract.html import Extract, ExtractedPage, extract_html
    from corpuskit.markup.decode import DecodedText

__all__ = ["REASONS", "Decode", "DecodedText", "Extract", "ExtractedPage", "extract_html"]

_WHERE = {
    "Decode": "corpuskit.extract.decode",
    "DecodedText": "corpuskit.markup.decode",
    "Extract": "corpuskit.extract.html",
    "ExtractedPage": "corpuskit.extract.html",
    "extract_html": "corpuskit.extract.html",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
