"""Which entries of `[privacy] keep` can be used."""

from __future__ import annotations

import pytest

from corpuskit.privacy.exceptions import unusable


@pytest.mark.parametrize(
    "entry", ["info@a.org", "info@", "@gov.kh", " +855 23 880 000 ", "(021) 835-0123"]
)
def test_usable(entry: str) -> None:
    assert unusable(entry) is None


@pytest.mark.parametrize("entry", ["", "@", "a@b@c", "gov.kh", "117", "in fo@a.org", "call us"])
def test_unusable(entry: str) -> None:
    assert unusable(entry)
