"""The SPDX expression of a license that a person wrote in a recipe or in a column of a table."""

from __future__ import annotations

import difflib
import hashlib
import re
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from corpuskit.licenses.identifiers import (
    NOASSERTION,
    creative_commons_id,
    linked_licenses,
    spdx_in,
    spdx_of_text,
)
from corpuskit.licenses.names import licenses_named
from corpuskit.licenses.terms import most_restrictive

_MAX_NAME: Final = 60
"""Characters of a text that its LicenseRef keeps."""
_MAX_EXPRESSION: Final = 500

_SAYS_NOTHING: Final = frozenset(
    (
        "", "unknown", "none", "n a", "na", "nan", "null", "nil", "other", "undefined",
        "unspecified", "not specified", "not available", "noassertion", "no license", "tbd",
    )
)  # fmt: skip

_NAMES: Final = {
    "apache": "Apache-2.0", "apache 2": "Apache-2.0", "apache 2.0": "Apache-2.0",
    "apache software 2.0": "Apache-2.0", "mit": "MIT", "expat": "MIT",
    "cc zero": "CC0-1.0", "cc0": "CC0-1.0", "cc0 1.0": "CC0-1.0", "cc0 1.0 universal": "CC0-1.0",
    "cc zero 1.0": "CC0-1.0", "cc zero 1.0 universal": "CC0-1.0",
    "domain mark 1.0": "CC-PDM-1.0", "cc domain mark 1.0": "CC-PDM-1.0",
    "odc by": "ODC-By-1.0", "odc by 1.0": "ODC-By-1.0", "odbl": "ODbL-1.0",
    "open database": "ODbL-1.0", "pddl": "PDDL-1.0", "mozilla 2.0": "MPL-2.0",
    "open government 3.0": "OGL-UK-3.0", "gfdl": "GFDL-1.3-or-later",
    "gnu free documentation": "GFDL-1.3-or-later", "gnu free documentation 1.3": "GFDL-1.3-only",
    "gnu general 3.0": "GPL-3.0-only", "gnu general 2.0": "GPL-2.0-only",
}  # fmt: skip
"""Licenses by the words of their names, without those that say nothing of which one it is."""

_WORDS: Final = (
    (re.compile(r"creative[ -]?commons"), " cc "),
    (re.compile(r"non[ -]?commercial"), " nc "),
    (re.compile(r"share[ -]?alike"), " sa "),
    (re.compile(r"no[ -]?deriv(?:ative|ativ)?s?(?: works)?"), " nd "),
    (re.compile(r"attribution"), " by "),
    (re.compile(r"\bv(?:ersion)? ?(?=\d)"), " "),
    (
        re.compile(r"\b(?:the|public|licen[cs]e[sd]?|international|intl|unported|generic|under)\b"),
        " ",
    ),
    (re.compile(r"[^\w.]+|_|\.(?!\d)"), " "),
)
_CREATIVE_COMMONS: Final = re.compile(r"(?:cc )?(by(?: (?:nc|nd|sa)){0,2}) ?([1-4]\.[0-9])")
_CREATIVE_COMMONS_ALONE: Final = re.compile(r"cc ?(by(?: ?(?:nc|nd|sa)){0,2})(?: ?[1-4])?")
"""A Creative Commons license without its version, or with half of it."""
_CREATIVE_COMMONS_UNVERSIONED: Final = re.compile(r"cc (by(?: (?:nc|nd|sa)){0,2})")
_COMMON: Final = sorted(
    {*_NAMES.values()}
    | {f"CC-BY{rest}-4.0" for rest in ("", "-SA", "-ND", "-NC", "-NC-SA", "-NC-ND")}
)
"""Ids that a misspelled one is compared with."""
_CLOSE: Final = 0.72
"""Similarity from which a text is a misspelled id; `MPL2` and `MPL-2.0` have 0.73."""
_UNVERSIONED: Final = re.compile(
    r"LicenseRef-(?:(?:CC-BY(?:-(?:NC|ND|SA))*)|[AL]?GPL|public-domain)$"
)
_REFERENCE: Final = re.compile(r"^licenseref[-_: ]*", re.IGNORECASE)
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9.]+")  # SPDX 2.3, annex D: idstring


