"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.builds import DEMO, some_pages, write_recipe
from hypothesis import settings
from pipeline.handmade import ARTICLE, recipe_of, state_of, write_texts

import corpuskit as ck
from corpuskit.pipeline import Plan, make_plan
from corpuskit.pipeline.step import State

# How long an example takes says how busy the machine is.
settings.register_profile("corpuskit", settings.default, deadline=None)
settings.load_profile("corpuskit")

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_make_parametrize_id(val: object) -> str | None:
    """A name without the bytes: gzip writes the time, and workers must agree on the names."""
    return f"{len(val)}_bytes" if isinstance(val, bytes | bytearray) else None


@pytest.fixture(scope="session", autouse=True)
def _commands_without_pandas() -> Iterator[None]:
    """Commands that tests run do not find pandas, which corpuskit does not depend on.

    pyarrow imports it where it is installed, as it is here for tests of published corpora: half a
    second in every process. Builds within the test process do find it, so both ways are tested.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(REPOSITORY / "tests" / "without_pandas"), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real test data; a test that needs it is skipped where it does not exist."""
    folder = Path(os.environ.get("CORPUSKIT_DATA", REPOSITORY / ".." / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}; set CORPUSKIT_DATA to the folder that holds it")
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    """The demo corpus, built once per test process."""
    folder = tmp_path_factory.mktemp("demo") / "build"
    return ck.build(ck.load_recipe(DEMO / "khmer.toml"), folder, workers=2)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe over 45 real records, trouble of every kind included."""
    folder = tmp_path_factory.mktemp("small")
    return write_recipe(folder, some_pages(folder, 45), "[output]", "validation = 0.1")


@pytest.fixture(scope="session")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of six texts in three files, made once: a plan loads the identification model."""
    folder = tmp_path_factory.mktemp("handmade")
    write_texts(folder, *[f"{ARTICLE}\n{number}" for number in range(6)])
    return make_plan(recipe_of(folder))


@pytest.fixture
def state(plan: Plan, tmp_path: Path) -> State:
    """A run of that plan that has not begun."""
    return state_of(plan, tmp_path / "build")
