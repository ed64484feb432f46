"""What a log shows of a URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.fetching.redaction import without_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/b", "https://a.example/b"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://me:pass@a.example/b?token=x#y", "https://a.example/b?..."),
        ("https://token@a.example/", "https://a.example/"),
        ("s3://key:secret@bucket/a?region=x", "s3://bucket/a?..."),
        ("http://[bad/", "(not a URL)"),
        ("/local/file", "/local/file"),
    ],
)
def test_users_and_queries_are_left_out(url: str, shown: str) -> None:
    assert without_secrets(url) == shown


@given(st.text("abc:@/?#%[]", max_size=20))
def test_no_secret_gets_through(text: str) -> None:
    secret = "Sesame"
    shown = without_secrets(f"https://user:{secret}@host/{text}?key={secret}")
    assert secret not in shown
