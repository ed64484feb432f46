"""An index in an object store: written there, and a build against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from earlier.builds import build, documents, rejects_of, write_recipe
from services.s3 import S3Server, moto

import corpuskit as ck
from corpuskit.errors import RecipeError
from corpuskit.workspace import store_at

pytestmark = pytest.mark.xdist_group("s3")
pytest.importorskip("obstore")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with moto(tmp_path_factory.mktemp("moto")) as running, running.environment():
        yield running


def test_a_build_against_an_index_in_a_store(
    server: S3Server, tmp_path: Path, data_dir: Path
) -> None:
    rows = [row for row in documents(data_dir) if row["lang"] == "tha"][:60]
    build(write_recipe(tmp_path, "old", rows[::2]))
    url = server.bucket("corpora") / "indexes/old"
    ck.write_index([tmp_path / "old"], url)
    ck.write_index([tmp_path / "old"], tmp_path / "index")
    rejected = {}
    for name, place in (("stored", str(url)), ("local", "index")):
        recipe = write_recipe(tmp_path, name, rows, f"against = {json.dumps([place])}")
        opened = build(recipe)
        rejected[name] = [(row["duplicate_of"], row["similarity"]) for row in rejects_of(opened)]
    assert sorted(rejected["stored"]) == sorted(rejected["local"])
    assert len(rejected["stored"]) > 20
    assert ck.compare(str(url), tmp_path / "stored").total.documents[0] > 0

    store = store_at(url)
    (part, *_) = store.list("parts")
    store.delete(part.name)
    with pytest.raises(RecipeError, match=r"dedup.against\[1\]: .*is missing"):
        build(tmp_path / "stored.toml")
