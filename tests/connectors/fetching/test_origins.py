"""What an origin says about itself: asked once, in order, with rests, whatever it answers."""

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from connectors.web.sites import AGENT, Page, Route, Site, serving

from corpuskit.connectors.fetching.errors import FetchError
from corpuskit.connectors.fetching.origin_store import OriginFiles, OriginStore
from corpuskit.connectors.fetching.origins import Origins
from corpuskit.connectors.fetching.pinned import PinnedClient
from corpuskit.connectors.fetching.robots import RobotsFile

RESERVED = Page(json.dumps([{"location": "/", "tdm-reservation": 1}]), kind="application/json")


@contextmanager
def asking(tmp_path: Path, *routes: dict[str, Route]) -> Iterator[tuple[list[Site], Origins, list]]:
    """Origins, who asks them, and the pauses that were made."""
    pauses: list[tuple[str, float]] = []
    store = OriginStore.open(tmp_path / "origins.sqlite")
    with serving(*routes) as sites:
        client = PinnedClient(AGENT, allow_private=[site.host for site in sites], deadline=3.0)
        yield sites, Origins(client, store, lambda *owed: pauses.append(owed), 30.0), pauses
    store.close()


def test_three_files_are_asked_for_once_with_the_rest_the_host_is_owed(tmp_path: Path) -> None:
    routes: dict[str, Route] = {
        "/robots.txt": "User-agent: *\nCrawl-delay: 4\nDisallow: /x\n",
        "/.well-known/tdmrep.json": RESERVED,
        "/ai.txt": "User-Agent: *",
    }
    with asking(tmp_path, routes) as ([host], sites, pauses):
        site, asked = sites.of(host.url)
        assert asked and not site.rules.allowed(host.url + "/x")
        assert site.ai_txt and "tdm-reservation" in site.tdmrep
        assert pauses == [(host.host, 4.0)] * 2
        assert sites.of(host.url) == (site, False)
        assert host.paths() == ["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"]


def test_what_was_learned_is_good_for_a_day(tmp_path: Path) -> None:
    with asking(tmp_path, {"/robots.txt": "User-agent: *\nDisallow: /new\n"}) as ([host], sites, _):
        for hours, expected in ((23, []), (25, ["/robots.txt"])):
            at = datetime.now(UTC) - timedelta(hours=hours)
            old = OriginFiles(RobotsFile(200, b"User-agent: *\nDisallow: /old\n", at), "", False)
            sites._store.save(host.url, old)
            site, asked = sites.of(host.url)
            assert asked == bool(expected)
            assert site.rules.allowed(host.url + "/old") == asked
            assert [path for path in host.paths() if "robots" in path] == expected
            sites._known.clear()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_file_that_cannot_be_had_forbids_all_and_is_asked_for_again(
    tmp_path: Path, status: int
) -> None:
    with asking(tmp_path, {"/robots.txt": Page("", status=status)}) as ([host], sites, _):
        site, asked = sites.of(host.url)
        assert asked and not site.rules.allowed(host.url + "/")
        assert sites.of(host.url)[1]
        assert host.paths() == ["/robots.txt"] * 2


@pytest.mark.parametrize("location", ["/robots.txt", "http://[bad", "", "file:///etc/passwd"])
def test_redirects_to_nowhere(tmp_path: Path, location: str) -> None:
    away = Page("", status=301, headers={"Location": location})
    with asking(tmp_path, {"/robots.txt": away}) as ([host], sites, _):
        site, _ = sites.of(host.url)
        # A file that may not be asked for is one that cannot be had.
        assert site.rules.allowed(host.url + "/") == (not location.startswith("file"))


def test_five_redirects_are_followed_and_no_more(tmp_path: Path) -> None:
    def hop(request: BaseHTTPRequestHandler) -> Page:
        count = int(request.path.partition("=")[2] or 0)
        if count == 5 and "last" in request.path:
            return Page("User-agent: *\nDisallow: /\n")
        mark = "last" if "last" in request.path else "more"
        return Page("", status=302, headers={"Location": f"/{mark}?n={count + 1}"})

    start: Route = Page("", status=302, headers={"Location": "/last?n=1"})
    with asking(tmp_path, {"/robots.txt": start, "*": hop}) as ([host], sites, _):
        site, _ = sites.of(host.url)
        assert not site.rules.allowed(host.url + "/a")
    with asking(tmp_path, {"*": hop}) as ([host], sites, _):
        site, _ = sites.of(host.url + "")
        assert site.rules.allowed(host.url + "/a")  # RFC 9309, 2.3.1.2: as if there were none
        assert sum(path.startswith(("/robots", "/more")) for path in host.paths()) == 6


