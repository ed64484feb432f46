"""Tests of one group run in one process, so that what they share is made once."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("groups")
def test_the_scheduler_knows_the_groups(request: pytest.FixtureRequest) -> None:
    """pytest-xdist marks a test's group in its id; with some versions of pytest it cannot."""
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("needs pytest-xdist with --dist loadgroup, as `make test` has it")
    assert request.node.nodeid.endswith("@groups")