def license_expression(text: str) -> str | None:
    """The SPDX expression that a text stands for: an id or expression in any case, the name or
    address of a license. Any other text becomes a `LicenseRef-...` of its words.

    None where the text says that nothing is known.
    """
    text = " ".join(text.split())
    words = _words_of(text)
    if words in _SAYS_NOTHING:
        return None
    return (
        spdx_of_text(text)
        or _expression(text)
        or _by_name(words)
        or spdx_in(text)
        or _only_named(text)
        or _reference(text)
    )


def stated_license(text: str) -> str | None:
    """The SPDX expression of a statement about rights by whoever publishes a work: an address, an
    id or expression, or the names of licenses in a sentence; None where it names none.

    Of several licenses the most restrictive holds; alternatives (`MIT OR Apache-2.0`) stay.
    """
    text = " ".join(text.split())
    if spdx := spdx_of_text(text):
        return spdx
    if len(text.split()) > 1 and (expression := _expression(text)):
        return expression
    if licenses := linked_licenses(text):
        return most_restrictive(licenses)
    if expression := _expression(text):
        return expression
    return most_restrictive(licenses_named(text))


def exact_license(text: str) -> str | None:
    """A license as a recipe states it: an SPDX expression, in which a `LicenseRef-...` may stand,
    or `NOASSERTION`. Ids may be in any case (SPDX 2.3, annex D); they come back as SPDX spells
    them. None for any other text."""
    text = text.strip()
    return NOASSERTION if text.upper() == NOASSERTION else _expression(text)


def nearest_license(text: str) -> str:
    """What a text that is not an SPDX expression may mean: an id, a `LicenseRef-...` of its words,
    or `NOASSERTION`."""
    text = _REFERENCE.sub("", " ".join(text.split()))
    if match := _CREATIVE_COMMONS_ALONE.fullmatch(_words_of(text)):
        elements = re.findall("by|nc|nd|sa", match[1])
        if license_ := creative_commons_id([element.upper() for element in elements], "4.0"):
            return license_
    expression = _expression(text.replace(" ", "-")) or license_expression(text) or NOASSERTION
    if expression.startswith("LicenseRef-"):
        return _misspelled(text) or expression
    return expression


def _misspelled(text: str) -> str | None:
    """The common id that a text is close to, or the last one that begins with it."""
    ids = {license_.lower(): license_ for license_ in _COMMON}
    spelling = "-".join(text.lower().split())
    longer = [license_ for lower, license_ in ids.items() if lower.startswith(f"{spelling}-")]
    longer += [license_ for lower, license_ in ids.items() if lower.startswith(f"{spelling}.")]
    close = difflib.get_close_matches(spelling, ids, n=1, cutoff=_CLOSE)
    return longer[-1] if longer else ids[close[0]] if close else None


def _expression(text: str) -> str | None:
    if len(text) > _MAX_EXPRESSION:
        return None
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None


def _words_of(text: str) -> str:
    words = text.lower()
    for pattern, replacement in _WORDS:
        words = pattern.sub(replacement, words)
    return " ".join(words.split())


def _only_named(text: str) -> str | None:
    """The only license that a text names, with its version."""
    names = licenses_named(text)
    return names[0] if len(names) == 1 and not _UNVERSIONED.match(names[0]) else None


def _by_name(words: str) -> str | None:
    if match := _CREATIVE_COMMONS.fullmatch(words):
        return creative_commons_id(match[1].upper().split(), match[2])
    if match := _CREATIVE_COMMONS_UNVERSIONED.fullmatch(words):
        versioned = creative_commons_id(match[1].upper().split(), "4.0")
        return f"LicenseRef-{versioned.removesuffix('-4.0')}" if versioned else None
    return _NAMES.get(words)


def _reference(text: str) -> str:
    name = _NOT_IN_A_NAME.sub("-", text).strip("-.")
    is_whole = len(name) <= _MAX_NAME and not any(
        char.isalnum() and not char.isascii() for char in text
    )
    if is_whole and name:
        return f"LicenseRef-{name}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "LicenseRef-" + "-".join(filter(None, [name[:_MAX_NAME].strip("-."), digest]))
