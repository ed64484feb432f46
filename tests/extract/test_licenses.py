"""Addresses and short names of licenses become SPDX ids."""

from __future__ import annotations

import pytest

from corpuskit.extract.licenses import spdx_of_text, spdx_of_url

CC = "creativecommons.org"


@pytest.mark.parametrize(
    ("url", "spdx"),
    [
        (f"https://{CC}/licenses/by-sa/4.0/", "CC-BY-SA-4.0"),
        (f"http://{CC}/licenses/by/3.0", "CC-BY-3.0"),
        (f"//{CC}/licenses/by-nc-nd/4.0/deed.km", "CC-BY-NC-ND-4.0"),
        (f"https://www.{CC}/licenses/by-nc-sa/3.0/igo/", "CC-BY-NC-SA-3.0-IGO"),
        (f"https://{CC}/licenses/by/3.0/th/", "LicenseRef-CC-BY-3.0-TH"),
        (f"https://{CC}/licenses/by-nd-nc/1.0/", "CC-BY-NC-ND-1.0"),
        (f"https://{CC}/publicdomain/zero/1.0/", "CC0-1.0"),
        (f"https://{CC}/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("https://www.gnu.org/licenses/fdl-1.3.html", "GFDL-1.3-or-later"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        (f"https://{CC}/", None),
        (f"https://{CC}/licenses/", None),
        ("https://example.org/license", None),
        ("", None),
    ],
)
def test_addresses(url: str, spdx: str | None) -> None:
    assert spdx_of_url(url) == spdx


@pytest.mark.parametrize(
    ("text", "spdx"),
    [
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("CC0", "CC0-1.0"),
        ("CC BY", None),  # which version?
        ("All rights reserved", None),
    ],
)
def test_short_names(text: str, spdx: str | None) -> None:
    assert spdx_of_text(text) == spdx
