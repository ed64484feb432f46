"""The license of a row from the column that names it."""

from __future__ import annotations

from typing import Final

from corpuskit.document import Evidence, RawRecord
from corpuskit.license_expression import license_expression

_MAX_VALUE: Final = 500
"""Characters of the column's text that are kept: a name or a sentence, not a contract."""


def declare_license(record: RawRecord, text: str, column: str) -> None:
    """Keep a column's text as evidence, and what it stands for as the declared license."""
    record.license_evidence = [Evidence(kind="column", value=text[:_MAX_VALUE], where=column)]
    if license_ := license_expression(text):
        record.license, record.license_confidence = license_, "declared"
