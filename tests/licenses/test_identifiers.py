"""Addresses and short names of licenses become SPDX ids."""

from __future__ import annotations

import pytest

from corpuskit.licenses.identifiers import spdx_in, spdx_of_text, spdx_of_url

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


@pytest.mark.parametrize(
    ("statement", "spdx"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-SA-4.0"),
        ("CC BY, http://creativecommons.org/licenses/by/3.0/deed.km", "CC-BY-3.0"),
        ("//creativecommons.org/licenses/by-nc-nd/2.5/", "CC-BY-NC-ND-2.5"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("(see creativecommons.org/licenses/by/4.0).", "CC-BY-4.0"),
        ("under https://opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0"),
        ("All rights reserved", None),
        ("CC BY 4.0", None),
        ("see https://example.org/creativecommons.org/licenses/by/4.0/", None),
        ("creativecommons.org/licenses/by/4.0 creativecommons.org/licenses/by-nc/4.0", None),
    ],
)
def test_the_one_license_that_a_statement_links_to(statement: str, spdx: str | None) -> None:
    assert spdx_in(statement) == spdx
