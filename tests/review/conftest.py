from __future__ import annotations

import pytest
from review.builds import build_reviewed

import corpuskit as ck


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    """A build to be judged; its own file of judgments is never written."""
    return build_reviewed(tmp_path_factory.mktemp("reviewed"))
