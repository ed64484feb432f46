import pytest

from corpuskit.connectors.documents.rights import license_of


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-SA-4.0"),
        ("CC BY, http://creativecommons.org/licenses/by/3.0/deed.km", "CC-BY-3.0"),
        ("//creativecommons.org/licenses/by-nc-nd/2.5/", "CC-BY-NC-ND-2.5"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("All rights reserved", None),
        ("CC BY 4.0", None),
        ("creativecommons.org/licenses/by/4.0 creativecommons.org/licenses/by-nc/4.0", None),
    ],
)
def test_a_license_by_its_address(statement: str, expected: str | None) -> None:
    assert license_of(statement) == expected
