"""Pinned floors of extraction quality; benchmarks/extraction.py prints the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group("extraction")  # its measurement is made once

FLOORS = {
    # set: (floor, the data index's figure for trafilatura)
    "html-libreoffice-help": (0.975, 0.868),
    "html-debian-docs": (0.996, 0.977),
    "html-docusaurus-mt": (0.998, 0.997),
    "html-vuepress-styleguides": (0.993, 0.990),
    "html-cc-legalcode": (0.996, 0.994),
    "mediawiki-sea": (0.999, 0.448),
}


@pytest.fixture(scope="module")
def scores(data_dir: Path, repository: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    patch.syspath_prepend(str(repository))
    from benchmarks import extraction

    patch.setattr(extraction, "plain_trafilatura", lambda _: "")  # the baseline is pinned above
    return {row["set"]: row for row in extraction.run(data_dir)}


@pytest.mark.data("html-libreoffice-help")
@pytest.mark.parametrize("name", FLOORS)
def test_every_set_is_above_its_floor_and_the_baseline(scores: dict[str, Any], name: str) -> None:
    floor, baseline = FLOORS[name]
    assert floor > baseline
    assert scores[name]["f1"] >= floor


@pytest.mark.data("html-libreoffice-help")
@pytest.mark.parametrize("lang", ["khm", "lao", "mya", "tha"])
def test_unspaced_scripts_are_no_worse(scores: dict[str, Any], lang: str) -> None:
    rows = [row for name, row in scores.items() if name.endswith(f" {lang}")]
    assert rows
    assert min(row["f1"] for row in rows) >= 0.95
