"""One URL from its verdicts to its outcome."""

import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from connectors.web.crawls import options
from connectors.web.sites import AGENT, Page, Route, Site, links, serving

from corpuskit.connectors.base import FetchContext, Judge, never_excluded
from corpuskit.connectors.fetching.pinned import PinnedClient
from corpuskit.connectors.web.archive import CrawlArchive
from corpuskit.connectors.web.frontier import FEED, PAGE, Entry, Frontier
from corpuskit.connectors.web.records import Maker
from corpuskit.connectors.web.streak import MAX_SAME
from corpuskit.connectors.web.visit import MAX_TRIES, PageVisitor, Visit
from corpuskit.document import RawRecord


class Visiting:
    """A visitor of one site, and its frontier."""

    def __init__(self, site: Site, frontier: Frontier, visitor: PageVisitor) -> None:
        self.site, self.frontier, self.visitor = site, frontier, visitor

    def visit(self, path: str, kind: str = PAGE, tries: int = 0) -> Visit:
        entry = Entry(self.site.url + path, kind, 0, tries=tries)
        self.frontier.add([entry])
        return self.visitor.visit(entry)

    def state(self, path: str) -> tuple[str, str | None, str | None]:
        row = self.frontier._one(
            "SELECT state, code, detail FROM urls WHERE url = ?", self.site.url + path
        )
        assert row is not None
        return row  # type: ignore[return-value]  # three columns


@contextmanager
def visiting(
    folder: Path,
    routes: dict[str, Route],
    judge: Judge | None = None,
    excluded: Callable[[str], str | None] = never_excluded,
    binding: Collection[str] | None = None,
    **more: object,
) -> Iterator[Visiting]:
    frontier = Frontier(folder / "frontier.sqlite")
    with serving({"/robots.txt": "User-agent: *\nDisallow: /shut\n", **routes}) as [site]:
        wanted = options(site, sitemaps=False, **more)
        client = PinnedClient(AGENT, allow_private=[site.host], deadline=3.0)
        context = FetchContext(AGENT, print, judge, excluded, binding=binding)
        archive = CrawlArchive(folder, {}, Maker(client.agent))
        visitor = PageVisitor(wanted, client, frontier, archive, lambda *owed: None, context)
        one = Visiting(site, frontier, visitor)
        first = one.visit("/first")
        assert (first.settled, first.idle) == (0, False)  # robots.txt was asked for, no more
        yield one
    frontier.close()


def test_a_page_is_kept_and_its_links_wait(tmp_path: Path) -> None:
    with visiting(tmp_path, {"/": links("/a", "/b", "/a")}) as one:
        visit = one.visit("/")
        assert (visit.kept, visit.settled, visit.idle) == (True, 1, False)
        assert visit.new == {one.site.host: 2}
        assert visit.bytes == len(links("/a", "/b", "/a"))
        assert visit.wanted is None and visit.failure is None
        assert one.state("/") == ("kept", None, None)
        assert one.frontier.history.capture(one.site.url + "/") is not None


def test_nothing_is_asked_where_the_verdict_is_known(tmp_path: Path) -> None:
    with visiting(tmp_path, {"/shut": "secret"}) as one:
        visit = one.visit("/shut")
        assert visit.idle and not visit.kept and visit.settled == 1
        assert one.state("/shut") == ("lost", "read/robots", "Disallow: /shut")
        assert "/shut" not in one.site.paths()


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (Page(""), "read/empty"),
        (Page(" \n"), "read/empty"),
        (Page("x", status=404), "read/http_status"),
        (Page(b"%PDF-1.7", kind="application/pdf"), "read/content_type"),
        (Page(b"%PDF-1.7 and so on", kind=""), "read/content_type"),
        (Page("x", headers={"X-Robots-Tag": "noai"}), "read/opt_out"),
        (Page("<p>x</p>", kind=""), None),
        (Page("words", kind="text/plain"), None),
        (Page("<html xmlns='http://www.w3.org/1999/xhtml'>x", kind="application/xhtml+xml"), None),
    ],
)
def test_what_becomes_of_an_answer(tmp_path: Path, page: Page, outcome: str | None) -> None:
    with visiting(tmp_path, {"/x": page}) as one:
        visit = one.visit("/x")
        assert visit.kept == (outcome is None)
        state, code, _ = one.state("/x")
        assert (state, code) == ("lost" if outcome else "kept", outcome)


