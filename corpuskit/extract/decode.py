"""The stage `decode`: from a record's bytes to its characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pyarrow as pa

from corpuskit.extract.reasons import DECODE
from corpuskit.markup.decode import decode
from corpuskit.stage import Batch


class Decode:
    """Stage: decode `_content` (bytes) to `_markup` (str); adds `charset` and `charset_method`.

    Uses the column `_charset` (the label declared over HTTP) if there is one.
    """

    name: ClassVar[str] = "decode"
    version: ClassVar[str] = "5"
    libraries: ClassVar[tuple[str, ...]] = ("beautifulsoup4", "charset-normalizer", "numpy")
    reasons: ClassVar[Mapping[str, str]] = DECODE
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("charset", pa.string()),
        pa.field("charset_method", pa.string()),
    )

    def process(self, batch: Batch) -> Batch:
        """Decode every row; those without text get a reason."""
        rows = zip(batch["_content"], batch.get("_charset"), strict=True)
        results = [decode(content or b"", charset) for content, charset in rows]
        return batch.with_columns(
            _markup=[result.markup for result in results],
            charset=[result.charset for result in results],
            charset_method=[result.method for result in results],
            reason=[result.reason for result in results],
            detail=[result.detail for result in results],
        )
