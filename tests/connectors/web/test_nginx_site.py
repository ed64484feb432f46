"""Crawls of a site that a real nginx serves: its validators, packing, redirects, limits."""

import os
from collections import Counter
from pathlib import Path

from connectors.web.crawls import check_warcs, crawled
from connectors.web.sites import links
from connectors.web.test_recrawl import warc_types
from services.nginx import Nginx, nginx

from corpuskit.about import version
from corpuskit.connectors.web.options import WebOptions
from corpuskit.document import RawRecord

CONFIG = """
gzip on; gzip_min_length 20; gzip_types text/plain application/xml;
location = /moved { return 301 /a.html; }
location = /file { return 302 file:///etc/passwd; }
location = /metadata { return 302 http://169.254.169.254/latest; }
location = /loop { return 302 /loop; }
location = /circle-a { return 302 /circle-b; }
location = /circle-b { return 302 /circle-a; }
location /reserved { add_header X-Robots-Tag noai; try_files /a.html =404; default_type text/html; }
location /days { default_type text/html;
                 return 200 "<body>No events. <a href='${uri}/1'>next</a></body>"; }
location /numbers/ { default_type text/html;
    return 200 "<body>Nothing on this page, $arg_n. <a href='?n=1$arg_n'>next</a></body>"; }
"""
BUSY = """
location = /busy { limit_req zone=busy; limit_req_status 429; add_header Retry-After 1 always;
                   try_files /a.html =404; }
"""


def crawl(server: Nginx, store: Path, **more: object) -> dict[str, RawRecord]:
    host = server.url.removeprefix("http://").partition(":")[0]
    wanted = {"seeds": [server.url + "/"], "allow_private": [host], "delay": 0.0, **more}
    found = crawled(store, WebOptions.model_validate(wanted))
    return {str(one.url).removeprefix(server.url): one for one in found}


def test_validators_of_nginx_spare_what_has_not_changed(tmp_path: Path) -> None:
    with nginx(tmp_path, CONFIG) as server:
        pages = {name: links(text=f"text of {name} " * 20) for name in ("a", "b", "c")}
        pages["index"] = links("/a.html", "/b.html", "/c.html", text="start")
        for name, text in pages.items():
            (server.root / f"{name}.html").write_text(text)
        store = tmp_path / "store"
        first = crawl(server, store)
        assert set(first) == {"/", "/a.html", "/b.html", "/c.html"}
        assert first["/a.html"].content.decode() == pages["a"]
        assert {request.encoding for request in server.log() if request.uri == "/a.html"} == {
            "gzip"
        }
        changed = server.root / "b.html"
        changed.write_text(links(text="another text"))
        os.utime(changed, (2_000_000_000, 2_000_000_000))
        before = len(server.log())
        crawl(server, store, recrawl=1)
        asked = {request.uri: request for request in server.log()[before:]}
        assert [asked[f"/{name}.html"].status for name in "abc"] == [304, 200, 304]
        assert asked["/a.html"].body_bytes == 0
        assert warc_types(store) == {
            "warcinfo": 2, "response": 5, "revisit server-not-modified": 3
        }  # fmt: skip
        assert all(
            request.agent.startswith(f"corpuskit/{version()} (+corpus@example.org")
            for request in asked.values()
        )
    check_warcs(store)


def test_redirects_reservations_and_limits_of_nginx(tmp_path: Path) -> None:
    busy = "limit_req_zone $server_name zone=busy:64k rate=2r/s;"
    with nginx(tmp_path, CONFIG + BUSY, http=busy) as server:
        named = ("moved", "file", "metadata", "loop", "circle-a", "reserved", "busy", "none")
        (server.root / "index.html").write_text(links(*(f"/{name}" for name in named)))
        (server.root / "a.html").write_text(links(text="words " * 50))
        found = crawl(server, tmp_path / "store", tlds=[], hosts=["127.0.0.1", "169.254.169.254"])
        log = server.log()
    reasons = {path: one.reason for path, one in found.items()}
    assert reasons == {
        "/": None, "/a.html": None, "/busy": None, "/file": "read/refused_address",
        "http://169.254.169.254/latest": "read/refused_address", "/none": "read/http_status",
        "/reserved": "read/opt_out", "/loop": "read/too_many_redirects",
    }  # fmt: skip
    counts = Counter(request.uri for request in log)
    assert counts["/loop"] == 1 and counts["/circle-a"] == counts["/circle-b"] == 1
    assert "passwd" not in " ".join(counts)
    check_warcs(tmp_path / "store")


def test_endless_calendars_of_nginx_end(tmp_path: Path) -> None:
    with nginx(tmp_path, CONFIG) as server:
        (server.root / "index.html").write_text(links("/days/0", "/numbers/?n=1", "/a.html"))
        (server.root / "a.html").write_text(links(text="a story"))
        wanted = {"max_depth": 1000, "max_queries": 1000}
        found = crawl(server, tmp_path / "store", **wanted)
        again = len(server.log())
        assert crawl(server, tmp_path / "store", **wanted).keys() == found.keys()
        assert len(server.log()) == again
    kept = Counter(path[1:5] for path, one in found.items() if one.reason is None)
    assert kept["a.ht"] == 1
    assert kept["numb"] == 10 and kept["days"] <= 10
    lost = {path: one for path, one in found.items() if one.reason == "read/same_content"}
    assert len(lost) == 1
    [(path, one)] = lost.items()
    assert path.startswith("/numbers/?n=1")
    assert one.detail == f"10 pages in a row below {server.url}/numbers/ had the same text"
