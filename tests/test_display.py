"""What is shown of credentials and of control characters."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.fetching.errors import HttpError
from corpuskit.display import MASK, mask, mask_values, printable
from corpuskit.errors import CorpuskitError, Problem, RecipeError


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("s3://AKIDX:se/cr+et=@bucket/key", f"s3://{MASK}@bucket/key"),
        ("https:/ann:pw@a.example/x", f"https:/{MASK}@a.example/x"),
        ("https://a.example:8443/files/a@b", "https://a.example:8443/files/a@b"),
        ("http://[::1]:80/@x", "http://[::1]:80/@x"),
        ("https://a.example/cb#access_token=abc&x=1", f"https://a.example/cb#access_token={MASK}&x=1"),
        ("https://a.example/?AWSAccessKeyId=abc1&pw=x", f"https://a.example/?AWSAccessKeyId={MASK}&pw={MASK}"),
        ("https://a.example/?passphrase=open&private_key=b", f"https://a.example/?passphrase={MASK}&private_key={MASK}"),
        ("/home/ann/a@b", "/home/ann/a@b"),
    ],
)  # fmt: skip
def test_credentials_in_urls(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(masked) == masked


def test_hostile_texts_take_linear_time() -> None:
    for text in ("//a:" * 40_000, "ab:/" * 40_000, "://a:b" * 30_000, "#token" * 20_000):
        begun = time.process_time()
        mask(text)
        assert time.process_time() - begun < 3


def test_values_under_secret_keys() -> None:
    options = {
        "token": "abc", "api_keys": {"password": "x", "n": 1}, "headers": {"Cookie": "a=b"},
        "map": {"text": "body"}, "url": ["https://a:b@c.example/"], "sha256": "0", "secret": None,
    }  # fmt: skip
    assert mask_values(options) == {
        "token": MASK, "api_keys": {"password": MASK, "n": 1}, "headers": {"Cookie": MASK},
        "map": {"text": "body"}, "url": [f"https://{MASK}@c.example/"], "sha256": "0",
        "secret": None,
    }  # fmt: skip
    assert mask_values({"text": "//a:b@c"}, skip=("text",)) == {"text": "//a:b@c"}


def test_errors_show_no_credentials() -> None:
    url = "https://ann:hunter2@a.example/?token=hunter2"
    for error in (
        CorpuskitError(f"{url} cannot be read"),
        HttpError(f"{url}: HTTP 500", 500, "HTTP 500"),
        RecipeError([Problem("r.toml", "source[1].url", f"got {url!r}")]),
    ):
        assert "hunter2" not in str(error)
        assert "a.example" in str(error)


@given(st.text())
def test_printable_text_is_one_line_without_commands(text: str) -> None:
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert all(c == "\t" or c.isprintable() or c.isspace() or ord(c) > 0x9F for c in shown)
    assert printable(shown) == shown
    shown.encode("utf-8")


def test_what_printable_leaves_and_what_it_writes_out() -> None:
    assert printable("ភាសា\u200bខ្មែរ\ta\u00adb\u200d") == "ភាសា\u200bខ្មែរ\ta\u00adb\u200d"
    assert printable("a\x1b[2J\r\n\x9b\u2028\u202e\u2066\udcff\x00") == (
        r"a\x1b[2J\r\n\x9b\u2028\u202e\u2066\udcff\x00"
    )
