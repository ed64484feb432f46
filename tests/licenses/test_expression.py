"""What people write in the license column of a table becomes SPDX."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import canonicalize_license_expression

from corpuskit.licenses.expression import exact_license, license_expression, nearest_license


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("mit", "MIT"),
        ("MIT License", "MIT"),
        ("The MIT License", "MIT"),
        ("apache-2.0", "Apache-2.0"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Apache 2", "Apache-2.0"),
        ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        ("CC BY-SA 4.0", "CC-BY-SA-4.0"),
        ("CC-BY-NC-SA 4.0 International", "CC-BY-NC-SA-4.0"),
        ("Creative Commons Attribution 4.0 International License", "CC-BY-4.0"),
        ("Creative Commons Attribution-NonCommercial-NoDerivs v3.0 Unported", "CC-BY-NC-ND-3.0"),
        ("Creative Commons Attribution-ShareAlike License (version 4.0)", "CC-BY-SA-4.0"),
        ("CC BY-SA-NC 4.0", "CC-BY-NC-SA-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.th", "CC-BY-4.0"),
        ("see https://creativecommons.org/licenses/by/3.0/ for terms", "CC-BY-3.0"),
        ("CC0", "CC0-1.0"),
        ("CC0 1.0 Universal", "CC0-1.0"),
        ("Creative Commons Zero v1.0 Universal", "CC0-1.0"),
        ("Public Domain Mark 1.0", "CC-PDM-1.0"),
        ("odc-by", "ODC-By-1.0"),
        ("ODbL", "ODbL-1.0"),
        ("mit OR apache-2.0", "MIT OR Apache-2.0"),
        ("GNU General Public License v3.0", "GPL-3.0-only"),
        ("licenseref-Letter-7", "LicenseRef-Letter-7"),
        ("CC BY-ND-SA 4.0", "LicenseRef-CC-BY-ND-SA-4.0"),  # no such license
        ("CC BY", "LicenseRef-CC-BY"),  # which version?
        ("cc by-sa", "LicenseRef-CC-BY-SA"),
        ("Creative Commons Attribution-ShareAlike-NonCommercial", "LicenseRef-CC-BY-NC-SA"),
        ("All rights reserved", "LicenseRef-All-rights-reserved"),
        ("Free for research;\n ask us first!", "LicenseRef-Free-for-research-ask-us-first"),
        ("public domain", "LicenseRef-public-domain"),
    ],
)  # fmt: skip
def test_names_ids_and_texts(text: str, expression: str) -> None:
    assert license_expression(text) == expression


@pytest.mark.parametrize("text", ["", " ", "unknown", "N/A", "none", "Other", "-", "?", "NaN"])
def test_words_that_say_nothing(text: str) -> None:
    assert license_expression(text) is None


def test_texts_that_differ_in_other_letters_or_far_away_have_names_of_their_own() -> None:
    texts = ["អនុញ្ញាត", "អនុញ្ញាតឱ្យ", "x" * 100 + "a", "x" * 100 + "b", "ask ឯកសារ", "ask ច្បាប់"]
    names = {license_expression(text) for text in texts}
    assert len(names) == len(texts)


@given(st.text())
def test_whatever_is_written_the_column_holds_spdx_or_nothing(text: str) -> None:
    expression = license_expression(text)
    if expression is not None and not expression.startswith("LicenseRef-"):
        assert canonicalize_license_expression(expression) == expression
    elif expression is not None:
        assert re.fullmatch(r"LicenseRef-[A-Za-z0-9.-]{1,100}", expression)


@pytest.mark.parametrize(
    ("text", "license_"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc0-1.0", "CC0-1.0"),
        ("apache-2.0 or mit", "Apache-2.0 OR MIT"),
        ("LicenseRef-Ministry-of-Education", "LicenseRef-Ministry-of-Education"),
        ("noassertion", "NOASSERTION"),
        ("CC BY 4.0", None),
        ("LicenseRef-with_underscore", None),
        ("ask the editor", None),
        (" ", None),
    ],
)
def test_a_recipe_states_a_license_exactly(text: str, license_: str | None) -> None:
    assert exact_license(text) == license_


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("CC BY 4.0", "CC-BY-4.0"),
        ("CCBYSA", "CC-BY-SA-4.0"),
        ("Creative Commons Attribution", "CC-BY-4.0"),
        ("cc-by-nc-4", "CC-BY-NC-4.0"),
        ("CC-BY-SA 3.0 IGO", "CC-BY-SA-3.0-IGO"),
        ("MIT License", "MIT"),
        ("Apache2.0", "Apache-2.0"),
        ("MPL2", "MPL-2.0"),
        ("GPL-3", "GPL-3.0-only"),
        ("LicenseRef-with_underscore", "LicenseRef-with-underscore"),
        ("ask the editor", "LicenseRef-ask-the-editor"),
        ("unknown", "NOASSERTION"),
        (" ", "NOASSERTION"),
    ],
)
def test_the_nearest_license(text: str, nearest: str) -> None:
    assert nearest_license(text) == nearest
    assert exact_license(nearest) == nearest
