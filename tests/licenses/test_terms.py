"""Which license of several is the most restrictive, and what a list of ids permits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from license_expression import AND, OR, LicenseSymbol, Licensing

from corpuskit.licenses.terms import is_permitted, is_unknown, join, most_restrictive, terms_of


@pytest.mark.parametrize(
    ("licenses", "held"),
    [
        (["CC-BY-4.0", "CC-BY-SA-4.0"], "CC-BY-SA-4.0"),
        (["CC-BY-NC-SA-4.0", "CC-BY-4.0", "CC0-1.0"], "CC-BY-NC-SA-4.0"),
        (["MIT", "CC0-1.0"], "MIT"),
        (["Apache-2.0", "GPL-3.0-only"], "GPL-3.0-only"),
        (["CC-BY-4.0", "LicenseRef-CC-BY-NC-3.0-VN"], "LicenseRef-CC-BY-NC-3.0-VN"),
        # neither asks for all that the other asks for: both hold
        (["CC-BY-ND-4.0", "CC-BY-NC-4.0"], "CC-BY-NC-4.0 AND CC-BY-ND-4.0"),
        (["CC-BY-SA-4.0", "CC-BY-SA-3.0"], "CC-BY-SA-3.0 AND CC-BY-SA-4.0"),
        (["MIT", "LicenseRef-ask"], "LicenseRef-ask AND MIT"),
        (["MIT OR CC-BY-NC-4.0", "CC-BY-SA-4.0"], "CC-BY-SA-4.0"),
        (["MIT"], "MIT"),
        ([], None),
    ],
)
def test_most_restrictive(licenses: list[str], held: str | None) -> None:
    assert most_restrictive(licenses) == held
    assert most_restrictive(reversed(licenses)) == held


@pytest.mark.parametrize(
    ("expression", "is_allowed"),
    [
        ("MIT", True),
        ("mit", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("(MIT)", True),
        ("MIT AND GPL-3.0-only OR Apache-2.0", True),  # AND binds closer
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("LicenseRef-ministry", False),
    ],
)
def test_what_a_list_permits(expression: str, is_allowed: bool) -> None:
    assert is_permitted(expression, ["MIT", "Apache-2.0", "GPL-2.0-only"]) is is_allowed


def test_who_lists_an_exception_permits_it() -> None:
    expression = "GPL-2.0-only WITH Classpath-exception-2.0"
    assert is_permitted(expression, [expression.lower()])


IDS = st.sampled_from(["MIT", "Apache-2.0", "CC0-1.0", "ISC", "LicenseRef-a", "LicenseRef-b"])
EXPRESSIONS = st.recursive(
    IDS,
    lambda inner: st.builds(
        lambda parts, operator: f"({f' {operator} '.join(parts)})",
        st.lists(inner, min_size=2, max_size=3),
        st.sampled_from(["AND", "OR"]),
    ),
    max_leaves=8,
)


def _by_the_library(node: object, allowed: set[str]) -> bool:
    if isinstance(node, AND):
        return all(_by_the_library(part, allowed) for part in node.args)
    if isinstance(node, OR):
        return any(_by_the_library(part, allowed) for part in node.args)
    assert isinstance(node, LicenseSymbol)
    return node.key in allowed


@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), st.sampled_from(["AND", "OR"]), st.sets(IDS))
def test_the_library_license_expression_agrees(
    parts: list[str], operator: str, allowed: set[str]
) -> None:
    expression = f" {operator} ".join(parts)
    parsed = Licensing().parse(expression)
    assert is_permitted(expression, allowed) is _by_the_library(parsed, allowed)


@given(st.lists(IDS, min_size=1), st.lists(IDS, min_size=1))
def test_joined_expressions_keep_their_operators(some: list[str], others: list[str]) -> None:
    inner = join(some, "OR")
    joined = join([inner, *others], "AND")
    everything = [*some, *others]
    assert is_permitted(joined, everything)
    assert terms_of(joined) >= terms_of(inner)


def test_who_knows_nothing() -> None:
    assert is_unknown(None)
    assert is_unknown("NOASSERTION")
    assert is_unknown("MIT AND (NOASSERTION OR ISC)")
    assert not is_unknown("LicenseRef-NOASSERTION-1")
