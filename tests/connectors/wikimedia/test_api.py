"""Pages by the API of a real MediaWiki, behind a real nginx that writes down what it was asked."""

from __future__ import annotations

import bz2
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from end_to_end.builds import write_recipe
from services.mediawiki import MediaWiki, mediawiki
from services.nginx import Nginx, nginx
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

import corpuskit as ck
from corpuskit.connectors.base import Agent, FetchContext, TakenDown
from corpuskit.connectors.reasons import WITHDRAWN
from corpuskit.connectors.wikimedia import WikimediaConnector, WikimediaOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError
from corpuskit.tombstones import MARK, TakedownEvent, Tombstones, record_hash

pytestmark = pytest.mark.xdist_group("mediawiki")  # what they share is made once

AGENT = Agent("Corpus Laboratory", "corpus@example.org")
PROXY = """
location / {{
    proxy_pass {url};
    proxy_set_header Host $http_host;
    gzip on; gzip_proxied any; gzip_types application/json;
}}
{more}
"""
NO_ROBOTS = "location = /robots.txt { return 404; }"


@pytest.fixture(scope="module")
def wiki(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MediaWiki]:
    """The Khmer wiki of mediawiki-sea, and pages of trouble."""
    with mediawiki(tmp_path_factory.mktemp("wiki"), "km") as made:
        dump = data_dir / "mediawiki-sea" / "km" / "kmwiki-current.xml.bz2"
        made.load(bz2.decompress(dump.read_bytes()))
        made.edit("ទំព័រគំរូ:កាលបរិច្ឆេទ", "ថ្ងៃទី{{{1}}} ខែ{{{2}}}<noinclude>ឯកសារ</noinclude>")
        made.edit("ភ្នំពេញ", "បង្កើតនៅ{{កាលបរិច្ឆេទ|៥|មករា}} {{មិនមាន}}។ [[ឯកសារ:x.jpg|thumb|រូប]]")
        made.edit("AT&T/C++ ? 100%", "ចំណងជើង[[ទំព័រគំរូ:កាលបរិច្ឆេទ|គំរូ]]")
        made.edit("ទទេ", "{{មិនមាន}}")
        made.edit("មេឌាវិគី:Common.js", "var a = 1;")
        yield made


@pytest.fixture
def proxy(wiki: MediaWiki, tmp_path: Path) -> Iterator[Nginx]:
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=NO_ROBOTS)) as server:
        yield server


def source(url: str, store: Path, **options: object) -> WikimediaConnector:
    asked = {"api": f"{url}/api.php", "delay": 0, **options}
    return WikimediaConnector(WikimediaOptions(**asked), store, store)


def records(connector: WikimediaConnector) -> dict[str, RawRecord]:
    found = [
        record
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
    ]
    titles = {str(one.title): one for one in found}
    assert len(titles) == len(found)
    return titles


def fetched(connector: WikimediaConnector) -> dict[str, RawRecord]:
    connector.fetch(FetchContext(AGENT, lambda line: None))
    return records(connector)


