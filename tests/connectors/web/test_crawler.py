"""Whole crawls of small local webs."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from connectors.excluding import below
from connectors.web.crawls import RUN, check_warcs, crawled, options, outcomes, records
from connectors.web.sites import AGENT, Page, links, serving

from corpuskit.connectors.base import FetchContext
from corpuskit.connectors.web.connector import WebConnector
from corpuskit.connectors.web.crawler import crawl
from corpuskit.connectors.web.options import WebOptions
from corpuskit.connectors.web.turns import MAX_STREAK_AGAIN
from corpuskit.errors import SourceError


def test_a_small_site_is_kept_once_and_read_again(tmp_path: Path) -> None:
    routes = {
        "/": links(
            "/a", "/b?utm_source=x", "b#top", "/old", "//127.0.0.9/out", "/missing", "/x.jpg"
        ),
        "/a": links("/", "/b"),
        "/b": Page("plain words", kind="text/plain"),
        "/old": Page("", status=301, headers={"Location": "/new"}),
        "/new": links(),
        "/robots.txt": Page("User-agent: *\nAllow: /\n", kind="text/plain"),
    }
    with serving(routes) as [site]:
        wanted = options(site)
        found = crawled(tmp_path, wanted)
        assert outcomes(site, found) == {
            "/": None, "/a": None, "/b": None, "/new": None, "/missing": "read/http_status",
        }  # fmt: skip
        page = next(one for one in found if one.url == site.url + "/a")
        assert page.content == routes["/a"].encode()
        assert page.robots is not None and page.robots["verdict"] == "allowed"
        assert page.robots["robots_sha256"] and page.robots["checked_at"]
        assert page.tdm == {"verdict": "unknown", "signals": []}
        assert all(count == 1 for count in Counter(site.paths()).values())
        assert site.paths()[0] == "/robots.txt"
        assert site.most_at_once == 1
        check_warcs(tmp_path)
        before = len(site.asked)
        again = crawled(tmp_path, wanted)
        assert len(site.asked) == before
        assert again == found


def test_what_robots_and_opt_outs_forbid(tmp_path: Path) -> None:
    routes = {
        "/robots.txt": Page(
            "User-agent: *\nDisallow: /private\nContent-Usage: /signal train-ai=n\n\n"
            "User-agent: GPTBot\nDisallow: /nobots\n"
        ),
        "/.well-known/tdmrep.json": Page(
            json.dumps([{"location": "/tdm/*", "tdm-reservation": 1, "tdm-policy": "https://p"}]),
            kind="application/json",
        ),
        "/": links("/private/x", "/nobots/x", "/signal/x", "/tdm/x", "/header", "/meta", "/fine"),
        "/header": Page(links("/from-header"), headers={"X-Robots-Tag": "noindex"}),
        "/meta": '<html><head><meta name="robots" content="noai, nofollow"></head>'
        '<body><a href="/never">x</a></body></html>',
        "/fine": Page(links(), headers={"TDM-Reservation": "0", "X-Robots-Tag": "other: noindex"}),
        "*": links(),
    }
    with serving(routes) as [site]:
        found = crawled(tmp_path, options(site, sitemaps=False))
        assert outcomes(site, found) == {
            "/": None, "/fine": None, "/from-header": None,
            "/private/x": "read/robots", "/nobots/x": "read/opt_out", "/signal/x": "read/opt_out",
            "/tdm/x": "read/opt_out", "/header": "read/opt_out", "/meta": "read/opt_out",
        }  # fmt: skip
        asked = site.paths()
        for path in ("/private/x", "/nobots/x", "/signal/x", "/tdm/x", "/never"):
            assert path not in asked
        fine = next(one for one in found if one.url == site.url + "/fine")
        assert fine.tdm is not None and fine.tdm["verdict"] == "allow"
        assert {one["kind"] for one in fine.tdm["signals"]} == {"tdm-reservation", "x-robots-tag"}
        lost = next(one for one in found if one.url == site.url + "/tdm/x")
        assert lost.detail and "https://p" in lost.detail


def test_a_domain_that_must_not_be_used_is_not_asked(tmp_path: Path) -> None:
    with serving({"*": links()}, {"*": links()}) as [site, other]:
        site.routes["/"] = links("/a", other.url + "/b")
        hosts = [site.host, other.host]
        wanted = options(site, hosts=hosts, allow_private=hosts, sitemaps=False)
        connector = WebConnector(wanted, tmp_path, tmp_path)
        connector.fetch(FetchContext(AGENT, print, excluded=below(other.host)))
        assert "/a" in site.paths()
        assert not other.paths()


def test_sitemaps_and_feeds_are_read_and_stay_within(tmp_path: Path) -> None:
    def sitemap(request: BaseHTTPRequestHandler) -> Page:
        base = f"http://{request.headers['Host']}"
        return Page(
            f"<sitemapindex><sitemap><loc>{base}/sitemap.xml</loc></sitemap>"
            f"<sitemap><loc>{base}/two.xml</loc></sitemap></sitemapindex>",
            kind="application/xml",
        )

    def two(request: BaseHTTPRequestHandler) -> Page:
        base = f"http://{request.headers['Host']}"
        return Page(f"<urlset><url><loc>{base}/mapped</loc></url>"
                    "<url><loc>http://127.0.0.99/other</loc></url></urlset>")  # fmt: skip

    routes = {
        "/": '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head>'
        "<body>start</body></html>",
        "/sitemap.xml": sitemap,
        "/two.xml": two,
        "/feed": Page("<rss><channel><item><link>/fed</link></item></channel></rss>",
                      kind="application/rss+xml"),
        "/mapped": links(),
        "/fed": links(),
    }  # fmt: skip
    with serving(routes) as [site]:
        found = crawled(tmp_path, options(site))
        assert outcomes(site, found) == {"/": None, "/mapped": None, "/fed": None}
        assert Counter(site.paths())["/sitemap.xml"] == 1


def test_traps_end(tmp_path: Path) -> None:
    def calendar(request: BaseHTTPRequestHandler) -> Page:
        path = request.path
        if path.startswith("/calendar"):
            day = int(path.partition("=")[2] or 0)
            return Page(links(f"/calendar?day={day + 1}"))
        if path.startswith("/loop"):
            return Page(links(f"{path}/loop"))
        if path.startswith("/hop"):
            return Page("", status=302, headers={"Location": f"{path}x"})
        if path.startswith("/deep"):
            return Page(links(f"/deep-{len(path)}{'y' * len(path)}"[:300]))
        return Page("", status=404)

    routes = {
        "/": links("/calendar?day=0", "/loop", "/hop", "/deep", "/file", "/inside", "/circle"),
        "/file": Page("", status=302, headers={"Location": "file:///etc/passwd"}),
        "/inside": Page("", status=302, headers={"Location": "http://169.254.169.254/latest"}),
        "/circle": Page("", status=302, headers={"Location": "/circle"}),
        "*": calendar,
    }
    with serving(routes) as [site]:
        wanted = options(site, hosts=[site.host, "169.254.169.254"], max_queries=5, max_depth=6)
        found = outcomes(site, crawled(tmp_path, wanted))
        paths = site.paths()
    assert sum(path.startswith("/calendar") for path in paths) == 5
    assert [path for path in paths if path.startswith("/loop")] == ["/loop", "/loop/loop"]
    assert sum(path.startswith("/hop") for path in paths) == 6
    assert sum(path.startswith("/deep") for path in paths) == 6
    assert found["/hopxxxxx"] == "read/too_many_redirects"
    assert found["/file"] == "read/refused_address"
    assert found["http://169.254.169.254/latest"] == "read/refused_address"


def test_failing_hosts_are_left_alone_and_others_go_on(tmp_path: Path) -> None:
    storm = {"/robots.txt": Page("", status=404), "/": links(*(f"/{i}" for i in range(40)))}
    storm["*"] = Page("", status=503)
    shut = {"/robots.txt": Page("", status=500), "*": links()}
    fine = {"/": links(*(f"/{i}" for i in range(20))), "*": links()}
    with serving(storm, shut, fine) as [one, two, three]:
        wanted = options(one, two, three, sitemaps=False)
        found = crawled(tmp_path, wanted)
        assert outcomes(one, found)["/1"] == "read/http_status"
        assert outcomes(two, found)["/"] == "read/robots"
        assert set(two.paths()) == {"/robots.txt"}
        assert len(one.asked) <= 15
    assert sum(record.reason is None for record in found) == 22
    assert len(found) == 1 + 40 + 1 + 21


def test_a_host_that_recovers_loses_nothing(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    def flaky(request: BaseHTTPRequestHandler) -> Page | None:
        seen[request.path] += 1
        if seen[request.path] == 1:
            if request.path.endswith("1"):
                request.connection.close()
                return None
            return Page("", status=503, headers={"Retry-After": "1"})
        return Page(links())

    routes = {"/robots.txt": Page("", status=404), "/": links("/1", "/2"), "*": flaky}
    with serving(routes) as [site]:
        found = outcomes(site, crawled(tmp_path, options(site, sitemaps=False)))
        times = {path: at for at, path in site.asked}
    assert found == {"/": None, "/1": None, "/2": None}
    assert times["/2"] - min(at for at, path in site.asked if path == "/2") >= 1.0


def test_hosts_get_their_rest_and_budgets_hold(tmp_path: Path) -> None:
    slow = {
        "/robots.txt": Page("User-agent: *\nCrawl-delay: 0.3\n"),
        "/": links("/a"),
        "*": links(),
    }
    many = {"/": links(*(f"/{i}" for i in range(30))), "*": links()}
    with serving(slow, many) as [one, two]:
        wanted = options(one, two, sitemaps=False, max_pages_per_host=7)
        found = crawled(tmp_path / "a", wanted)
        gaps = [b[0] - a[0] for a, b in zip(one.asked, one.asked[1:], strict=False)]
        assert min(gaps) >= 0.29
        assert sum(record.reason is None for record in found) == 2 + 7
        found = crawled(tmp_path / "b", options(two, sitemaps=False, max_pages=5))
        assert sum(record.reason is None for record in found) == 5
    public = WebOptions(seeds=["http://public.example/"], delay=0)
    from corpuskit.connectors.web.crawler import Crawler

    crawler = Crawler(public, tmp_path / "c", FetchContext(AGENT, print))
    assert crawler._rest("public.example", 0.0) == 1.0
    assert crawler._rest("public.example", 9.0) == 9.0
    crawler.close()


def slow_pages(count: int) -> dict:
    def page(request: BaseHTTPRequestHandler) -> Page:
        time.sleep(0.01)
        number = int(request.path[1:] or 0)
        return Page(links(*(f"/{number * 3 + i}" for i in (1, 2, 3) if number * 3 + i < count))
                    .replace("</body>", f"<p>{request.path}</p>" * 50 + "</body>"))  # fmt: skip

    return {"/robots.txt": Page("", status=404), "/.well-known/tdmrep.json": Page("", status=404),
            "/ai.txt": Page("", status=404), "*": page}  # fmt: skip


def test_killed_at_any_moment_nothing_is_lost_and_nothing_stored_twice(tmp_path: Path) -> None:
    with serving(slow_pages(120), slow_pages(120)) as sites:
        wanted = options(*sites, sitemaps=False)
        arguments = [sys.executable, "-c", RUN, wanted.model_dump_json(), str(tmp_path)]
        for round_ in range(8):
            process = subprocess.Popen(arguments)
            until = time.monotonic() + 20
            before = sum(len(site.asked) for site in sites)
            while time.monotonic() < until and process.poll() is None:
                if sum(len(site.asked) for site in sites) >= before + 11 + 3 * round_:
                    break
                time.sleep(0.003)
            assert process.poll() is None, "it was to be killed at work"
            process.send_signal(signal.SIGKILL)
            process.wait()
        # As if the last run had died between its archive and its frontier.
        last = max(tmp_path.glob("*.warc.gz"))
        with last.open("ab") as file:
            file.write(b"\x1f\x8b half a record")
        found = crawled(tmp_path, wanted)
        urls = [one.url for one in found]
        assert sorted(urls) == sorted(
            f"{site.url}/{number or ''}" for site in sites for number in range(120)
        )
        assert all(record.reason is None for record in found)
        asked = sum(len(site.asked) for site in sites)
        assert asked <= 2 * 123 + 8 * 2 * 4  # what was in flight when a run died, not more
    check_warcs(tmp_path)


def test_ctrl_c_ends_soon_and_the_next_run_goes_on(tmp_path: Path) -> None:
    def hang(request: BaseHTTPRequestHandler) -> Page | None:
        time.sleep(8)
        return Page(links())

    hanging = {"/robots.txt": Page("", status=404), "/": links("/hang"), "/hang": hang}
    with serving(slow_pages(400), hanging) as sites:
        wanted = options(*sites, sitemaps=False, deadline=60.0)
        arguments = [sys.executable, "-c", RUN, wanted.model_dump_json(), str(tmp_path)]
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        until = time.monotonic() + 20
        while time.monotonic() < until and "/hang" not in sites[1].paths():
            time.sleep(0.01)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert time.monotonic() - began < 5
        assert process.returncode != 0
        assert said.strip().splitlines()[-1] == "KeyboardInterrupt"
        assert "Exception in thread" not in said
        base = sqlite3.connect(tmp_path / "frontier.sqlite")
        states = dict(base.execute("SELECT state, count(*) FROM urls GROUP BY state"))
        base.close()
        assert states["kept"] >= 1 and states["waiting"] >= 1
        assert "lost" not in states
    check_warcs(tmp_path)


def test_what_cannot_begin_says_so(tmp_path: Path) -> None:
    wanted = WebOptions(seeds=["http://127.0.0.1:9/"])
    connector = WebConnector(wanted, tmp_path, tmp_path)
    with pytest.raises(SourceError, match="kept nothing"):
        connector.inputs()
    found = crawled(tmp_path, wanted)
    assert [(record.url, record.reason) for record in found] == [
        ("http://127.0.0.1:9/", "read/refused_address")
    ]
    with pytest.raises(ValueError, match="http:// or https:// URLs"):
        WebOptions(seeds=["file:///etc/passwd"])
    assert any("127.0.0.1:9" in line for line in connector.asks())
    assert crawl(wanted, tmp_path, FetchContext(AGENT, print))


def test_what_failed_for_a_passing_reason_is_asked_again_and_it_says_so(tmp_path: Path) -> None:
    down = Page("", status=503)
    with serving({"/": links("/flaky", "/gone", "/fine"), "/fine": links()}) as [site]:
        site.routes["/flaky"], site.routes["/gone"] = down, Page("", status=404)
        wanted = options(site, sitemaps=False)
        assert outcomes(site, crawled(tmp_path, wanted))["/flaky"] == "read/http_status"
        site.routes["/flaky"] = links("/new", text="back again")
        site.routes["/new"] = links(text="a new page")
        before = len(site.asked)
        notes: list[str] = []
        WebConnector(wanted, tmp_path, tmp_path).fetch(
            FetchContext(AGENT, print, note=notes.append)
        )
        assert notes == ["asking again for 1 URL that failed before"]
        assert outcomes(site, records(tmp_path, wanted)) == {
            "/": None, "/fine": None, "/flaky": None, "/new": None, "/gone": "read/http_status",
        }  # fmt: skip
        assert site.paths()[before:] == ["/flaky", "/new"]
        crawled(tmp_path, wanted)
        assert len(site.asked) == before + 2
        check_warcs(tmp_path)


def test_a_site_that_was_down_and_an_address_that_was_refused(tmp_path: Path) -> None:
    with serving({"/": links("/a"), "/a": "<p>x</p>", "/robots.txt": Page("", status=500)}) as [
        site
    ]:
        refused = options(site, allow_private=[])
        assert outcomes(site, crawled(tmp_path, refused)) == {"/": "read/refused_address"}
        wanted = options(site)
        assert outcomes(site, crawled(tmp_path, wanted)) == {"/": "read/robots"}
        site.routes["/robots.txt"] = "User-agent: *\nDisallow: /no"
        assert outcomes(site, crawled(tmp_path, wanted)) == {"/": None, "/a": None}


def test_a_host_that_stays_down_is_given_up_sooner_the_next_time(tmp_path: Path) -> None:
    with serving({"*": Page("", status=503), "/robots.txt": "", "/": links(*"abcdefghijkl")}) as [
        site
    ]:
        wanted = options(site, sitemaps=False)
        lost = [record for record in crawled(tmp_path, wanted) if record.reason]
        assert len(lost) == 12
        assert "host given up: 503" in {record.detail for record in lost}
        before = len(site.asked)
        again = [record for record in crawled(tmp_path, wanted) if record.reason]
        assert {record.url for record in again} == {record.url for record in lost}
        assert len(site.asked) == before + MAX_STREAK_AGAIN


def test_a_budget_that_is_used_up_leaves_losses_as_they_are(tmp_path: Path) -> None:
    with serving({"/": links("/flaky", "/b", "/c"), "*": links()}) as [site]:
        site.routes["/flaky"] = Page("", status=503)
        wanted = options(site, sitemaps=False, max_pages=3)
        found = crawled(tmp_path, wanted)
        before = len(site.asked)
        assert crawled(tmp_path, wanted) == found
        assert len(site.asked) == before


def test_a_folder_of_another_site_is_refused(tmp_path: Path) -> None:
    with serving({"*": links()}, {"*": links()}) as [first, second]:
        crawled(tmp_path, options(first))
        asked = len(first.asked)
        with pytest.raises(SourceError, match=f"holds a crawl of {first.url[7:]}, not of .*--out"):
            crawled(tmp_path, options(second))
        assert (len(first.asked), second.asked) == (asked, [])
        crawled(tmp_path, options(first, second))
        assert "/" in second.paths()
