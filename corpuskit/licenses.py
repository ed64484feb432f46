"""The license that a link or name refers to, as an SPDX id (https://spdx.org/licenses, 3.25)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

NOASSERTION: Final = "NOASSERTION"
"""SPDX's word for a license that nobody has verified or stated."""

_CC: Final = re.compile(
    r"^(?:https?:)?//(?:www\.|i\.|deed\.)?creativecommons\.org/"
    r"(?:licenses/(?P<kind>by(?:-(?:nc|nd|sa))*)/(?P<version>[1-4]\.[0-9])(?:/(?P<port>[a-z]{2,6}))?"
    r"|publicdomain/(?P<domain>zero|mark)/1\.0)(?:[/?#.]|$)",
    re.IGNORECASE,
)

_PORTED: Final = {
    "BY": "2.5-AU 3.0-AT 3.0-AU 3.0-DE 3.0-IGO 3.0-NL 3.0-US",
    "BY-NC": "3.0-DE",
    "BY-NC-ND": "3.0-DE 3.0-IGO",
    "BY-NC-SA": "2.0-DE 2.0-FR 2.0-UK 3.0-DE 3.0-IGO",
    "BY-ND": "3.0-DE",
    "BY-SA": "2.0-UK 2.1-JP 3.0-AT 3.0-DE 3.0-IGO",
}
"""Licenses ported to a jurisdiction that have an SPDX id; others get a LicenseRef."""

_OTHERS: Final[tuple[tuple[str, str], ...]] = (
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("opensource.org/license/mit", "MIT"),
    ("opensource.org/licenses/mit", "MIT"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("mozilla.org/en-us/mpl/2.0", "MPL-2.0"),
    ("gnu.org/licenses/fdl-1.3", "GFDL-1.3-or-later"),
    ("gnu.org/copyleft/fdl", "GFDL-1.3-or-later"),
    ("gnu.org/licenses/gpl-3.0", "GPL-3.0-only"),
    ("gnu.org/licenses/old-licenses/gpl-2.0", "GPL-2.0-only"),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/3", "OGL-UK-3.0"),
    ("opendatacommons.org/licenses/odbl", "ODbL-1.0"),
    ("opendatacommons.org/licenses/by", "ODC-By-1.0"),
    ("unlicense.org", "Unlicense"),
)
"""Addresses (lower case, without scheme and `www.`) of other licenses."""

_ADDRESS: Final = re.compile(
    r"(?:https?:)?//[^\s\"'<>()\[\]]+|(?<![\w./@-])(?:[\w-]+\.)+[a-z]{2,}/[^\s\"'<>()\[\]]+",
    re.IGNORECASE,
)
"""An address within a sentence, with or without a scheme."""
_SCHEME: Final = re.compile(r"^(?:https?:)?//(?:www\.)?", re.IGNORECASE)
_SPDX_LIKE: Final = re.compile(r"^CC[- ]?(0|BY(?:[- ](?:NC|ND|SA))*)[- ]?([1-4]\.[0-9])?$", re.I)


def spdx_of_url(url: str) -> str | None:
    """The SPDX id (or `LicenseRef-...`) of the license at `url`."""
    url = url.strip()
    if match := _CC.match(url):
        return _creative_commons(match)
    address = _SCHEME.sub("", url).lower()
    for prefix, spdx in _OTHERS:
        if address.startswith(prefix):
            return spdx
    return None


def spdx_of_text(value: str) -> str | None:
    """The SPDX id of a license from its address or short name (`CC BY-SA 4.0`)."""
    value = value.strip()
    if spdx := spdx_of_url(value):
        return spdx
    match = _SPDX_LIKE.match(value)
    if not match:
        return None
    kind, version = match.group(1).upper().replace(" ", "-"), match.group(2)
    if kind == "0":
        return "CC0-1.0"
    return creative_commons_id(kind.split("-"), version) if version else None


def creative_commons_id(elements: Collection[str], version: str) -> str | None:
    """The SPDX id of a Creative Commons license by its elements (`BY`, `SA`) in any order; None
    if there is no license of these elements."""
    names = [name for name in ("BY", "NC", "ND", "SA") if name in elements]
    is_license = "BY" in names and len(names) == len(elements) and not {"ND", "SA"} <= {*names}
    return f"CC-{'-'.join(names)}-{version}" if is_license else None


def spdx_in(statement: str) -> str | None:
    """The SPDX id of the license whose address is in a statement; None if there is not exactly one.

    Words alone ("CC BY", "free to copy") do not count.
    """
    addresses = (f"//{_SCHEME.sub('', address)}" for address in _ADDRESS.findall(statement))
    ids = {spdx for address in addresses if (spdx := spdx_of_url(address.rstrip(".,;:")))}
    return ids.pop() if len(ids) == 1 else None


def _creative_commons(match: re.Match[str]) -> str:
    if domain := match.group("domain"):
        return "CC0-1.0" if domain.lower() == "zero" else "CC-PDM-1.0"
    kind, version = match.group("kind").upper(), match.group("version")
    kind = "BY-NC-ND" if kind == "BY-ND-NC" else kind  # the order of version 1.0
    port = (match.group("port") or "").upper()
    if port in ("", "DEED", "LEGAL"):  # the deed and the text in the license's own language
        return f"CC-{kind}-{version}"
    known = f"{version}-{port}" in _PORTED.get(kind, "").split()
    return f"{'' if known else 'LicenseRef-'}CC-{kind}-{version}-{port}"
