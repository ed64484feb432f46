"""The license of a row from the column that names it."""

from __future__ import annotations

import re
from typing import Final

from corpuskit.document import Evidence, RawRecord
from corpuskit.licenses.expression import license_expression
from corpuskit.licenses.names import RIGHTS_RESERVED

_MAX_VALUE: Final = 500
"""Characters of the column's text that are kept: a name or a sentence, not a contract."""
_REFERENCE: Final = "LicenseRef-"
_NOTICE: Final = re.compile(r"^\W{0,3}(?:©|\(c\)|copyright\b)", re.IGNORECASE)
"""How a copyright notice begins."""


def declare_license(record: RawRecord, text: str, column: str) -> None:
    """Keep a column's text as evidence, and the license that it names as the declared one.

    `All rights reserved` and `© 2020 NAME` are evidence of the kind `rights reserved`, and no
    license, as they are in a page.
    """
    license_ = license_expression(text)
    is_reserved = bool(license_ and license_.startswith(_REFERENCE) and _is_reserved(text))
    kind = "rights reserved" if is_reserved else "column"
    record.license_evidence = [Evidence(kind=kind, value=text[:_MAX_VALUE], where=column)]
    if license_ and not is_reserved:
        record.license, record.license_confidence = license_, "declared"


def _is_reserved(text: str) -> bool:
    return bool(_NOTICE.match(text) or RIGHTS_RESERVED.search(text.lower()))