def test_a_record_says_all_that_the_wiki_does(proxy: Nginx, tmp_path: Path) -> None:
    record = fetched(source(proxy.url, tmp_path))["មាត្រា ៣"]
    assert record.source_ref == "wiki:6@7"
    assert unquote(record.url or "") == f"{proxy.url}/index.php/មាត្រា_៣"
    assert record.published_at == datetime(2024, 1, 1, 7, 7, tzinfo=UTC)
    assert record.published_at_source == "revision"
    assert record.lang_declared == "km"
    assert (record.content_type, record.charset, record.http_status) == ("text/plain", "utf-8", 200)
    assert (record.license, record.license_confidence) == ("CC-BY-SA-4.0", "declared")
    (evidence,) = record.license_evidence
    assert evidence["kind"] == "rightsinfo"
    assert evidence["value"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert record.robots is not None
    assert record.robots["verdict"] == "allowed"
    assert record.tdm == {"verdict": "unknown", "signals": []}
    assert record.warc is not None
    assert record.warc["file"].endswith(".warc.gz")
    assert (record.payload_digest or "").startswith("sha1:")


def test_templates_are_expanded_and_what_is_no_prose_is_gone(proxy: Nginx, tmp_path: Path) -> None:
    found = fetched(source(proxy.url, tmp_path))
    assert found["ភ្នំពេញ"].content.decode() == "បង្កើតនៅថ្ងៃទី៥ ខែមករា ។"
    assert found["AT&T/C++ ? 100%"].content.decode() == "ចំណងជើងគំរូ"
    assert (found["ទទេ"].reason, found["UDHR 1"].reason) == ("read/empty", "read/redirect")


def test_other_namespaces_and_models(proxy: Nginx, tmp_path: Path) -> None:
    found = fetched(source(proxy.url, tmp_path, namespaces=(10, 8)))
    assert {"ទំព័រគំរូ:កាលបរិច្ឆេទ", "ទំព័រគំរូ:UDHR-nav", "មេឌាវិគី:Common.js"} <= found.keys()
    script = found["មេឌាវិគី:Common.js"]
    assert (script.reason, script.detail) == ("read/content_model", "javascript")
    assert not any(
        "Common.js" in request.uri and "rest.php" in request.uri for request in proxy.log()
    )


def test_asks_one_after_the_other_with_the_operators_contact(proxy: Nginx, tmp_path: Path) -> None:
    connector = source(proxy.url, tmp_path, delay=0.05, max_records=8)
    assert len(fetched(connector)) == 8
    asked = proxy.log()
    assert [request.uri.partition("?")[0] for request in asked[:3]] == [
        "/robots.txt", "/api.php", "/api.php"
    ]  # fmt: skip
    assert len([request for request in asked if request.uri.startswith("/rest.php")]) <= 8
    assert all("corpus@example.org" in request.agent for request in asked)
    assert all("maxlag=5" in request.uri for request in asked if request.uri.startswith("/api.php"))
    assert {request.encoding for request in asked[1:]} == {"gzip"}
    assert all(after.time - before.time >= 0.05 for before, after in pairwise(asked))


def test_dry_run_names_what_is_asked(proxy: Nginx, tmp_path: Path) -> None:
    lines = "\n".join(source(proxy.url, tmp_path, max_records=5).asks())
    for part in ("api.php", "rest.php/v1/page", "namespace 0", "at most 5 pages", "robots.txt"):
        assert part in lines
    assert proxy.log() == []


def test_when_all_is_there_nothing_is_asked(proxy: Nginx, tmp_path: Path) -> None:
    connector = source(proxy.url, tmp_path, max_records=6)
    with pytest.raises(SourceError, match="not all here"):
        connector.inputs()
    before = fetched(connector)
    count = len(proxy.log())
    assert fetched(connector) == before
    assert len(proxy.log()) == count


def test_batches_are_continued(
    proxy: Nginx, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fetched(source(proxy.url, tmp_path / "whole"))
    monkeypatch.setattr("corpuskit.connectors.wikimedia.api.listing.BATCH", 7)
    small = source(proxy.url, tmp_path / "small")
    assert fetched(small).keys() == whole.keys()
    assert len(small.inputs()) == -(-len(whole) // 7)


def test_the_archive_is_sound(proxy: Nginx, tmp_path: Path) -> None:
    fetched(source(proxy.url, tmp_path, max_records=5))
    (path,) = tmp_path.rglob("*.warc.gz")
    checked = Checker(type("Asked", (), {"inputs": [str(path)], "verbose": False}))
    checked.process_all()
    assert checked.exit_value == 0


def test_a_wiki_without_rest_gives_what_the_old_parser_makes(
    wiki: MediaWiki, tmp_path: Path
) -> None:
    closed = NO_ROBOTS + "location /rest.php { return 403; }"
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=closed)) as server:
        old = fetched(source(server.url, tmp_path / "old"))
        refused = [request for request in server.log() if request.uri.startswith("/rest.php")]
        assert len(refused) == 1  # it is not asked for each page
    with nginx(tmp_path / "open", PROXY.format(url=wiki.url, more=NO_ROBOTS)) as server:
        new = fetched(source(server.url, tmp_path / "new"))
    assert old.keys() == new.keys()
    for title, record in old.items():
        assert (record.content, record.reason) == (new[title].content, new[title].reason), title
        assert record.source_ref == new[title].source_ref


def test_a_page_deleted_since_it_was_listed_is_lost_alone(
    wiki: MediaWiki, proxy: Nginx, tmp_path: Path
) -> None:
    wiki.edit("នឹងលុប", "អត្ថបទ")
    fetched(source(proxy.url, tmp_path))
    for part in tmp_path.rglob("pages/*"):
        part.unlink()
    wiki.run("deleteBatch.php", say="នឹងលុប\n".encode())
    found = fetched(source(proxy.url, tmp_path))
    assert (found["នឹងលុប"].reason, found["នឹងលុប"].content) == ("read/not_fetched", b"")
    assert "deleted" in (found["នឹងលុប"].detail or "")
    assert sum(record.reason == "read/not_fetched" for record in found.values()) == 1


@pytest.mark.parametrize(
    ("robots", "message"),
    [
        ("User-agent: *\\nDisallow: /\\n", "shuts us out"),
        ("User-agent: corpuskit\\nDisallow: /\\n", "shuts us out"),
    ],
)
def test_a_wiki_that_shuts_out_programs_is_left_alone(
    wiki: MediaWiki, tmp_path: Path, robots: str, message: str
) -> None:
    more = f"location = /robots.txt {{ return 200 '{robots}'; }}"
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=more)) as server:
        with pytest.raises(SourceError, match=message):
            fetched(source(server.url, tmp_path))
        assert [request.uri for request in server.log()] == ["/robots.txt"]


