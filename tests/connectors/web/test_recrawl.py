"""Asking again for what was crawled before."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from connectors.web.crawls import RUN, check_warcs, crawled, options, outcomes, records
from connectors.web.sites import Page, Route, links, serving
from connectors.web.test_connector import RECIPE, khmer_pages
from warcio.archiveiterator import ArchiveIterator

import corpuskit as ck
from corpuskit.document import RawRecord
from corpuskit.pipeline import make_plan

MODIFIED = "Mon, 02 Nov 2026 08:00:00 GMT"


def under_conditions(body: str, **headers: str) -> Callable[[BaseHTTPRequestHandler], Page]:
    """A page that is not sent again to who has it, as servers do it."""

    def answer(request: BaseHTTPRequestHandler) -> Page:
        names = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        sent = [request.headers[names[name]] == value for name, value in headers.items()]
        return Page("", status=304, headers=headers) if all(sent) else Page(body, headers=headers)

    return answer


def warc_types(store: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in store.glob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                profile = record.rec_headers["WARC-Profile"] or ""
                found[record.rec_type + profile[profile.rfind("/") :].replace("/", " ")] += 1
    return found


def made_by(store: Path) -> dict[str, str]:
    """Each archive's first record."""
    found = {}
    for path in store.glob("*.warc.gz"):
        with path.open("rb") as file:
            found[path.name] = next(iter(ArchiveIterator(file))).content_stream().read().decode()
    return found


def texts(found: list[RawRecord], site_url: str, path: str) -> list[bytes]:
    return [
        record.content
        for record in found
        if record.url == site_url + path and record.reason is None
    ]


def test_only_what_changed_is_kept_once_more(tmp_path: Path) -> None:
    routes: dict[str, Route] = {
        "/": links("/etag", "/dated", "/both", "/bare", "/changes", "/vanishes", "/moves"),
        "/etag": under_conditions("<p>one</p>", ETag='W/"abc"'),
        "/dated": under_conditions("<p>two</p>", **{"Last-Modified": MODIFIED}),
        "/both": under_conditions("<p>three</p>", **{"ETag": '"x"', "Last-Modified": MODIFIED}),
        "/bare": "<p>four</p>",
        "/changes": under_conditions("<p>five</p>", ETag='"old"'),
        "/vanishes": "<p>six</p>",
        "/moves": "<p>seven</p>",
    }
    with serving(routes) as [site]:
        first = crawled(tmp_path, options(site))
        assert Counter(record.reason for record in first) == {None: 8}
        site.routes["/"] = links("/etag", "/dated", "/both", "/bare", "/changes", "/new")
        site.routes["/changes"] = under_conditions("<p>fifth</p>", ETag='"new"')
        site.routes["/new"] = "<p>new</p>"
        site.routes["/moves"] = Page("", status=301, headers={"Location": "/new"})
        del site.routes["/vanishes"]
        asked = len(site.asked)
        again = options(site, recrawl=1)
        second = crawled(tmp_path, again)
        check_warcs(tmp_path)
        assert warc_types(tmp_path) == {
            "warcinfo": 2,
            "response": 8 + 3,  # the start page, the changed and the new one
            "revisit server-not-modified": 3,
            "revisit identical-payload-digest": 1,
        }
        assert texts(second, site.url, "/changes") == [b"<p>five</p>", b"<p>fifth</p>"]
        for path in ("/etag", "/dated", "/both", "/bare", "/vanishes", "/moves", "/new"):
            assert len(texts(second, site.url, path)) == 1, path
        lost = next(record for record in second if record.reason == "read/http_status")
        assert lost.url == site.url + "/vanishes"
        assert lost.detail is not None and lost.detail.startswith("404; the text of 20")
        # What the first round kept is as it was, file and record.
        kept = [record for record in first if record.reason is None]
        assert [record for record in second if record.reason is None][: len(kept)] == kept
        # Nothing is asked twice, and nothing at all once it is done.
        assert set(Counter(site.paths()[asked:]).values()) == {1}
        asked = len(site.asked)
        assert crawled(tmp_path, again) == second
        assert crawled(tmp_path, options(site)) == second
        assert len(site.asked) == asked
        third = crawled(tmp_path, options(site, recrawl=2))
        assert warc_types(tmp_path)["response"] == 11
        assert Counter(record.reason for record in third)[None] == 11
    check_warcs(tmp_path)


