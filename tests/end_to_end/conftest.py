"""One undisturbed build of the demo, shared by the tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

import corpuskit as ck
from end_to_end.builds import DEMO, some_pages, write_recipe


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    """The demo corpus, built once per test process."""
    folder = tmp_path_factory.mktemp("demo") / "build"
    return ck.build(ck.load_recipe(DEMO / "khmer.toml"), folder, workers=2)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe over 45 real records, trouble of every kind included."""
    folder = tmp_path_factory.mktemp("small")
    some_pages(folder / "pages.warc.gz", 45)
    return write_recipe(folder, Path("pages.warc.gz"), "[output]", "validation = 0.1")
