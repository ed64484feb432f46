"""Why a document is dropped as a duplicate."""

from __future__ import annotations

from typing import Final

EXACT: Final = "dedup/exact"
NEAR: Final = "dedup/near"
EARLIER: Final = "dedup/earlier"

REASONS: Final[dict[str, str]] = {
    EXACT: "The canonical text is identical, byte for byte, to that of the kept document.",
    NEAR: "The Jaccard similarity of the text's shingles to the kept document's reaches the "
    "threshold.",
    EARLIER: "The text is that of a document of an earlier corpus (`[dedup] against`), or as"
    " similar to it as near-duplicates are; build, id and URL of that document are in the row.",
}
