"""What the tests of takedowns share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import corpuskit as ck


@pytest.fixture
def corpus(demo: ck.Build, tmp_path: Path) -> ck.Build:
    """A copy of the demo corpus, with its `.work`."""
    shutil.copytree(demo.folder, tmp_path / "b")
    return ck.open_build(tmp_path / "b")