def test_a_delay_beyond_the_crawls_ends_it_there(tmp_path: Path) -> None:
    slow: dict[str, Route] = {"/robots.txt": "User-agent: *\nCrawl-delay: 31\n"}
    with asking(tmp_path, slow) as ([host], sites, pauses):
        site, asked = sites.of(host.url)
        assert asked and site.too_slow
        assert pauses == [] and host.paths() == ["/robots.txt"]
        assert sites.of(host.url) == (site, False)
        # The opt-out files were not asked for: a crawl with more time has to.
        assert sites._store.load(host.url) is None


def test_huge_packed_and_broken_files(tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /in\n"
    huge = rules + b"# filler filler filler filler\n" * 350_000 + b"Disallow: /out\n"
    assert len(huge) > 10_000_000
    packed = Page(gzip.compress(rules), headers={"Content-Encoding": "gzip"})
    bomb = Page(gzip.compress(b"\n" * 200_000_000), headers={"Content-Encoding": "gzip"})
    page = Page("<html><body>Welcome</body></html>")
    began = time.process_time()
    with asking(
        tmp_path, {"/robots.txt": Page(huge)}, {"/robots.txt": packed}, {"/robots.txt": bomb},
        {"/robots.txt": "", "/ai.txt": page, "/.well-known/tdmrep.json": page},
    ) as (hosts, sites, _):  # fmt: skip
        first, second, third, fourth = (sites.of(host.url)[0] for host in hosts)
        assert not first.rules.allowed(hosts[0].url + "/in")
        assert first.rules.allowed(hosts[0].url + "/out")
        assert not second.rules.allowed(hosts[1].url + "/in")
        assert not third.rules.allowed(hosts[2].url + "/in")  # it cannot be read: nothing is
        assert not fourth.ai_txt
    assert time.process_time() - began < 10


def test_an_address_that_is_refused_is_an_error(tmp_path: Path) -> None:
    with asking(tmp_path) as (_, sites, _), pytest.raises(FetchError) as refused:
        sites.of("http://169.254.169.254")
    assert refused.value.code == "read/refused_address"


def test_a_reservation_that_has_moved_or_is_in_utf16_is_heard(tmp_path: Path) -> None:
    there = "/.well-known/tdmrep.json"
    reserved = str(RESERVED.body)
    with asking(tmp_path, {}, {}) as ([first, second], sites, _):
        first.routes["/robots.txt"] = second.routes["/robots.txt"] = ""
        first.routes[there] = Page("", status=301, headers={"Location": second.url + there})
        second.routes[there] = Page(reserved.encode("utf-16"), kind="application/json")
        assert "tdm-reservation" in sites.of(first.url)[0].tdmrep
        assert "tdm-reservation" in sites.of(second.url)[0].tdmrep


def test_a_page_for_whatever_is_missing_is_not_asked_for(tmp_path: Path) -> None:
    home = Page("", status=302, headers={"Location": "/"})
    with asking(tmp_path, {"*": home, "/robots.txt": "", "/": RESERVED}) as ([host], sites, _):
        site, _asked = sites.of(host.url)
        assert (site.tdmrep, site.ai_txt) == ("", False)
        assert "/" not in host.paths()


def test_a_packed_file_that_does_not_say_so_is_read(tmp_path: Path) -> None:
    routes: dict[str, Route] = {
        "/robots.txt": Page(gzip.compress(b"User-agent: *\nDisallow: /x\n")),
        "/.well-known/tdmrep.json": Page(gzip.compress(b'[{"tdm-reservation": 1}]')),
    }
    with asking(tmp_path, routes) as ([host], sites, _):
        site, _ = sites.of(host.url)
        assert not site.rules.allowed(host.url + "/x")
        assert "tdm-reservation" in site.tdmrep
