"""The license that a statement about rights names by its address."""

from __future__ import annotations

import re
from typing import Final

# creativecommons.org/licenses/by-sa/4.0/, with or without a scheme, language or deed
_CC: Final = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-nd|-sa)?)|publicdomain/(zero))/(\d\.\d)",
    re.IGNORECASE,
)


def license_of(statement: str) -> str | None:
    """SPDX id of the one Creative Commons license that the statement links to, else None.

    Words alone ("all rights reserved", "free to copy") are evidence for people to judge.
    """
    found = set()
    for kind, zero, version in _CC.findall(statement):
        found.add(f"CC0-{version}" if zero else f"CC-{kind.upper()}-{version}")
    return found.pop() if len(found) == 1 else None