def test_what_may_pass_is_tried_again_and_then_lost(tmp_path: Path) -> None:
    with visiting(tmp_path, {"/x": Page("", status=503, headers={"Retry-After": "9"})}) as one:
        for tries in range(MAX_TRIES - 1):
            visit = one.visit("/x", tries=tries)
            assert visit.settled == 0 and visit.failure is not None and visit.retry_after == 9
            assert one.state("/x")[0] == "waiting"
        visit = one.visit("/x", tries=MAX_TRIES - 1)
        assert visit.settled == 1
        assert one.state("/x") == ("lost", "read/http_status", "503")


def test_a_judge_hears_what_was_kept_and_nothing_else(tmp_path: Path) -> None:
    heard: list[RawRecord] = []

    class Count:
        languages = ("khm_Khmr",)

        def __call__(self, page: RawRecord) -> int:
            heard.append(page)
            return 7

    routes: dict[str, Route] = {
        "/x": "<p>x</p>", "/y": Page("y", headers={"X-Robots-Tag": "noai"})
    }  # fmt: skip
    with visiting(tmp_path, routes, Count()) as one:
        assert one.visit("/x").wanted == 7
        assert one.visit("/y").wanted is None
        assert [page.url for page in heard] == [one.site.url + "/x"]
        assert (heard[0].content, heard[0].charset) == (b"<p>x</p>", "utf-8")


def test_a_streak_settles_what_waits_below_it(tmp_path: Path) -> None:
    same = "<html><body>There is nothing here.</body></html>"
    routes: dict[str, Route] = {f"/soft/{number}": same for number in range(MAX_SAME)}
    with visiting(tmp_path, routes) as one:
        waiting = [Entry(one.site.url + path, PAGE, 1) for path in ("/soft/x", "/soft/y", "/z")]
        feed = Entry(one.site.url + "/soft/feed", FEED, 1)
        one.frontier.add([*waiting, feed])
        settled = [one.visit(f"/soft/{number}").settled for number in range(MAX_SAME)]
        assert settled == [1] * (MAX_SAME - 1) + [3]
        assert one.state("/soft/y")[:2] == ("lost", "read/same_content")
        assert one.state("/z")[0] == one.state("/soft/feed")[0] == "waiting"
        assert one.visit("/soft/new").idle
        assert one.state("/soft/new")[:2] == ("lost", "read/same_content")


def test_a_feed_says_when_its_pages_were_published(tmp_path: Path) -> None:
    feed = "<rss><channel><item><link>/a</link><pubDate>Thu, 01 Oct 2026 00:00:00 GMT</pubDate>"
    with visiting(tmp_path, {"/feed": Page(feed, kind="application/rss+xml")}) as one:
        visit = one.visit("/feed", FEED)
        assert visit.new == {one.site.host: 1} and not visit.kept
        said = one.frontier.history.hint(one.site.url + "/a")
        assert said.source == "feed" and f"{said.published:%Y-%m-%d}" == "2026-10-01"


def test_an_excluded_url_that_waits_is_lost_without_a_request(tmp_path: Path) -> None:
    def excluded(url: str) -> str | None:
        return "shut.example" if url.endswith("/old") else None

    with visiting(tmp_path, {"/old": links("/a")}, excluded=excluded) as one:
        assert one.visit("/old").settled == 1
        assert one.state("/old") == ("lost", "read/excluded", "shut.example")
        assert "/old" not in one.site.paths()


