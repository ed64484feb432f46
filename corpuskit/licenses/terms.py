"""What licenses ask for, compared: which of several is the most restrictive, and whether a policy's
list permits an SPDX expression."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from corpuskit.licenses.identifiers import (
    INDONESIA,
    MALAYSIA,
    NOASSERTION,
    PHILIPPINE_PUBLIC_DOMAIN,
    PUBLIC_DOMAIN,
    SINGAPORE,
    THAILAND,
    VIETNAM,
)

_ATTRIBUTION: Final = frozenset({"attribution"})
_SHARE_ALIKE: Final = frozenset({"attribution", "share-alike"})
_COPYLEFT: Final = frozenset({"attribution", "share-alike", "source"})

_FREE: Final = frozenset(
    ("CC0-1.0", "CC-PDM-1.0", "0BSD", "Unlicense", "PDDL-1.0", "WTFPL", "MIT-0", PUBLIC_DOMAIN)
)
_TERMS: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(_FREE, frozenset()),
    **dict.fromkeys(
        (
            "MIT", "Apache-2.0", "Apache-1.1", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "ISC",
            "PSF-2.0", "Zlib", "ODC-By-1.0", "OGL-UK-2.0", "OGL-UK-3.0", "PostgreSQL",
            "CDLA-Permissive-1.0", "CDLA-Permissive-2.0", "Artistic-2.0", SINGAPORE, MALAYSIA,
            THAILAND, INDONESIA, "LicenseRef-PH-OGL-1.0",
        ),
        _ATTRIBUTION,
    ),
    **dict.fromkeys(
        ("ODbL-1.0", "CDLA-Sharing-1.0", "MPL-1.1", "MPL-2.0", "EUPL-1.2"), _SHARE_ALIKE
    ),
    PHILIPPINE_PUBLIC_DOMAIN: frozenset({"approval-for-profit"}),
    "LicenseRef-PH-RA8293-176": frozenset({"approval-for-profit"}),
    VIETNAM: frozenset({"attribution", "no-sale-as-is"}),
}  # fmt: skip
"""Conditions of licenses, for comparison alone: the license itself says what it asks for.
Works of the Philippine government need approval for use for profit (RA 8293, section 176); open
data of Vietnam must not be sold as it is (decree 47/2020/ND-CP, article 18)."""

_CC: Final = re.compile(r"(?:LicenseRef-)?CC-(BY(?:-(?:NC|ND|SA))*)(?:-|$)")
_CC_TERMS: Final = {
    "BY": "attribution", "NC": "non-commercial", "ND": "no-derivatives", "SA": "share-alike",
}  # fmt: skip
_COPYLEFT_NAMES: Final = re.compile(r"(?:LicenseRef-)?(?:A?GPL|LGPL|GFDL)(?:-|$)")


def terms_of(expression: str) -> frozenset[str]:
    """The conditions of an SPDX expression, as words that compare; those of an unknown license are
    a word of its own, so that it is neither more nor less restrictive than another."""
    expression = _without_parentheses(expression)
    if (choices := _split(expression, "OR")) is not None:
        return frozenset.intersection(*(terms_of(choice) for choice in choices))
    if (parts := _split(expression, "AND")) is not None:
        return frozenset.union(*(terms_of(part) for part in parts))
    if expression in _TERMS:
        return _TERMS[expression]
    if match := _CC.match(expression):
        return frozenset(_CC_TERMS[element] for element in match[1].split("-"))
    if _COPYLEFT_NAMES.match(expression):
        return _SHARE_ALIKE if expression.startswith("GFDL") else _COPYLEFT
    return frozenset({f"unknown: {expression}"})


def most_restrictive(licenses: Iterable[str]) -> str | None:
    """Of several licenses stated for the same work the one whose conditions include all others'.

    Where none does (BY-NC and BY-ND, two versions of one license), those that no other one
    includes, joined by AND: whoever keeps to all of them keeps to each. None for no license.
    """
    terms = {license_: terms_of(license_) for license_ in dict.fromkeys(licenses)}
    strictest = [
        license_
        for license_, asked in terms.items()
        if not any(asked < others for others in terms.values())
    ]
    return join(sorted(strictest), "AND") if strictest else None


def join(expressions: Iterable[str], operator: str) -> str:
    """Expressions joined by AND or OR, each once; what is joined otherwise gets parentheses."""
    parts = list(dict.fromkeys(expressions))
    if len(parts) == 1:
        return parts[0]
    other = "OR" if operator == "AND" else "AND"
    return f" {operator} ".join(
        f"({part})" if _split(part, other) is not None else part for part in parts
    )


def is_permitted(expression: str, allowed: Collection[str]) -> bool:
    """Whether a list of ids permits an SPDX expression: all operands of AND, one of OR.

    `X WITH Y` is permitted where it is listed itself. Ids are compared without case (SPDX 2.3,
    annex D).
    """
    return _is_permitted(expression, frozenset(license_.lower() for license_ in allowed))


def is_unknown(expression: str | None) -> bool:
    """Whether a license says that nobody knows: none at all, or NOASSERTION anywhere in it."""
    return not expression or NOASSERTION in re.split(r"[ ()]+", expression)


def _is_permitted(expression: str, allowed: frozenset[str]) -> bool:
    expression = _without_parentheses(expression)
    if expression.lower() in allowed:
        return True
    if (choices := _split(expression, "OR")) is not None:
        return any(_is_permitted(choice, allowed) for choice in choices)
    if (parts := _split(expression, "AND")) is not None:
        return all(_is_permitted(part, allowed) for part in parts)
    return False


def _split(expression: str, operator: str) -> list[str] | None:
    """The operands of an expression's outermost operator, where it is `operator`; OR binds less
    than AND (SPDX 2.3, annex D.4). None for another expression."""
    expression = _without_parentheses(expression)
    parts: list[list[str]] = [[]]
    has_or = False
    for word, depth in _words(expression):
        if depth == 0 and word == operator:
            parts.append([])
        else:
            has_or |= depth == 0 and word == "OR"
            parts[-1].append(word)
    if len(parts) == 1 or has_or:
        return None
    return [_without_parentheses(_joined(part)) for part in parts]


def _words(expression: str) -> Iterator[tuple[str, int]]:
    """Words and parentheses, each with the number of parentheses open around it."""
    depth = 0
    for word in expression.replace("(", " ( ").replace(")", " ) ").split():
        depth -= word == ")"
        yield word, depth if word not in "()" else depth + 1
        depth += word == "("


def _joined(words: list[str]) -> str:
    return " ".join(words).replace("( ", "(").replace(" )", ")")


def _without_parentheses(expression: str) -> str:
    """An expression without parentheses around the whole of it."""
    while expression.startswith("(") and expression.endswith(")"):
        inner = expression[1:-1]
        if not _is_balanced(inner):
            break
        expression = inner.strip()
    return expression


def _is_balanced(expression: str) -> bool:
    depth = 0
    for character in expression:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0
