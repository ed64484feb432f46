"""What a crawl takes up of what it finds."""

from datetime import UTC, datetime

from corpuskit.connectors.fetching.origin_store import OriginFiles
from corpuskit.connectors.fetching.origins import OriginRules
from corpuskit.connectors.fetching.robots import RobotsFile
from corpuskit.connectors.web.admit import Admission
from corpuskit.connectors.web.discover import FoundLinks
from corpuskit.connectors.web.frontier import FEED, PAGE, SITEMAP, Entry
from corpuskit.connectors.web.hints import Hints
from corpuskit.connectors.web.history import Hint
from corpuskit.connectors.web.options import WebOptions

HOME = Entry("http://a.example/", PAGE, 0)


def admission(**more: object) -> Admission:
    options = WebOptions.model_validate({"seeds": [HOME.url], **more})
    return Admission(options, {}, Hints(()))


def site(robots: str, status: int = 200) -> OriginRules:
    file = RobotsFile(status, robots.encode(), datetime.now(UTC))
    return OriginRules(OriginFiles(file, "", False), 30.0)


def test_lists_come_before_pages_and_all_one_deeper() -> None:
    found = FoundLinks(
        pages=["http://a.example/1#x", "http://a.example/1?utm_source=y", "http://b.example/"],
        sitemaps=["http://a.example/s.xml"],
        feeds=["http://a.example/feed", "http://b.example/feed"],
    )
    admitted = admission().links(HOME, found)
    assert [(one.kind, one.url, one.depth) for one in admitted] == [
        (SITEMAP, "http://a.example/s.xml", 1),
        (FEED, "http://a.example/feed", 1),
        (PAGE, "http://a.example/1", 1),
        (PAGE, "http://a.example/1", 1),  # the frontier knows it once
    ]
    assert not [link for link in admission(feeds=False).links(HOME, found) if link.kind == FEED]
    assert admission(max_depth=0).links(HOME, found) == []


def test_paths_narrow_pages_and_not_lists() -> None:
    found = FoundLinks(
        pages=["http://a.example/km/1", "http://a.example/en/1", "http://a.example/km/no/1"],
        feeds=["http://a.example/feed"],
    )
    admitted = admission(paths=["/km/"], exclude=["/km/no"]).links(HOME, found)
    assert [one.url for one in admitted] == ["http://a.example/feed", "http://a.example/km/1"]


def test_queries_of_one_address_are_counted_whenever_they_come() -> None:
    one = admission(max_queries=2)
    for number in range(5):
        one.links(HOME, FoundLinks(pages=[f"http://a.example/cal?day={number}"]))
    again = one.links(HOME, FoundLinks(pages=[f"http://a.example/cal?day={n}" for n in range(5)]))
    assert [entry.url[-1] for entry in again] == ["0", "1"]
    assert len(one.links(HOME, FoundLinks(pages=["http://a.example/other?day=1"]))) == 1


def test_sitemaps_of_robots_or_the_usual_one() -> None:
    named = site("Sitemap: /s.xml\nSitemap: http://b.example/s.xml\nSitemap: http://[bad\n")
    one = admission()
    assert [e.url for e in one.sitemaps(named, HOME.origin)] == ["http://a.example/s.xml"]
    usual = [e.url for e in one.sitemaps(site("", 404), HOME.origin)]
    assert usual == ["http://a.example/sitemap.xml"]
    assert list(one.sitemaps(site("", 503), HOME.origin)) == []
    assert list(admission(sitemaps=False).sitemaps(named, HOME.origin)) == []


def test_a_redirect_counts_a_hop_and_stays_within() -> None:
    one = admission()
    assert one.target(HOME, "http://b.example/") == []
    [entry] = one.target(Entry(HOME.url, PAGE, 3, hops=2), "http://a.example/x")
    assert (entry.depth, entry.hops) == (3, 3)


def test_only_what_is_said_of_pages_within_is_remembered() -> None:
    said = {f"http://{host}.example/x": Hint(modified="2026-01-01") for host in "ab"}
    statements = list(admission().dated(FoundLinks(hints=said)))
    assert [values[0] for _, values in statements] == ["http://a.example/x"]