def answering(status: int, body: bytes, *headers: tuple[str, str]) -> Route:
    """A route that sends header fields as they are, repeated ones too."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/ข่าว/1".encode(), "/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/1"),
        ("/ข่าว?q=ข่าว".encode("cp874"), "/%A2%E8%D2%C7?q=%A2%E8%D2%C7"),
        (b"/caf\xe9", "/caf%E9"),
        (b"/two words", "/two%20words"),
        (b"\\back\\slash", "/back/slash"),
    ],
)
def test_a_redirect_keeps_the_bytes_of_its_target(
    tmp_path: Path, location: bytes, path: str
) -> None:
    moved = answering(302, b"", ("Location", location.decode("latin-1")))
    with visiting(tmp_path, {"/moved": moved}) as one:
        assert one.visit("/moved").new == {one.site.host: 1}
        assert one.state(path)[0] == "waiting"
        assert one.visit(path).settled == 1
        assert one.site.paths()[-1] == path


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        (["noai", "nosnippet"], False),
        (["otherbot: nofollow", "noindex"], False),
        (["noindex", "googlebot: index"], False),
        (["otherbot: noindex", "max-snippet: 5"], True),
    ],
)
def test_every_line_of_a_header_is_heard(tmp_path: Path, values: list[str], kept: bool) -> None:
    headers = [("X-Robots-Tag", value) for value in values]
    page = answering(200, b"<p>x</p>", ("Content-Type", "text/html"), *headers)
    with visiting(tmp_path, {"/x": page}) as one:
        assert one.visit("/x").kept is kept


def test_a_reservation_on_a_second_line_counts(tmp_path: Path) -> None:
    lines = (("TDM-Reservation", "1"), ("TDM-Reservation", "0"))
    page = answering(200, b"<p>x</p>", ("Content-Type", "text/html"), *lines)
    with visiting(tmp_path, {"/x": page}) as one:
        assert not one.visit("/x").kept


def test_an_opt_out_is_heard_whatever_charset_the_server_claims(tmp_path: Path) -> None:
    head = "<html><head><title>ข่าวการศึกษาและวัฒนธรรม</title><meta name='robots' content='noai'>"
    routes: dict[str, Route] = {
        "/x": Page(head + "<p>ข่าว</p>", kind="text/html; charset=tis-620"),
        "/y": Page((head + "<p>ข่าว</p>").encode("utf-16-le"), kind="text/html; charset=utf-8"),
        "/z": Page(head + "<div>" * 5_000 + "ข่าว", kind="text/html"),
    }
    with visiting(tmp_path, routes) as one:
        for path in routes:
            assert not one.visit(path).kept
            assert one.state(path)[1] == "read/opt_out"


_HEAD = '<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>'
RSL = _HEAD + "{}</license></content></rsl>"
PERMITTED = RSL.format('<permits type="usage">all</permits>')
PROHIBITED = RSL.format('<prohibits type="usage">ai-train</prohibits>')


@pytest.mark.parametrize(
    ("terms", "detail"),
    [
        (PERMITTED, None),
        (PROHIBITED, "prohibits ai-train"),
        (RSL.format('<payment type="crawl"/>'), "asks for payment (crawl)"),
        ("not XML", "the terms are not valid XML"),
        (Page("gone", status=404), "(the terms could not be read)"),
    ],
)
def test_license_documents_of_pages_and_headers(
    tmp_path: Path, terms: Route, detail: str | None
) -> None:
    link = "<link rel=license type='application/rsl+xml' href='/license.xml'>"
    header = {"Link": '</license.xml>; rel="license"; type="application/rsl+xml"'}
    routes: dict[str, Route] = {
        "/license.xml": terms,
        "/page": f"<html><head>{link}</head><p>x</p>",
        "/header": Page("<p>x</p>", headers=header),
        "/text": Page("words", kind="text/plain", headers=header),
    }
    with visiting(tmp_path, routes) as one:
        for path in ("/page", "/header", "/text"):
            assert one.visit(path).kept is (detail is None)
            state = one.state(path)
            assert state[1] == (None if detail is None else "read/opt_out")
            assert detail is None or str(state[2]).endswith(f"{one.site.url}/license.xml {detail}")
        assert one.site.paths().count("/license.xml") == 1  # asked once a day


def test_license_documents_of_robots_are_read_before_a_page_is_asked_for(tmp_path: Path) -> None:
    routes: dict[str, Route] = {"/license.xml": PROHIBITED, "/page": "<p>x</p>"}
    with visiting(tmp_path, routes) as one:
        site, _ = one.visitor._sites.of(one.site.url)
        site.rules._groups.append(([""], [("license", f"{one.site.url}/license.xml")]))
        assert not one.visit("/page").kept
        assert str(one.state("/page")[2]).startswith("robots-rsl: ")
        assert "/page" not in one.site.paths()


def test_opt_outs_that_do_not_bind_are_kept_as_facts(tmp_path: Path) -> None:
    page = Page("<p>x</p>", headers={"X-Robots-Tag": "noai"})
    with visiting(tmp_path, {"/x": page}, binding=["rsl"]) as one:
        assert one.visit("/x").kept
    (tmp_path / "again").mkdir()
    with visiting(tmp_path / "again", {"/x": page}, binding=["robots-tag"]) as one:
        assert not one.visit("/x").kept


def test_links_of_headers_and_refreshes_wait(tmp_path: Path) -> None:
    routes: dict[str, Route] = {
        "/x": Page("<p>x</p>", headers={"Refresh": "0; url=/r", "Link": '</n>; rel="next"'}),
        "/y": "<meta http-equiv=refresh content='0;url=/m'><iframe src=/i></iframe>",
    }
    with visiting(tmp_path, routes) as one:
        for path in routes:
            assert one.visit(path).new == {one.site.host: 2}
        assert {one.state(path)[0] for path in ("/r", "/n", "/m", "/i")} == {"waiting"}


def test_a_base_and_a_content_length_that_are_nonsense_cost_nothing(tmp_path: Path) -> None:
    body = b"<base href='http://['><a href=/a>x</a>"

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/html")
        request.send_header("Content-Length", "9" * 4_301)
        request.end_headers()
        request.wfile.write(body)

    with visiting(tmp_path, {"/x": endless}) as one:
        visit = one.visit("/x")
        assert visit.kept and visit.new == {one.site.host: 1}


def test_an_exception_over_one_url_settles_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        languages = ("khm_Khmr",)

        def __init__(self, error: Exception) -> None:
            self.error = error

        def __call__(self, page: RawRecord) -> int:
            raise self.error

    broken = Broken(IndexError("out of range"))
    with visiting(tmp_path, {"/x": "<p>x</p>", "/y": "<p>y</p>"}, broken) as one:
        visit = one.visit("/x")
        assert (visit.settled, visit.kept, visit.failure) == (1, False, None)
        assert one.state("/x") == ("lost", "read/failed", "IndexError")
        assert "out of range" in caplog.text
        broken.error = sqlite3.OperationalError("disk is full")
        with pytest.raises(sqlite3.OperationalError):
            one.visit("/y")
        assert one.state("/y")[0] == "waiting"


@pytest.mark.parametrize(
    "kind",
    [
        "text/html charset=utf-8", "text/html: charset=utf-8", "charset=utf-8", "html",
        "text/html/", '"text/html"', "text/html;;charset=utf-8", ";", "*/*",
        "text/html, text/html; charset=utf-8",
    ],
)  # fmt: skip
def test_a_media_type_that_cannot_be_read_is_one_that_is_not_declared(
    tmp_path: Path, kind: str
) -> None:
    routes: dict[str, Route] = {
        "/x": Page("<html><p>ข่าว</p></html>", kind=kind), "/y": Page(b"%PDF-1.7 x", kind="html"),
    }  # fmt: skip
    with visiting(tmp_path, routes) as one:
        assert one.visit("/x").kept
        assert not one.visit("/y").kept
        assert one.state("/y")[1] == "read/content_type"


@pytest.mark.parametrize("location", ["/x", "/x;jsessionid=1F2A", "/x?PHPSESSID=abc", "#top"])
def test_a_redirect_to_itself_is_a_loss_with_a_reason(tmp_path: Path, location: str) -> None:
    with visiting(tmp_path, {"*": Page("", status=302, headers={"Location": location})}) as one:
        assert one.visit("/x").settled == 1
        assert one.state("/x") == ("lost", "read/too_many_redirects", "to itself")


@pytest.mark.parametrize("session", [";jsessionid=1F2A", "?PHPSESSID=abc"])
def test_a_page_behind_a_session_is_kept_under_its_own_url(tmp_path: Path, session: str) -> None:
    routes: dict[str, Route] = {
        "/x": Page("", status=302, headers={"Location": "/x" + session}),
        "/x" + session: links("/y" + session),
    }
    with visiting(tmp_path, routes) as one:
        assert one.visit("/x").kept
        assert one.site.paths()[-2:] == ["/x", "/x" + session]
        assert one.frontier.history.capture(one.site.url + "/x") is not None
        assert one.state("/y")[0] == "waiting"