def test_what_is_gone_or_reserved_since_is_taken_out(tmp_path: Path) -> None:
    routes: dict[str, Route] = {
        "/": links("/gone", "/meta", "/header", "/unchanged", "/bots", "/shut", "/stays"),
        "/unchanged": under_conditions("<p>it was free</p>", ETag='"u"'),
        **{f"/{name}": f"<p>text of {name}</p>" for name in
           ("gone", "meta", "header", "bots", "shut", "stays")},
    }  # fmt: skip
    with serving(routes) as [site]:
        assert len(crawled(tmp_path, options(site))) == 8
        site.routes["/gone"] = Page("", status=410)
        site.routes["/meta"] = '<meta name="robots" content="noai"><p>text of meta</p>'
        site.routes["/header"] = Page("text", headers={"X-Robots-Tag": "noai"})
        site.routes["/unchanged"] = Page("", status=304, headers={"TDM-Reservation": "1"})
        site.routes["/robots.txt"] = "User-agent: GPTBot\nDisallow: /bots\n\nUser-agent: *\n" \
                                     "Disallow: /shut\n"  # fmt: skip
        forget_robots(tmp_path)
        found = crawled(tmp_path, options(site, recrawl=1))
    out = {record.url: record.detail for record in found if record.reason == "read/withdrawn"}
    assert set(out) == {f"{site.url}/{n}" for n in ("gone", "meta", "header", "unchanged", "bots")}
    assert out[site.url + "/gone"] == "read/http_status 410"
    assert out[site.url + "/meta"] == "read/opt_out meta-robots: noai"
    kept = {record.url for record in found if record.reason is None}
    assert kept == {site.url + path for path in ("/", "/shut", "/stays")}
    shut = next(record for record in found if record.reason == "read/robots")
    assert shut.detail is not None and shut.detail.startswith("Disallow: /shut; the text of 20")
    check_warcs(tmp_path)
    stored = b"".join(record.content for record in records(tmp_path, options(site)))
    assert b"text of stays" in stored and b"text of meta" not in stored
    names = sorted(path.name for path in tmp_path.glob("*.warc.gz"))
    assert names == ["pages-00001-r1.warc.gz", "pages-00002.warc.gz"]


def forget_robots(store: Path) -> None:
    """As if a day had passed."""
    base = sqlite3.connect(store / "frontier.sqlite")
    base.execute("DELETE FROM origins")
    base.commit()
    base.close()


def test_a_sitemap_spares_requests_and_dates_pages(tmp_path: Path) -> None:
    def sitemap(request: BaseHTTPRequestHandler) -> Page:
        base = f"http://{request.headers['Host']}"
        return Page(
            '<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
            f"<url><loc>{base}/old</loc><lastmod>2020-01-01</lastmod></url>"
            f"<url><loc>{base}/fresh</loc><lastmod>2999-01-01</lastmod><news:news>"
            "<news:publication_date>2026-10-01T07:00:00+07:00</news:publication_date></news:news>"
            "</url></urlset>"
        )

    feed = (
        "<rss><channel><item><link>/fed</link><pubDate>Thu, 01 Oct 2026 00:00:00 GMT</pubDate>"
        "</item><item><link>/ahead</link><pubDate>Fri, 01 Oct 2999 00:00:00 GMT</pubDate></item>"
        "</channel></rss>"
    )
    home = '<link rel="alternate" type="application/rss+xml" href="/feed"><a href="/plain">x</a>'
    routes: dict[str, Route] = {
        "/": f"<html><head></head><body>{home}</body></html>", "/sitemap.xml": sitemap,
        "/feed": Page(feed, kind="application/rss+xml"), "/old": "<p>old</p>",
        "/fresh": "<p>fresh</p>", "/fed": "<p>fed</p>", "/plain": "<p>plain</p>",
        "/ahead": "<p>ahead</p>",
    }  # fmt: skip
    with serving(routes) as [site]:
        first = crawled(tmp_path, options(site))
        dated = {one.url: (one.published_at, one.published_at_source) for one in first}
        assert {path: source for path, (_, source) in dated.items() if source} == {
            site.url + "/fresh": "sitemap", site.url + "/fed": "feed",
        }  # fmt: skip
        assert {str(at) for at, _ in dated.values() if at} == {"2026-10-01 00:00:00+00:00"}
        asked = len(site.asked)
        second = crawled(tmp_path, options(site, recrawl=1))
        paths = site.paths()[asked:]
        assert "/old" not in paths and "/fresh" in paths
        assert len([record for record in second if record.reason is None]) == len(first)
        # A sitemap that is no longer there says nothing.
        del site.routes["/sitemap.xml"]
        asked = len(site.asked)
        crawled(tmp_path, options(site, recrawl=2))
        assert "/old" in site.paths()[asked:]


