"""Why a document is dropped as a duplicate."""

from __future__ import annotations

from typing import Final

EXACT: Final = "dedup/exact"
NEAR: Final = "dedup/near"

REASONS: Final[dict[str, str]] = {
    EXACT: "The canonical text is the same, byte for byte, as that of the document kept.",
    NEAR: "The text's shingles are the kept document's to the threshold (exact Jaccard).",
}