def test_pages_that_robots_txt_forbids_are_not_asked_for(wiki: MediaWiki, tmp_path: Path) -> None:
    # As on Wikipedia the addresses of the API are closed to crawlers, and some pages are.
    rules = "User-agent: *\\nDisallow: /api.php\\nDisallow: /rest.php\\nDisallow: /index.php/UDHR"
    more = f"location = /robots.txt {{ return 200 '{rules}\\nUser-agent: x\\nDisallow: /'; }}"
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=more)) as server:
        found = fetched(source(server.url, tmp_path))
        assert not [request for request in server.log() if "page/UDHR" in request.uri]
    assert (found["UDHR"].reason, found["UDHR"].detail) == (
        "read/robots", "Disallow: /index.php/UDHR"
    )  # fmt: skip
    assert found["ភ្នំពេញ"].reason is None


def test_an_opt_out_for_training_is_obeyed(wiki: MediaWiki, tmp_path: Path) -> None:
    rules = "User-agent: GPTBot\\nDisallow: /\\n"
    more = f"location = /robots.txt {{ return 200 '{rules}'; }}"
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=more)) as server:
        found = fetched(source(server.url, tmp_path))
        assert not [request for request in server.log() if "rest.php" in request.uri]
    assert {record.reason for record in found.values()} == {"read/opt_out", "read/redirect"}


def test_a_header_that_opts_out_is_a_fact_for_the_policy(wiki: MediaWiki, tmp_path: Path) -> None:
    more = NO_ROBOTS + "add_header X-Robots-Tag noai;"
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=more)) as server:
        found = fetched(source(server.url, tmp_path, max_records=3))
    verdicts = {record.tdm["verdict"] for record in found.values() if record.tdm}
    assert verdicts == {"disallow"}
    assert "read/opt_out" not in {record.reason for record in found.values()}


def test_a_storm_is_waited_for(wiki: MediaWiki, tmp_path: Path) -> None:
    storm = NO_ROBOTS + "limit_req zone=busy burst=1 nodelay; limit_req_status 503;"
    zone = "limit_req_zone $server_name zone=busy:64k rate=3r/s;"
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=storm), http=zone) as server:
        found = fetched(source(server.url, tmp_path, max_records=6))
        refused = [request for request in server.log() if request.status == 503]
    assert refused
    assert not [record for record in found.values() if record.reason == "read/not_fetched"]


def test_a_wiki_that_refuses_every_page_ends_the_run(wiki: MediaWiki, tmp_path: Path) -> None:
    closed = NO_ROBOTS + "location ~ ^/(rest|index).php { return 403; }"
    with nginx(tmp_path, PROXY.format(url=wiki.url, more=closed)) as server:
        connector = source(server.url, tmp_path)
        with pytest.raises(SourceError, match=r"3 pages in a row .*HTTP 403"):
            fetched(connector)
    with pytest.raises(SourceError, match="not all here"):
        connector.inputs()


KILLED = """
import sys
from pathlib import Path
from corpuskit.connectors.base import Agent, FetchContext, TakenDown
from corpuskit.connectors.reasons import WITHDRAWN
from corpuskit.connectors.wikimedia import WikimediaConnector, WikimediaOptions
options = WikimediaOptions(api=sys.argv[1], delay=0.01)
store = Path(sys.argv[2])
WikimediaConnector(options, store, store).fetch(FetchContext(Agent("a", "b@c.org"), print))
"""


