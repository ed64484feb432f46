"""A sample of `make kills`: builds that are killed at random come out the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from kills.__main__ import SHARES, kind_of
from kills.runner import Target, Targets, killed, workers_of

pytestmark = pytest.mark.xdist_group("kills")


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Targets:
    """A small recipe alone: one with all steps costs four times as much."""
    small = Target.of(tmp_path_factory.mktemp("kills"), data_dir, 60)
    return Targets(small, small)


@pytest.mark.parametrize("kind", ["worker", "parent", "flip"])
def test_the_same_bytes_after_it(targets: Targets, kind: str) -> None:
    outcome = killed(targets, kind, random.Random(f"ci-{kind}"), kind)
    assert outcome.same, outcome


def test_kinds_of_200_runs_are_as_planned() -> None:
    kinds = [kind_of(number) for number in range(200)]
    assert {kind: kinds.count(kind) for kind in SHARES} == SHARES


def test_a_process_without_workers_has_none() -> None:
    assert workers_of(1 << 22) == []
