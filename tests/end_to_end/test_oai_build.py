"""A corpus from a repository, by the recipe of the docs: built, renewed, and built without it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from connectors.oai.repositories import Pyoai, Record, serving
from connectors.web.sites import Page, Route
from connectors.web.sites import serving as serving_sites
from end_to_end.builds import khmer, run

pytestmark = pytest.mark.xdist_group("sources")


def records() -> list[Record]:
    dc = {"language": ["km"], "rights": ["http://creativecommons.org/licenses/by/4.0/"]}
    return [
        Record(
            number,
            datetime(2020, 1, 1 + number),
            deleted=number == 3,
            dc={**dc, "title": [f"ទី {number}"], "description": [khmer(number)]},
        )
        for number in range(5)
    ]


def recipe(folder: Path, docs: Path, url: str, *more: str) -> Path:
    """The recipe of the page, for a repository on loopback."""
    block = re.search(r"```toml\n(.*?)```", docs.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    text = re.sub(r'url = ".*"', f'url = "{url}"\ndelay = 0', block[1])
    text = re.sub(r'set = ".*"', "\n".join(['set = "laws"', *more]), text)
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def rows(folder: Path) -> dict[str, dict]:
    table = ds.dataset(folder / "data", format="parquet").to_table()
    return {row["source_ref"]: row for row in table.to_pylist()}


def rejects(folder: Path) -> list[dict]:
    return ds.dataset(folder / "rejects", format="parquet").to_table().to_pylist()


def test_a_corpus_from_a_repository(tmp_path: Path, repository: Path) -> None:
    docs, out = repository / "docs" / "connector-oai.md", tmp_path / "b"
    given = records()
    with serving(Pyoai(given)) as served:
        path = recipe(tmp_path, docs, served.url)
        asked = run("fetch", path, "--dry-run")
        assert f"GET {served.url}?verb=ListRecords&metadataPrefix=oai_dc&set=laws" in asked.stdout
        assert served.asked == []
        done = run("build", path, "--out", out)
        assert done.returncode == 0, done.stderr
        found = rows(out)
        assert len(found) == 4
        one = found["oai:example.org:1@2020-01-02T00:00:00Z"]
        assert (one["source_type"], one["title"], one["lang"]) == ("oai", "ទី 1", "khm_Khmr")
        assert (one["license"], one["license_confidence"]) == ("CC-BY-4.0", "declared")
        assert one["warc"]["file"] == "records-001-00000.warc.gz"
        assert one["fetched_at"] is not None
        given[1] = Record(1, datetime(2098, 1, 1), deleted=True)
        given[2].dc["description"], given[2].stamp = [khmer(6)], datetime(2098, 1, 1)
        path = recipe(tmp_path, docs, served.url, "renew = 2097-01-01")
        done = run("build", path, "--out", out)
        assert done.returncode == 0, done.stderr
    after = rows(out)
    assert len(after) == 3
    assert not any(ref.startswith("oai:example.org:1@") for ref in after)
    assert after["oai:example.org:2@2098-01-01T00:00:00Z"]["text"][:50] in khmer(6)
    # the repository is gone: extraction runs again from what was kept
    done = run("build", path, "--out", out, "--set", "normalize.zwsp=strip")
    assert done.returncode == 0, done.stderr
    assert set(rows(out)) == set(after)
    assert run("verify", out).returncode == 0
    reasons = [row["reason"] for row in rejects(out) if row["reason"].startswith("read/")]
    assert reasons == ["read/deleted", "read/deleted"]


def test_a_corpus_from_the_documents_of_a_repository(tmp_path: Path, repository: Path) -> None:
    docs, out = repository / "docs" / "connector-oai.md", tmp_path / "b"
    page = f"<html><body><article><p>{khmer(1)}</p></article></body></html>"
    pdf = (repository / "tests/connectors/data/khmer.pdf").read_bytes()
    routes: dict[str, Route] = {"/1": page, "/2.pdf": Page(pdf, kind="application/pdf")}
    given = records()[:3]
    with serving_sites(routes) as (site,), serving(Pyoai(given)) as served:
        for one, path in zip(given, ("/0", "/1", "/2.pdf"), strict=True):
            one.dc["identifier"], one.sets = [site.url + path], ["laws"]
        more = ('full_text = ["pdf", "html"]', 'allow_private = ["127.0.0.2"]')
        done = run("build", recipe(tmp_path, docs, served.url, *more), "--out", out)
        assert done.returncode == 0, done.stderr
    found = rows(out)
    page_row = found["oai:example.org:1@2020-01-02T00:00:00Z"]
    assert (page_row["title"], page_row["license"]) == ("ទី 1", "CC-BY-4.0")
    assert page_row["url"] == f"{site.url}/1"
    assert page_row["robots"]["verdict"] == "allowed"
    assert page_row["extractor"]["name"]
    every = [*found.values(), *rejects(out)]
    assert {row["source_ref"].split("@")[0] for row in every} == {one.identifier for one in given}
    (pdf_row,) = (row for row in every if row["source_ref"].startswith("oai:example.org:2@"))
    assert pdf_row["url"] == f"{site.url}/2.pdf"
    assert run("verify", out).returncode == 0
