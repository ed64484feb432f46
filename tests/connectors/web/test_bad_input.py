"""What the web does to a crawler, one thing a test: the page is lost with its reason, another
page of the same site is kept, and the crawl ends."""

import gzip
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from connectors.web.crawls import check_warcs, crawled, options, outcomes
from connectors.web.sites import Page, Route, links, serving


def reset(request: BaseHTTPRequestHandler) -> None:
    """Not an end of the connection but an error (RST)."""
    request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.connection.close()


def head(request: BaseHTTPRequestHandler, **fields: str) -> None:
    request.send_response(200)
    for name, value in {"Content-Type": "text/html", **fields}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()


def drip(request: BaseHTTPRequestHandler) -> None:
    head(request, Content_Length="100000")
    for _ in range(40):
        request.wfile.write(b"<p>")
        request.wfile.flush()
        time.sleep(0.1)


def drip_headers(request: BaseHTTPRequestHandler) -> None:
    for _ in range(40):
        request.wfile.write(b"H")
        request.wfile.flush()
        time.sleep(0.1)


def too_short(request: BaseHTTPRequestHandler) -> None:
    head(request, Content_Length="1000")
    request.wfile.write(b"<p>only this</p>")


def endless_chunks(request: BaseHTTPRequestHandler) -> None:
    head(request, Transfer_Encoding="chunked")
    for _ in range(400):
        request.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def endless_header(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    for number in range(2_000):
        request.send_header(f"X-{number}", "y" * 100)
    request.end_headers()


def cut_gzip(request: BaseHTTPRequestHandler) -> None:
    body = gzip.compress(b"<p>words</p>" * 10_000)[:-20]
    head(request, Content_Length=str(len(body)), Content_Encoding="gzip")
    request.wfile.write(body)


def redirect(target: str) -> Page:
    return Page("", status=302, headers={"Location": target})


def onward(request: BaseHTTPRequestHandler) -> Page:
    return redirect(request.path + "x")


BOMB = Page(gzip.compress(b"\0" * 300_000_000, 1), headers={"Content-Encoding": "gzip"})

LOST: dict[str, tuple[Route, str]] = {
    "5xx": (Page("", status=503), "read/http_status"),
    "5xx and an endless wait": (
        Page("", status=500, headers={"Retry-After": "-1"}), "read/http_status",
    ),
    "reset": (reset, "read/network"),
    "slow drip": (drip, "read/timed_out"),
    "slow drip of headers": (drip_headers, "read/timed_out"),
    "Content-Length beyond the body": (too_short, "read/network"),
    "chunks without end": (endless_chunks, "read/too_large"),
    "headers without end": (endless_header, "read/network"),
    "gzip bomb": (BOMB, "read/too_large"),
    "gzip that is cut": (cut_gzip, "read/truncated"),
    "gzip that is none": (
        Page(b"\x1f\x8bno", headers={"Content-Encoding": "gzip"}), "read/corrupt",
    ),
    "redirect to a file": (redirect("file:///etc/passwd"), "read/refused_address"),
    "redirect to a private address": (redirect("http://127.0.0.77/"), "read/refused_address"),
    "redirect to an address in disguise": (redirect("http://2130706433/"), "read/refused_address"),
    "redirect to metadata": (redirect("http://[::ffff:169.254.169.254]/"), "read/refused_address"),
    "redirect to no URL": (redirect("http://[bad"), "read/refused_address"),
    "redirect to nowhere": (Page("", status=302), "read/too_many_redirects"),
    "picture called a page": (Page(b"\x89PNG\r\n\x1a\n" + b"\0" * 99), "kept"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_a_bad_page_is_lost_and_the_next_is_kept(tmp_path: Path, name: str) -> None:
    route, reason = LOST[name]
    routes: dict[str, Route] = {"/": links("/bad", "/good"), "/bad": route, "/good": "<p>good</p>"}
    began = time.monotonic()
    with serving(routes) as [site]:
        hosts = [site.host, "127.0.0.77", "2130706433", "::ffff:a9fe:a9fe"]
        wanted = options(site, hosts=hosts, deadline=0.5, sitemaps=False)
        found = crawled(tmp_path, wanted)
        asked = Counter(site.paths())
    reasons = outcomes(site, found)
    assert reasons["/good"] is None
    others = set(reasons) - {"/", "/good"}
    if reason == "kept":  # what it is becomes clear when the archive is read
        assert reasons["/bad"] == "read/content_type"
    else:
        assert [reasons[path] for path in others] == [reason]
    assert asked["/bad"] <= 3
    assert time.monotonic() - began < 20
    check_warcs(tmp_path)


def test_a_body_beyond_its_content_length_ends_there(tmp_path: Path) -> None:
    def too_long(request: BaseHTTPRequestHandler) -> None:
        head(request, Content_Length="11")
        request.wfile.write(b"<p>page</p>HTTP/1.1 200 OK\r\n\r\n<p>smuggled</p>")

    with serving({"/": links("/bad"), "/bad": too_long}) as [site]:
        found = crawled(tmp_path, options(site))
    assert [record.content for record in found if record.url == site.url + "/bad"] == [
        b"<p>page</p>"
    ]


def test_redirects_without_end(tmp_path: Path) -> None:
    with serving({"/": links("/hop", "/good"), "/good": "good", "*": onward}) as [site]:
        reasons = outcomes(site, crawled(tmp_path, options(site, sitemaps=False)))
        assert sum(path.startswith("/hop") for path in site.paths()) == 6
    assert reasons["/hopxxxxx"] == "read/too_many_redirects" and reasons["/good"] is None


def test_a_storm_of_5xx_ends_with_the_host(tmp_path: Path) -> None:
    named = [f"/{number}" for number in range(200)]
    storm: dict[str, Route] = {
        "/robots.txt": Page("", status=404), "/": links(*named), "*": Page("", status=502)
    }  # fmt: skip
    with serving(storm, {"/": links()}) as sites:
        found = crawled(tmp_path, options(*sites, sitemaps=False))
        assert len(sites[0].asked) <= 15
    assert Counter(record.reason for record in found) == {None: 2, "read/http_status": 200}
    given_up = [record.detail for record in found if record.detail == "host given up: 502"]
    assert len(given_up) > 180


def test_calendars_without_end(tmp_path: Path) -> None:
    def day(request: BaseHTTPRequestHandler) -> Page:
        _, _, year, month, number = (request.path + "/1/1/1").split("/")[:5]
        later = f"/cal/{int(year) + 1}/{month}/{int(number) + 1}"
        shown = f"<p>{number}.{month}.{year}: no events</p><a href='{later}'>next</a>"
        return Page(f"<html><body>{shown}</body></html>")

    def asked(site_routes: dict[str, Route], folder: str, **more: object) -> int:
        with serving(site_routes) as [site]:
            wanted = options(site, sitemaps=False, max_depth=500, **more)
            assert outcomes(site, crawled(tmp_path / folder, wanted))["/good"] is None
            return sum(path.startswith("/cal") for path in site.paths())

    home = {"/": links("/cal/2026/1/1", "/good"), "/good": "<p>good</p>"}
    # The server adds the path in letters to each page: another text every day, and the
    # budget ends it.
    assert asked({**home, "*": day}, "a", max_pages=30) <= 30

    class Same(dict[str, Route]):
        def get(self, path: str, default: Route | None = None) -> Route | None:  # type: ignore[override]  # looked up by path alone
            return day if path.startswith("/cal") else super().get(path, default)

    assert asked(Same(home), "b") == 10


def test_a_robots_txt_of_10_mb(tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /in\n"
    huge = rules + b"# nothing but filler\n" * 500_000 + b"Disallow: /out\n"
    routes: dict[str, Route] = {
        "/robots.txt": Page(huge), "/": links("/in", "/out"), "/out": "<p>out</p>"
    }  # fmt: skip
    with serving(routes) as [site]:
        reasons = outcomes(site, crawled(tmp_path, options(site)))
    assert reasons == {"/": None, "/in": "read/robots", "/out": None}


def sitemap(*targets: str, kind: str = "sitemap") -> Callable[[BaseHTTPRequestHandler], Page]:
    def answer(request: BaseHTTPRequestHandler) -> Page:
        base = f"http://{request.headers['Host']}"
        named = "".join(f"<{kind}><loc>{base}{target}</loc></{kind}>" for target in targets)
        return Page(f"<sitemapindex>{named}</sitemapindex>", kind="application/xml")

    return answer


def test_sitemaps_in_a_loop_and_without_end(tmp_path: Path) -> None:
    def deeper(request: BaseHTTPRequestHandler) -> Page:
        if not request.path.startswith("/deep"):
            return Page("", status=404)
        return sitemap(request.path + "x")(request)

    routes: dict[str, Route] = {
        "/": links(), "/sitemap.xml": sitemap("/sitemap.xml", "/b.xml", "/deep"),
        "/b.xml": sitemap("/sitemap.xml", "/c.xml"), "/c.xml": sitemap("/page", kind="url"),
        "/page": "<p>page</p>", "*": deeper,
    }  # fmt: skip
    with serving(routes) as [site]:
        reasons = outcomes(site, crawled(tmp_path, options(site, max_depth=12)))
        counts = Counter(site.paths())
    assert reasons["/page"] is None
    assert counts["/sitemap.xml"] == counts["/b.xml"] == 1
    assert sum(path.startswith("/deep") for path in counts) == 12


@pytest.mark.parametrize("where", ["/sitemap.xml", "/feed"])
def test_entity_bombs(tmp_path: Path, where: str) -> None:
    layers = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 50}">' for n in range(14)
    )
    bomb = (
        f"<?xml version='1.0'?><!DOCTYPE x [{layers}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        "<urlset><url><loc>/&e13;</loc></url><url><loc>/&f;</loc></url></urlset>"
    )
    if where == "/feed":
        bomb = bomb.replace("urlset>", "channel>").replace("url>", "item>").replace("loc>", "link>")
    home = '<link rel="alternate" type="application/rss+xml" href="/feed"><p>home</p>'
    routes: dict[str, Route] = {
        "/": f"<html><head></head><body>{home}<a href='/good'>x</a></body></html>",
        where: Page(bomb, kind="application/xml"), "/good": "<p>good</p>",
    }  # fmt: skip
    began = time.process_time()
    with serving(routes) as [site]:
        reasons = outcomes(site, crawled(tmp_path, options(site)))
        assert where in site.paths()
        assert all(len(path) < 200 and "root:" not in path for path in site.paths())
    assert time.process_time() - began < 10
    assert reasons["/"] is None and reasons["/good"] is None


def test_half_a_surrogate_pair_in_what_a_site_says_ends_no_crawl(tmp_path: Path) -> None:
    reserved = r'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "\udfff \ud83d"}]'
    with serving(
        {"/": links("/1"), "/.well-known/tdmrep.json": Page(reserved, "application/json")},
        {"/": links("/1"), "/1": "<p>kept</p>"},
    ) as (reserving, other):
        wanted = options(reserving, other, max_depth=1)
        for _ in range(2):  # the second run goes on from the first
            lines = crawled(tmp_path, wanted)
            assert outcomes(reserving, [r for r in lines if reserving.url in str(r.url)]) == {
                "/": "read/opt_out"
            }
            kept = [r for r in lines if other.url in str(r.url)]
            assert outcomes(other, kept) == {"/": None, "/1": None}
