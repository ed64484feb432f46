"""The stage `normalize`: canonical text, the edits made, and digests of before and after."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar, Literal

import pyarrow as pa

from corpuskit.document import text_sha256
from corpuskit.normalize.edits import Edits, apply
from corpuskit.normalize.rules import rules_for
from corpuskit.stage import Batch

EMPTY = "normalize/empty"


class Normalize:
    """Make `text` canonical: see the rules in corpuskit.normalize.rules.

    `zwsp` says what becomes of ZWSP in the scripts that mark words by it: `keep` it
    (single, beside no space) or `strip` it.
    """

    name: ClassVar[str] = "normalize"
    version: ClassVar[str] = "2"
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("raw_sha256", pa.string()),
        pa.field("text_sha256", pa.string()),
        pa.field(
            "normaliser",
            pa.struct(
                [
                    pa.field("name", pa.string()),
                    pa.field("version", pa.string()),
                    pa.field("edits", pa.map_(pa.string(), pa.int32())),
                ]
            ),
        ),
    )

    def __init__(self, *, zwsp: Literal["keep", "strip"] = "keep") -> None:
        if zwsp not in ("keep", "strip"):
            raise ValueError(f"zwsp is 'keep' or 'strip', not {zwsp!r}")
        self.zwsp = zwsp

    def process(self, batch: Batch) -> Batch:
        """Replace `text`, add `raw_sha256`, `text_sha256` and `normaliser`.

        A text of which nothing is left is lost as `normalize/empty`.
        """
        given = batch.texts.texts
        done = [self._normalize(text, batch.texts.main_script(n)) for n, text in enumerate(given)]
        result = batch.with_columns(
            text=[text for text, _ in done],
            raw_sha256=[text_sha256(text) for text in given],
            text_sha256=[text_sha256(text) for text, _ in done],
            normaliser=[self._record(edits) for _, edits in done],
        )
        return result.with_reasons([None if text else EMPTY for text, _ in done])

    def _normalize(self, text: str, script: str) -> tuple[str, Edits]:
        edits: Edits = Counter()
        return apply(rules_for(script, zwsp=self.zwsp), text, edits), edits

    def _record(self, edits: Edits) -> dict[str, Any]:
        # Pairs in a fixed order: what Arrow reads back from a map column.
        counted = sorted((kind, count) for kind, count in edits.items() if count)
        return {"name": "corpuskit", "version": self.version, "edits": counted}
