"""Why the stages `decode` and `extract` lose a record."""

from __future__ import annotations

from typing import Final

DECODE: Final[dict[str, str]] = {
    "decode/binary": "The bytes are not text: a file signature or too many control characters.",
    "decode/undecodable": "No character encoding gives readable text for these bytes.",
}

EXTRACT: Final[dict[str, str]] = {
    "extract/empty": "The page or file has no text apart from markup and navigation.",
    "extract/needs_js": "A script would have loaded the text; the page has under 50 characters.",
    "extract/too_deep": "Elements are nested deeper than browsers follow (512 levels).",
    "extract/unsupported_type": "The declared media type is neither HTML nor plain text.",
    "extract/failed": "The extractor raised; the exception's name is in the detail.",
}

REASONS: Final[dict[str, str]] = {**DECODE, **EXTRACT}
"""Code -> its meaning in one sentence, for the documentation."""
