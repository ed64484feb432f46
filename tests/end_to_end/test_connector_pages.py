"""The recipes of the connectors' pages, run as they stand but for the addresses of the servers.

Those of `oai` run in test_oai_build, those of `web` with the crawler's tests.
"""

from __future__ import annotations

import bz2
import gzip
import json
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from connectors.commoncrawl.servers import Server, ranged
from connectors.commoncrawl.test_columnar import sea_index
from connectors.file_server import serving
from end_to_end.builds import khmer, run
from services.mediawiki import mediawiki
from services.pywb import served

import corpuskit as ck

pytestmark = pytest.mark.xdist_group("sources")


def recipe(folder: Path, page: str, number: int, *changes: tuple[str, str]) -> Path:
    """A recipe of a page, each of its `changes` made exactly once."""
    docs = Path(__file__).resolve().parents[2] / "docs" / page
    text = re.findall(r"```toml\n(.*?)```", docs.read_text(encoding="utf-8"), re.DOTALL)[number]
    for old, new in changes:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    path = folder / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def built(path: Path, out: Path) -> dict[str, int]:
    """Documents published and reasons; the ledger of a build closes or the build fails."""
    done = run("build", path, "--out", out)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert ck.verify(ck.open_build(out)) == []
    return manifest


def test_commoncrawl_by_the_index_server(data_dir: Path, tmp_path: Path) -> None:
    archive = data_dir / "warc-sea" / "sea-dev.warc.gz"
    data = archive.read_bytes()
    with (
        served(tmp_path / "pywb", archive) as index,
        Server(lambda asked: ranged(data, asked)) as server,
    ):
        own = f'\nindex_url = "{index}"\ndata_url = "{server.url}"\ndelay = 0\n'
        path = recipe(tmp_path, "connector-commoncrawl.md", 0, ('tld = "kh"', f'tld = "io" {own}#'))
        asked = run("fetch", path, "--dry-run")
        assert f"{index}/CC-MAIN-2026-43-index: captures of *.io, at most 20,000" in asked.stdout
        assert server.asked == []
        assert built(path, tmp_path / "b")["documents"] > 0


def test_commoncrawl_by_language(data_dir: Path, tmp_path: Path) -> None:
    data = (data_dir / "warc-sea" / "sea-dev.warc.gz").read_bytes()
    name = "cc-index/subset=warc/part-0.parquet"
    files = {
        "/cc-index-table.paths.gz": gzip.compress(f"{name}\n".encode()),
        f"/{name}": sea_index(data_dir / "warc-sea", tmp_path / "i.parquet").read_bytes(),
    }
    with Server(lambda asked: ranged(files.get(asked.path, data), asked)) as server:
        place = "https://data.commoncrawl.org/crawl-data/CC-MAIN-2026-43"
        more = ("license =", f'data_url = "{server.url}"\ndelay = 0\nlicense =')
        path = recipe(tmp_path, "connector-commoncrawl.md", 1, (place, server.url), more)
        asked = run("fetch", path, "--dry-run")
        assert f"{server.url}/cc-index-table.paths.gz: captures of khm" in asked.stdout
        assert server.asked == []
        assert built(path, tmp_path / "b")["documents"] > 0


def test_wikimedia_from_a_dump(data_dir: Path, tmp_path: Path) -> None:
    dump = data_dir / "mediawiki-sea" / "km" / "kmwiki-current.xml.bz2"
    shutil.copy(dump, tmp_path / "kmwiki-latest-pages-articles-multistream.xml.bz2")
    path = recipe(tmp_path, "connector-wikimedia.md", 0)
    assert built(path, tmp_path / "b")["documents"] >= 20


def test_wikimedia_by_the_api(data_dir: Path, tmp_path: Path) -> None:
    dump = data_dir / "mediawiki-sea" / "km" / "kmwiki-current.xml.bz2"
    with mediawiki(tmp_path, "km") as wiki:
        wiki.load(bz2.decompress(dump.read_bytes()))
        place = '"https://km.wikipedia.org/w/api.php"'
        path = recipe(tmp_path, "connector-wikimedia.md", 1, (place, f'"{wiki.api}"\ndelay = 0 '))
        assert wiki.api in run("fetch", path, "--dry-run").stdout
        assert built(path, tmp_path / "b")["documents"] >= 20


def rows(count: int, *names: str) -> pa.Table:
    values = [(khmer(number), f"https://a.example/{number}") for number in range(count)]
    dates, rights = ["2026-11-01"] * count, ["CC-BY-4.0"] * count
    columns = [*map(list, zip(*values, strict=True)), dates, rights]
    return pa.table(dict(zip(names, columns, strict=True)))


def test_tables(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    pq.write_table(rows(6, "body", "link", "date", "rights"), tmp_path / "reports" / "a.parquet")
    sample = tmp_path / "sample.parquet"
    pq.write_table(rows(12, "text", "url", "date", "language"), sample)
    with serving(**{"a.parquet": sample.read_bytes()}) as server:
        as_it_is = recipe(tmp_path, "connector-tables.md", 0)
        asked = run("fetch", as_it_is, "--dry-run")
        at = "0123456789abcdef0123456789abcdef01234567/data/khm_Khmr/train/000_00000.parquet"
        assert f"HuggingFaceFW/fineweb-2/resolve/{at} (the first 10000 rows)" in asked.stdout
        text = as_it_is.read_text(encoding="utf-8")
        (hub,) = re.findall(r"^hub = .*\nrevision = .*\nfiles = .*\n", text, re.MULTILINE)
        change = (hub, f'url = "{server.url("/a.parquet")}"\n')
        path = recipe(tmp_path, "connector-tables.md", 0, change)
        manifest = built(path, tmp_path / "b")
    assert manifest["documents"] >= 8


def test_documents(tmp_path: Path, repository: Path) -> None:
    (tmp_path / "gazette" / "2026").mkdir(parents=True)
    shutil.copy(repository / "tests/connectors/data/khmer.pdf", tmp_path / "gazette" / "2026")
    path = recipe(tmp_path, "connector-documents.md", 0)
    assert built(path, tmp_path / "b")["documents"] == 1
