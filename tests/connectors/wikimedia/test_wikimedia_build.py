"""A dump through a whole build: published text, provenance, every page in the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from end_to_end.builds import write_recipe

import corpuskit as ck


@pytest.mark.parametrize(("wiki", "code"), [("km", "khm_Khmr"), ("tl", "tgl_Latn")])
def test_a_wiki_becomes_a_corpus(data_dir: Path, tmp_path: Path, wiki: str, code: str) -> None:
    dump = data_dir / "mediawiki-sea" / wiki / f"{wiki}wiki-current.xml.bz2"
    path = write_recipe(tmp_path, dump, connector="wikimedia")
    text = path.read_text().replace("khm_Khmr", code).replace("MPL-2.0", "CC-BY-SA-4.0")
    path.write_text(text)
    build = ck.build(ck.load_recipe(path), tmp_path / "b", workers=2)
    assert ck.verify(build) == []
    ledger = build.ledger.sources["pages"]["read"]
    assert ledger.reasons == {"read/namespace": 5, "read/redirect": 2}
    assert ledger.passed == 35
    rows = build.dataset.to_table().to_pylist()
    assert len(rows) >= 20
    for row in rows:
        assert row["source_type"] == "wiki"
        assert row["lang"] == code
        assert row["license"] == "CC-BY-SA-4.0"
        assert row["published_at_source"] == "revision"
        assert row["source_ref"].startswith("wiki:")
        assert row["url"].startswith("http://127.0.0.1:8123/index.php/")
        assert row["title"]
        assert "UN-GA 217" not in row["text"]
