"""The stage `normalize`: canonical text, the edits made, and digests of before and after."""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar, Literal

import pyarrow as pa

from corpuskit.document import text_sha256
from corpuskit.normalize.edits import Edits, apply
from corpuskit.normalize.legacy import legacy_font
from corpuskit.normalize.rules import rules_for
from corpuskit.stage import Batch

EMPTY = "normalize/empty"
LEGACY = "normalize/legacy_font"


class Normalize:
    """Make `text` canonical: see the rules in corpuskit.normalize.rules.

    `zwsp` says what becomes of ZWSP in the scripts that mark words by it: `keep` it
    (single, beside no space) or `strip` it.
    """

    name: ClassVar[str] = "normalize"
    version: ClassVar[str] = "3"
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("raw_sha256", pa.string()),
        pa.field("text_sha256", pa.string()),
        pa.field(
            "normalizer",
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
        """Replace `text`, add `raw_sha256`, `text_sha256` and `normalizer`.

        A text of which nothing is left is lost as `normalize/empty`, one typed for a font of
        the time before Unicode (Limon, VNI, TCVN3) as `normalize/legacy_font`, the kind of font
        in its detail.
        """
        given = batch.texts.texts
        done = [self._normalize(text, batch.texts.main_script(n)) for n, text in enumerate(given)]
        done_texts = [text for text, _ in done]
        result = batch.with_columns(
            text=done_texts,
            raw_sha256=[text_sha256(text) for text in given],
            text_sha256=[text_sha256(text) for text in done_texts],
            normalizer=[self._record(edits) for _, edits in done],
        )
        scripts = map(batch.texts.main_script, range(len(given)))
        lost = [_reason(*these) for these in zip(given, done_texts, scripts, strict=True)]
        return result.with_reasons([reason for reason, _ in lost], [detail for _, detail in lost])

    def _normalize(self, text: str, script: str) -> tuple[str, Edits]:
        edits: Edits = Counter()
        return apply(rules_for(script, zwsp=self.zwsp), text, edits), edits

    def _record(self, edits: Edits) -> dict[str, Any]:
        # Pairs in a fixed order: what Arrow reads back from a map column.
        counted = sorted((kind, count) for kind, count in edits.items() if count)
        return {"name": "corpuskit", "version": self.version, "edits": counted}


def _reason(given: str, canonical: str, script: str) -> tuple[str | None, str | None]:
    if not canonical:
        return EMPTY, None
    font = legacy_font(given) if script == "Latn" else None
    return (LEGACY, font) if font else (None, None)
