"""The review of a build in an object store."""

from __future__ import annotations

from pathlib import Path

import pytest
from review.builds import judge, write_sources
from services.s3 import moto

import corpuskit as ck
from corpuskit.review.export import write_judgments
from corpuskit.review.publishing import publish_judgments
from corpuskit.review.sampling import SampleOptions
from corpuskit.review.server import database_path, open_review
from corpuskit.review.summary import judgment_summary

pytestmark = pytest.mark.xdist_group("s3-builds")
pytest.importorskip("obstore")


def test_a_build_in_an_object_store_is_reviewed(tmp_path: Path) -> None:
    with moto(tmp_path / "moto") as server, server.environment():
        url = server.bucket("corpora") / "reviewed"
        recipe = ck.load_recipe(write_sources(tmp_path))
        build = ck.build(recipe, url, workers=1, local=tmp_path / "local")
        assert database_path(build) == Path("builds/reviewed/review/judgments.sqlite")
        path = tmp_path / "judgments.sqlite"
        review = open_review(build, path, SampleOptions(interval=0.2))
        assert any(item.reason for item in review.database.items())
        for item in review.database.items():
            judge(review.database, item, "Sok")
        rows = write_judgments(build, review.database, tmp_path / "j.parquet")
        assert rows == review.documents > 30
        review.database.close()
        summary = judgment_summary(build, path)
        assert summary.languages["khm_Khmr"].share == 1.0
        publish_judgments(build, summary)
        again = ck.open_build(url)
        assert "Judgments of native speakers" in again.store.get("README.md").decode()
        assert list(ck.verify(again)) == list(ck.verify(again.folder))