def start(url: str, store: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, f"{url}/api.php", str(store)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_killed_at_any_moment_it_gives_the_same_records(proxy: Nginx, tmp_path: Path) -> None:
    whole = fetched(source(proxy.url, tmp_path / "whole"))
    needed = len(proxy.log())
    store = tmp_path / "killed"
    for stop in (1, 3, 9, 16, 30):
        child = start(proxy.url, store)
        while child.poll() is None and len(proxy.log()) - needed < stop:
            time.sleep(0.002)
        assert child.poll() is None
        child.kill()
        child.wait()
    (journal,) = store.rglob("*.journal")
    with journal.open("a") as file:  # a line and a record that were cut in the middle
        file.write('{"end": 12')
    with journal.with_suffix(".partial").open("ab") as file:
        file.write(b"\x1f\x8b\x08")
    found = fetched(source(proxy.url, store))
    # a kill costs the request under way; those before the site is known ask for robots.txt again
    assert len(proxy.log()) <= 2 * needed + 8
    assert list(found) == list(whole)
    for title, record in found.items():
        same = whole[title]
        assert record.source_ref == same.source_ref
        assert (record.content, record.reason) == (same.content, same.reason)


def test_interrupted_it_ends_at_once(proxy: Nginx, tmp_path: Path) -> None:
    child = start(proxy.url, tmp_path / "store")
    while not any("rest.php" in request.uri for request in proxy.log()):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    since = time.monotonic()
    assert child.wait(30) != 0
    assert time.monotonic() - since < 5


def test_a_dump_with_the_wikis_own_word(proxy: Nginx, data_dir: Path, tmp_path: Path) -> None:
    dump = data_dir / "mediawiki-sea" / "km" / "kmwiki-current.xml.bz2"
    connector = source(proxy.url, tmp_path, path=str(dump))
    assert connector.remote()
    assert connector.asks() == [
        f"GET {proxy.url}/api.php: siteinfo (license, namespaces); robots.txt of its host"
    ]
    with pytest.raises(SourceError, match="fetch it first"):
        records(connector)
    found = fetched(connector)
    assert len(proxy.log()) == 2
    assert {record.license for record in found.values()} == {"CC-BY-SA-4.0"}
    assert len([record for record in found.values() if record.reason is None]) == 35


def test_a_whole_build(proxy: Nginx, tmp_path: Path) -> None:
    recipe = write_recipe(tmp_path, Path("X"), connector="wikimedia")
    table = f'api = "{proxy.url}/api.php"\ndelay = 0.0'
    recipe.write_text(recipe.read_text().replace('path = "X"', table))
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=2)
    assert ck.verify(build) == []
    count = len(proxy.log())
    rows = build.dataset.to_table().to_pylist()
    assert len(rows) >= 20
    for row in rows:
        assert (row["source_type"], row["license"]) == ("wiki", "CC-BY-SA-4.0")
        assert "rightsinfo" in {item["kind"] for item in row["license_evidence"]}
        assert row["published_at_source"] == "revision"
        assert "UN-GA 217" not in row["text"]
    again = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    assert again.manifest["documents"] == build.manifest["documents"]
    assert len(proxy.log()) == count
    lists = list((tmp_path / "b").rglob("site.json"))
    assert json.loads(lists[0].read_bytes())["siteinfo"]["query"]["general"]["lang"] == "km"


def test_a_page_that_was_taken_down_is_no_longer_stored(proxy: Nginx, tmp_path: Path) -> None:
    connector = source(proxy.url, tmp_path / "store")
    before = fetched(connector)
    gone = before["មាត្រា ៣"]
    named = TakedownEvent(
        "2026-11-30T12:00:00Z", "x", 1, 0, {"record": (record_hash("wiki", gone.source_ref),)}
    )
    taken = TakenDown("wiki", Tombstones((named,)))
    assert WikimediaConnector.forget(tmp_path / "store", taken) == [
        "took 1 pages out; the wiki's list of pages still names them"
    ]
    assert WikimediaConnector.forget(tmp_path / "store", taken) == []
    after = records(connector)
    (placeholder,) = (record for title, record in after.items() if title.startswith(MARK))
    assert (placeholder.reason, placeholder.content) == (WITHDRAWN, b"")
    kept = {title: record.content for title, record in before.items() if record is not gone}
    assert {title: after[title].content for title in kept} == kept
    for path in (tmp_path / "store").rglob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                assert gone.content[:60] not in record.content_stream().read()
    assert {title: record.content for title, record in fetched(connector).items()} == {
        title: record.content for title, record in after.items()
    }