def test_killed_while_asking_again_nothing_is_lost_and_nothing_kept_twice(tmp_path: Path) -> None:
    def page(number: int, state: dict[str, str]) -> Callable[[BaseHTTPRequestHandler], Page]:
        def answer(request: BaseHTTPRequestHandler) -> Page:
            time.sleep(0.005)
            text = "abcdefghij"[number % 10] * (number + 1)
            if number % 3 == 0:
                text += state["round"]
            following = links(f"/{number + 1}", text=text) if number < 59 else links(text=text)
            given = under_conditions(following, ETag=f'"{text}"') if number % 3 == 1 else None
            return given(request) if given else Page(following)

        return answer

    state = {"round": "first"}
    routes: dict[str, Route] = {f"/{number}": page(number, state) for number in range(60)}
    routes["/"] = links("/0")
    with serving(routes) as [site]:
        assert len(crawled(tmp_path, options(site, max_depth=99))) == 61
        state["round"] = "second"
        wanted = options(site, recrawl=1, max_depth=99)
        arguments = [sys.executable, "-c", RUN, wanted.model_dump_json(), str(tmp_path)]
        for _ in range(4):
            process = subprocess.Popen(arguments)
            before, until = len(site.asked), time.monotonic() + 20
            while time.monotonic() < until and len(site.asked) < before + 11:
                time.sleep(0.003)
            assert process.poll() is None, "it was to be killed at work"
            process.send_signal(signal.SIGKILL)
            process.wait()
        found = crawled(tmp_path, wanted)
    versions = Counter(record.url for record in found if record.reason is None)
    assert versions == {
        site.url + "/": 1,
        **{f"{site.url}/{number}": 2 if number % 3 == 0 else 1 for number in range(60)},
    }
    revisits = Counter(record.url for record in found if record.reason == "read/revisit")
    assert revisits == {
        site.url + "/": 1, **{f"{site.url}/{n}": 1 for n in range(60) if n % 3 != 0}
    }  # fmt: skip
    check_warcs(tmp_path)


@pytest.mark.parametrize("delay", [31, 86400])
def test_a_host_that_asks_for_too_much_time_is_left_alone(tmp_path: Path, delay: int) -> None:
    slow: dict[str, Route] = {
        "/robots.txt": f"User-agent: *\nCrawl-delay: {delay}\n", "/": links("/a")
    }  # fmt: skip
    fine: dict[str, Route] = {"/": links("/a"), "/a": "<p>a</p>"}
    with serving(slow, fine) as [one, two]:
        began = time.monotonic()
        seeds = [one.url + "/", one.url + "/x", two.url + "/"]
        found = crawled(tmp_path, options(one, two, seeds=seeds))
        assert time.monotonic() - began < 10
        assert one.paths() == ["/robots.txt"]
        assert outcomes(one, found)["/"] == outcomes(one, found)["/x"] == "read/crawl_delay"
        detail = next(r.detail for r in found if r.reason == "read/crawl_delay")
        assert detail == f"Crawl-delay: {delay}"
        assert sum(record.reason is None for record in found) == 2


def test_a_build_has_a_row_per_version(tmp_path: Path) -> None:
    old, new, same = khmer_pages(3)
    routes: dict[str, Route] = {
        "/": links("/changes", "/stays", text="Contents"), "/changes": Page(old),
        "/stays": Page(same, headers={"ETag": '"s"'}),
    }  # fmt: skip
    recipe = tmp_path / "web.toml"
    with serving(routes) as [site]:
        text = RECIPE.format(seeds=json.dumps([site.url + "/"]), hosts=json.dumps([site.host]))
        recipe.write_text(text + "max_depth = 1\n")
        first = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
        before = first.dataset.to_table(columns=["id", "url"]).to_pylist()
        site.routes["/changes"] = Page(new)
        site.routes["/stays"] = Page("", status=304)
        recipe.write_text(text + "max_depth = 1\nrecrawl = 1\n")
        build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    assert ck.verify(build) == []
    rows = build.dataset.to_table(columns=["id", "url"]).to_pylist()
    assert Counter(row["url"] for row in rows) == {site.url + "/changes": 2, site.url + "/stays": 1}
    assert {row["id"] for row in before} < {row["id"] for row in rows}
    reasons = build.ledger.sources["sites"]["read"].reasons
    assert reasons["read/revisit"] == 2
    made = made_by(tmp_path / "b" / ".work" / "raw" / "sites")
    assert set(made) == {"pages-00001.warc.gz", "pages-00002.warc.gz"}
    told = f"corpuskit-recipe: sha256:{build.manifest['recipe_sha256']}"
    assert told in made["pages-00002.warc.gz"]
    assert "operator: corpuskit tests (corpus@example.org)" in made["pages-00001.warc.gz"]


def test_what_was_read_stands_when_a_crawl_is_repeated(tmp_path: Path) -> None:
    recipe, keys = tmp_path / "web.toml", []
    text = RECIPE.format(seeds='["http://a.example/"]', hosts="[]")
    for more in ("", "recrawl = 1\n", "max_pages = 5\n", 'license = "MIT"\n'):
        written = text.replace('license = "MPL-2.0"\n', "") if "license" in more else text
        recipe.write_text(written + more)
        [source] = make_plan(ck.load_recipe(recipe)).sources
        keys.append(source.ingredient)
    assert keys[0] == keys[1] == keys[2]
    assert keys[3] != keys[0]
