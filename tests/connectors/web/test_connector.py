"""A recipe over live sites: real Khmer pages from three hosts, crawled, built, published."""

import json
import re
import subprocess
import sys
from pathlib import Path

from connectors.web.sites import AGENT, Page, Route, Site, links, serving
from end_to_end.builds import DEMO, run

import corpuskit as ck
from corpuskit.connectors.base import FetchContext
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.connectors.web.connector import WebConnector
from corpuskit.connectors.web.options import WebOptions

RECIPE = """
name = "local-web"
languages = ["khm_Khmr"]
operator = {{ name = "corpuskit tests", contact = "corpus@example.org" }}
[[source]]
name = "sites"
connector = "web"
seeds = {seeds}
allow_private = {hosts}
delay = 0.0
license = "MPL-2.0"
license_verified_by = "examples/demo/LICENSE.md"
"""


def khmer_pages(count: int) -> list[bytes]:
    """Pages of the demo that are Khmer throughout."""
    rows = [json.loads(line) for line in (DEMO / "index.jsonl").read_text().splitlines()]
    wanted = {row["url"] for row in rows if row["kind"] == "page"}
    warc = WarcConnector(WarcOptions(path="pages.warc.gz", source_type="web"), DEMO)
    [item] = warc.inputs()
    records = [r for piece in warc.scan(item) for r in warc.read(item, piece)]
    pages = [r.content for r in records if r.url in wanted and r.reason is None and r.content]
    return pages[:count]


def site_of(pages: list[bytes], extra: dict[str, Route]) -> dict[str, Route]:
    """A home page that leads to every page, and the pages."""
    names = [f"/km/{number}.html" for number in range(len(pages))]
    routes: dict[str, Route] = {"/": links(*names, *extra, text="Contents")}
    routes |= {name: Page(page) for name, page in zip(names, pages, strict=True)}
    return routes | extra


def write_recipe(folder: Path, sites: list[Site]) -> Path:
    path = folder / "web.toml"
    seeds = json.dumps([site.url + "/" for site in sites])
    path.write_text(RECIPE.format(seeds=seeds, hosts=json.dumps([site.host for site in sites])))
    return path


def test_a_local_web_becomes_a_corpus(tmp_path: Path) -> None:
    pages = khmer_pages(45)
    assert len(pages) == 45
    reserved = {"/reserved": Page(pages[0], headers={"X-Robots-Tag": "noai"})}
    shut: dict[str, Route] = {"/robots.txt": Page("User-agent: *\nDisallow: /shut\n"), "/shut": "x"}
    webs = [
        site_of(pages[:20], reserved),
        site_of(pages[20:40], {**shut, "/gone": Page("", status=410)}),
        site_of(pages[35:45], {}),
    ]
    with serving(*webs) as sites:
        recipe = ck.load_recipe(write_recipe(tmp_path, sites))
        build = ck.build(recipe, tmp_path / "b", workers=1)
        asked = [len(site.asked) for site in sites]
    assert ck.verify(build) == []
    reasons = build.ledger.sources["sites"]["read"].reasons
    assert reasons["read/opt_out"] == 1
    assert reasons["read/robots"] == 1
    # The pages' own links, style sheets apart, lead to help pages that are not here.
    assert set(reasons) == {
        "read/opt_out", "read/robots", "read/http_status", "read/warc_record_type",
    }  # fmt: skip
    assert build.manifest["documents"] >= 35
    # What two hosts both have is there once.
    deduplicated = build.ledger.sources["sites"]["dedup"].reasons
    assert sum(deduplicated.values()) >= 5
    rows = build.dataset.to_table().to_pylist()
    assert {row["robots"]["verdict"] for row in rows} == {"allowed"}
    assert {row["robots"]["ua"] for row in rows} == {"corpuskit"}
    assert {row["tdm"]["verdict"] for row in rows} == {"unknown"}
    assert {row["source_type"] for row in rows} == {"web"}
    assert all(row["warc"]["file"].startswith("pages-") and row["fetched_at"] for row in rows)
    # The servers are gone: what was fetched is enough to build again.
    again = ck.build(recipe, tmp_path / "b", workers=1)
    assert again.manifest["documents"] == build.manifest["documents"]
    assert asked == [len(site.asked) for site in sites]


def test_the_recipe_of_the_page_runs(repository: Path, tmp_path: Path) -> None:
    """As it stands there, but for the seed's address."""
    page = (repository / "docs" / "connector-web.md").read_text(encoding="utf-8")
    recipe = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert recipe
    seed = "https://www.example.org/km/"
    assert recipe[1].count(seed) == 1
    pages = khmer_pages(6)
    routes = site_of(pages, {"/km/": links(*(f"{n}.html" for n in range(6))), "/en/1": "x"})
    with serving(routes) as [site]:
        own = f'{site.url}/km/"]\ndelay = 0\nallow_private = ["{site.host}"] #'
        path = tmp_path / "khmer-web.toml"
        path.write_text(recipe[1].replace(seed, own))
        asked = run("fetch", path, "--dry-run")
        assert f"{site.url}/km/ (after robots.txt" in asked.stdout
        assert site.asked == []
        fetched = run("fetch", path, "--out", tmp_path / "b")
        assert fetched.returncode == 0, fetched.stderr
        assert "/km/5.html" in site.paths()
        assert "/en/1" not in site.paths()
    built = run("build", path, "--out", tmp_path / "b")  # without the server
    assert built.returncode == 0, built.stderr
    assert json.loads((tmp_path / "b/manifest.json").read_text())["documents"] >= 3
    assert run("verify", tmp_path / "b").returncode == 0


def test_pieces_are_cut_and_read_like_the_archive_they_are(tmp_path: Path) -> None:
    with serving(site_of([], {"/a": links(), "/gone": Page("", status=404)})) as [site]:
        wanted = WebOptions(seeds=[site.url + "/"], allow_private=[site.host], delay=0)
        connector = WebConnector(wanted, tmp_path, tmp_path)
        said: list[str] = []
        connector.fetch(FetchContext(AGENT, said.append))
    assert said[-1].startswith("2 pages kept")
    assert "1 read/http_status" in said[-1]
    archive, lost = connector.inputs()
    warc = WarcConnector(WarcOptions(path=archive.path, source_type="web"), tmp_path)
    assert connector.scan(archive) == warc.scan(archive)
    ours = [r for piece in connector.scan(archive) for r in connector.read(archive, piece)]
    theirs = [r for piece in warc.scan(archive) for r in warc.read(archive, piece)]
    assert [r.source_ref for r in ours] == [r.source_ref for r in theirs]
    [piece] = connector.scan(lost)
    [record] = connector.read(lost, piece)
    assert (record.reason, record.http_status) == ("read/http_status", 404)
    assert record.source_ref == f"web:{site.url}/gone"


WITHOUT = """
import sys
sys.modules["protego"] = None  # what an import meets where the extra is not installed
from pathlib import Path
from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.web.connector import WebConnector
from corpuskit.errors import SourceError
options = WebConnector.Options(seeds=["http://a.example/"])
try:
    WebConnector(options, Path("."), Path(sys.argv[1])).fetch(FetchContext(Agent("a", "b"), print))
except SourceError as error:
    print(error)
"""


def test_a_missing_library_names_the_extra(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "pip install 'corpuskit-lrl[web]'" in done.stdout
    assert "protego" in done.stdout
