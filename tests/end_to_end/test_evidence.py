"""A build in which the country code of pages tips between Indonesian and Malay."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from end_to_end.builds import published, run, write_recipe

import corpuskit as ck
from corpuskit.explain import explain

pytestmark = pytest.mark.xdist_group("evidence")

PRIORS = "priors = { cctld = 5.0 }"
"""The most that a recipe can say, so that a retrained model has texts that it tips, too."""


@pytest.fixture(scope="module")
def pages(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Malay sentences of a public test set, as if they stood on pages of Malaysia."""
    target = tmp_path_factory.mktemp("pages") / "pages.jsonl"
    with gzip.open(data_dir / "lid" / "eval.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    texts = [row["text"] for row in rows if row["lang"] == "zsm"]
    lines = (
        json.dumps({"body": text, "link": f"https://berita.example.my/{at}"})
        for at, text in enumerate(texts)
    )
    target.write_text("\n".join(lines), encoding="utf-8")
    return target


def _recipe(folder: Path, pages: Path, *extra: str) -> Path:
    folder.mkdir()
    columns = ('text_column = "body"', 'url_column = "link"')
    path = write_recipe(folder, pages, *columns, "[identify]", *extra, connector="files")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('["khm_Khmr"]', '["zsm_Latn", "ind_Latn"]'), encoding="utf-8")
    return path


def _build(recipe: Path, workers: int = 1) -> ck.Build:
    return ck.build(ck.load_recipe(recipe), recipe.parent / "build", workers=workers)


def test_evidence_changes_labels_and_explain_tells_why(tmp_path: Path, pages: Path) -> None:
    plain = _build(_recipe(tmp_path / "plain", pages))
    told = _build(_recipe(tmp_path / "told", pages, PRIORS), workers=1)
    before, after = _langs(plain), _langs(told)
    changed = [url for url, lang in before.items() if lang != after[url] == "zsm_Latn"]
    assert changed
    assert not [url for url, lang in before.items() if lang == "zsm_Latn" != after[url]]
    first, story = (explain(build, changed[0])[0] for build in (plain, told))
    assert first.row["lang_evidence"] is None
    assert first.row["lid_top"] == story.row["lid_top"]
    (one,) = story.row["lang_evidence"]
    assert (one["kind"], one["value"], one["labels"]) == ("cctld", "my", ["zsm_Latn"])
    printed = run("explain", told.folder, changed[0]).stdout
    assert "cctld my: +5.0 for zsm_Latn" in printed

    table = told.dataset.to_table(["url", "quality"]).to_pylist()
    url = next(row["url"] for row in table if row["quality"]["specific_word_share"] is not None)
    assert "words specific to it: " in run("explain", told.folder, url).stdout

    two = _build(_recipe(tmp_path / "two", pages, PRIORS), workers=2)
    files = published(two.folder)
    assert files == published(told.folder)
    assert ck.verify(told) == []


def _langs(build: ck.Build) -> dict[str, str]:
    """The language of every page, published or not, by its URL."""
    columns = ["url", "lang"]
    tables = [
        build.dataset.to_table(columns),
        pq.read_table(build.folder / "rejects", columns=columns),
    ]
    return {row["url"]: row["lang"] for table in tables for row in table.to_pylist()}
