"""A small recipe and its plan, made once: a plan loads the identification model."""

from __future__ import annotations

from pathlib import Path

import pytest
from pipeline.handmade import ARTICLE, recipe_of, state_of, write_texts

from corpuskit.pipeline import Plan, make_plan
from corpuskit.pipeline.step import State


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of six texts in three files."""
    folder = tmp_path_factory.mktemp("handmade")
    write_texts(folder, *[f"{ARTICLE}\n{number}" for number in range(6)])
    return make_plan(recipe_of(folder))


@pytest.fixture
def state(plan: Plan, tmp_path: Path) -> State:
    """A run of that plan that has not begun."""
    return state_of(plan, tmp_path / "build")
