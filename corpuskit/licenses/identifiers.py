"""The license that a link or name refers to, as an SPDX id (https://spdx.org/licenses, 3.25)."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

NOASSERTION: Final = "NOASSERTION"
"""SPDX's word for a license that nobody has verified or stated."""

_CC: Final = re.compile(
    r"^(?:https?:)?//(?:www\.|i\.|deed\.|mirrors\.)?(?:creativecommons\.org/|licensebuttons\.net/)"
    r"(?:(?:licenses|l)/(?P<kind>by(?:-(?:nc|nd|sa))*)/(?P<version>[1-4]\.[0-9])"
    r"(?:/(?P<port>[a-z]{2,6})(?![a-z0-9.]))?"
    r"|(?:publicdomain|p)/(?P<domain>zero|mark)/1\.0)(?:[/?#.]|$)",
    re.IGNORECASE,
)
"""A license or the button of one: `i.creativecommons.org/l/by/4.0/88x31.png`."""

_PORTED: Final = {
    "BY": "2.5-AU 3.0-AT 3.0-AU 3.0-DE 3.0-IGO 3.0-NL 3.0-US",
    "BY-NC": "3.0-DE",
    "BY-NC-ND": "3.0-DE 3.0-IGO",
    "BY-NC-SA": "2.0-DE 2.0-FR 2.0-UK 3.0-DE 3.0-IGO",
    "BY-ND": "3.0-DE",
    "BY-SA": "2.0-UK 2.1-JP 3.0-AT 3.0-DE 3.0-IGO",
}
"""Licenses ported to a jurisdiction that have an SPDX id; others get a LicenseRef."""

PUBLIC_DOMAIN: Final = "LicenseRef-public-domain"
PHILIPPINE_PUBLIC_DOMAIN: Final = "LicenseRef-PH-public-domain"
SINGAPORE: Final = "LicenseRef-SG-ODL-1.0"
MALAYSIA: Final = "LicenseRef-MY-OGD-1.0"
THAILAND: Final = "LicenseRef-TH-DGA-OGL"
INDONESIA: Final = "LicenseRef-ID-ODL"
VIETNAM: Final = "LicenseRef-VN-47-2020-ND-CP"
"""Terms of governments without an SPDX id: data.gov.sg/open-data-licence; Syarat Penggunaan Data
Terbuka Kerajaan 1.0 (mpt.gov.my); data.go.th/pages/dga-open-government-license; Lisensi Data
Terbuka; article 18 of Vietnam's decree 47/2020/ND-CP."""

_OTHERS: Final[tuple[tuple[str, str], ...]] = (
    ("apache.org/licenses/license-1.1", "Apache-1.1"),
    ("opensource.org/licenses/apache-2.0", "Apache-2.0"),
    ("opensource.org/license/apache-2-0", "Apache-2.0"),
    ("boost.org/license_1_0", "BSL-1.0"),
    ("opensource.org/licenses/bsl-1.0", "BSL-1.0"),
    ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"),
    ("opensource.org/license/bsd-3-clause", "BSD-3-Clause"),
    ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
    ("opensource.org/license/bsd-2-clause", "BSD-2-Clause"),
    ("opensource.org/licenses/isc", "ISC"),
    ("mozilla.org/mpl/1.1", "MPL-1.1"),
    ("gnu.org/licenses/fdl-1.2", "GFDL-1.2-or-later"),
    ("gnu.org/licenses/old-licenses/fdl-1.2", "GFDL-1.2-or-later"),
    ("gnu.org/licenses/old-licenses/fdl-1.1", "GFDL-1.1-or-later"),
    ("gnu.org/licenses/fdl.", "GFDL-1.3-or-later"),
    ("gnu.org/licenses/agpl-3.0", "AGPL-3.0-only"),
    ("gnu.org/licenses/lgpl-3.0", "LGPL-3.0-only"),
    ("gnu.org/licenses/old-licenses/lgpl-2.1", "LGPL-2.1-only"),
    ("gnu.org/licenses/gpl-2.0", "GPL-2.0-only"),
    ("opendatacommons.org/licenses/pddl", "PDDL-1.0"),
    ("nationalarchives.gov.uk/doc/open-government-licence/version/2", "OGL-UK-2.0"),
    ("cdla.dev/permissive-2-0", "CDLA-Permissive-2.0"),
    ("cdla.dev/permissive-1-0", "CDLA-Permissive-1.0"),
    ("cdla.dev/sharing-1-0", "CDLA-Sharing-1.0"),
    ("spdx.org/licenses/cc0-1.0", "CC0-1.0"),
    ("spdx.org/licenses/mit", "MIT"),
    ("spdx.org/licenses/apache-2.0", "Apache-2.0"),
    ("data.gov.sg/open-data-licence", SINGAPORE),
    ("beta.data.gov.sg/open-data-license", SINGAPORE),
    ("data.gov.sg/open-data-license", SINGAPORE),
    ("data.go.th/pages/dga-open-government-license", THAILAND),
    ("data.go.th/th/pages/dga-open-government-license", THAILAND),
    ("data.go.th/en/pages/dga-open-government-license", THAILAND),
    ("data.go.th/dga-open-government-license", THAILAND),
    ("data.gov.my/p/pekeliling-data-terbuka", MALAYSIA),
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


_MARKS: Final = ("licen", "commons", "gnu.org", "mpl", "cdla", "publicdomain", "terbuka")
"""Every address that is known has one of these."""


def spdx_of_url(url: str) -> str | None:
    """The SPDX id (or `LicenseRef-...`) of the license at `url`."""
    lowered = url.lower()
    if not any(mark in lowered for mark in _MARKS):
        return None
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


def creative_commons_id(elements: Collection[str], version: str, port: str = "") -> str | None:
    """The SPDX id of a Creative Commons license by its elements (`BY`, `SA`) in any order; None
    if there is no license of these elements.

    `port` is the code of a jurisdiction (`TH`); a ported license that SPDX does not list becomes a
    `LicenseRef-...`.
    """
    names = [name for name in ("BY", "NC", "ND", "SA") if name in elements]
    is_license = "BY" in names and len(names) == len(elements) and not {"ND", "SA"} <= {*names}
    if not is_license:
        return None
    kind = "-".join(names)
    if not port:
        return f"CC-{kind}-{version}"
    is_listed = f"{version}-{port}" in _PORTED.get(kind, "").split()
    return f"{'' if is_listed else 'LicenseRef-'}CC-{kind}-{version}-{port}"


def spdx_in(statement: str) -> str | None:
    """The SPDX id of the license whose address is in a statement; None if there is not exactly one.

    Words alone ("CC BY", "free to copy") do not count.
    """
    ids = set(linked_licenses(statement))
    return ids.pop() if len(ids) == 1 else None


def linked_licenses(statement: str) -> list[str]:
    """The SPDX ids of the licenses whose addresses are in a statement, in order, each once."""
    addresses = (f"//{_SCHEME.sub('', address)}" for address in _ADDRESS.findall(statement))
    ids = (spdx_of_url(address.rstrip(".,;:")) for address in addresses)
    return list(dict.fromkeys(spdx for spdx in ids if spdx))


def _creative_commons(match: re.Match[str]) -> str | None:
    if domain := match.group("domain"):
        return "CC0-1.0" if domain.lower() == "zero" else "CC-PDM-1.0"
    elements, version = match.group("kind").upper().split("-"), match.group("version")
    port = (match.group("port") or "").upper()
    if port in ("DEED", "LEGAL"):  # the deed and the text in the license's own language
        port = ""
    return creative_commons_id(elements, version, port)
