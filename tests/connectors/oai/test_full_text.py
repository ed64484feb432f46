"""Documents that records lead to: fetched by the rules, kept, read, and joined with the record."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from connectors.documents.made import zipped
from connectors.excluding import below
from connectors.oai.repositories import Pyoai, Record, serving
from connectors.oai.test_connector import connector, read
from connectors.web.sites import AGENT, Page, Route, Site
from connectors.web.sites import serving as serving_sites

from corpuskit.connectors.base import FetchContext
from corpuskit.connectors.fetching.errors import FetchError
from corpuskit.connectors.oai import visit as module
from corpuskit.connectors.oai.connector import OaiConnector
from corpuskit.connectors.oai.options import OaiOptions
from corpuskit.connectors.oai.visit import DocumentVisitor, FetchedDocument
from corpuskit.connectors.reasons import (
    CONTENT_TYPE,
    CORRUPT,
    EXCLUDED,
    HTTP_STATUS,
    NETWORK,
    OPT_OUT,
    REDIRECTS,
    REFUSED_ADDRESS,
    ROBOTS,
)
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

DATA = Path(__file__).parents[1] / "data"
PDF = Page((DATA / "khmer.pdf").read_bytes(), kind="application/octet-stream")
NOAI = {"X-Robots-Tag": "noai"}
KINDS = ("pdf", "html", "docx")


@contextmanager
def repository(
    folder: Path, routes: dict[str, Route], *paths: str, **options: object
) -> Iterator[tuple[OaiConnector, Site]]:
    """A repository whose records lead to paths of a site, and that site."""
    with serving_sites(routes) as (site,):
        records = [
            Record(
                number,
                datetime(2020, 1, 1),
                dc={
                    "title": ["ចំណងជើង"],
                    "description": [f"សង្ខេប {number}"],
                    "rights": ["CC BY 4.0"],
                    "identifier": [f"{site.url}{one}" for one in path.split()],
                },
            )
            for number, path in enumerate(paths)
        ]
        given = {"full_text": KINDS, "allow_private": [site.host], **options}
        with serving(Pyoai(records)) as served:
            yield connector(served, folder, **given), site


def fetched(source: OaiConnector) -> list[RawRecord]:
    source.fetch(FetchContext(AGENT, lambda _: None))
    return read(source)


def test_a_pdf_with_what_the_repository_says_of_it(tmp_path: Path) -> None:
    with repository(tmp_path, {"/a.pdf": PDF}, "/a.pdf") as (source, site):
        (one,) = fetched(source)
        asked = len(site.asked)
        source.fetch(FetchContext(AGENT, lambda _: None))
        assert len(site.asked) == asked  # nothing is asked where all is there
    expected = (DATA / "khmer.txt").read_text(encoding="utf-8")
    assert one.content.decode()[:30] == expected.replace("\u200b", "")[:30]
    assert (one.title, one.license, one.http_status) == ("ចំណងជើង", "CC-BY-4.0", 200)
    assert one.url == f"{site.url}/a.pdf"
    assert one.source_ref == "oai:example.org:0@2020-01-01T00:00:00Z"
    assert one.robots is not None
    assert one.robots["verdict"] == "allowed"
    assert one.robots["checked_at"] is not None
    assert one.tdm == {"verdict": "unknown", "signals": []}
    assert one.warc is not None
    assert site.paths()[0] == "/robots.txt"
    assert all("corpus@example.org" in agent for agent in site.agents)
    assert read(source) == [one]  # the site is gone


def test_a_page_names_its_pdf(tmp_path: Path) -> None:
    page = '<html><meta name="citation_pdf_url" content="a.pdf"><body>page</body></html>'
    routes: dict[str, Route] = {
        "/x/1": page,
        "/x/a.pdf": PDF,
        "/2": Page(status=303, headers={"Location": "/x/1"}),
    }
    with repository(tmp_path, routes, "/x/1", "/2") as (source, site):
        first, second = fetched(source)
    assert first.content == second.content
    assert first.url == second.url == f"{site.url}/x/a.pdf"


def test_a_page_is_read_where_pages_are_wanted(tmp_path: Path) -> None:
    page = "<html><body><p>ក្រម</p></body></html>"
    with repository(tmp_path, {"/1": page}, "/1") as (source, _):
        (record,) = fetched(source)
    assert (record.content.decode(), record.content_type, record.charset) == (
        page,
        "text/html",
        "utf-8",
    )


def test_the_first_address_that_gives_a_document_is_taken(tmp_path: Path) -> None:
    with repository(tmp_path, {"/a.pdf": PDF}, "/no /a.pdf /never") as (source, site):
        (one,) = fetched(source)
    assert one.url == f"{site.url}/a.pdf"
    assert "/never" not in site.paths()


def test_other_kinds_of_files(tmp_path: Path) -> None:
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>ឯកសារ</w:t></w:r></w:p></w:body></w:document>"
    )
    docx = zipped(tmp_path / "a.docx", {"word/document.xml": body}).read_bytes()
    with repository(tmp_path, {"/a": Page(docx)}, "/a") as (source, _):
        (record,) = fetched(source)
    assert record.content.decode().strip() == "ឯកសារ"


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        (Page(status=404), HTTP_STATUS),
        (Page("%PDF-1.7 nothing", headers=NOAI), OPT_OUT),
        ('<html><meta name="robots" content="noai"><body>x</body></html>', OPT_OUT),
        (Page(status=302, headers={"Location": "http://169.254.169.254/"}), REFUSED_ADDRESS),
        (Page(status=302, headers={"Location": "file:///etc/passwd"}), REDIRECTS),
        (Page(status=302, headers={"Location": "/a"}), REDIRECTS),
        (Page(b"\x89PNG\r\n\x1a\n" + bytes(99)), CONTENT_TYPE),
        (Page("%PDF-1.7 nothing"), CORRUPT),
    ],
)
def test_what_cannot_be_had_leaves_the_description(
    tmp_path: Path, route: Route, reason: str
) -> None:
    with repository(tmp_path, {"/a": route}, "/a") as (source, _):
        (record,) = fetched(source)
    assert (record.content.decode(), record.reason) == ("សង្ខេប 0", None)
    assert record.detail is not None
    assert record.detail.startswith(f"no document: {reason} ")


def test_what_robots_forbid_is_not_asked(tmp_path: Path) -> None:
    routes: dict[str, Route] = {
        "/robots.txt": Page("User-agent: *\nDisallow: /files/\n", kind="text/plain"),
        "/files/a.pdf": PDF,
        "/1": '<html><meta name="citation_pdf_url" content="/files/a.pdf"></html>',
    }
    with repository(tmp_path, routes, "/files/a.pdf", "/1") as (source, site):
        found = fetched(source)
    assert [(record.detail or "").split()[2] for record in found] == [ROBOTS, ROBOTS]
    assert "/files/a.pdf" not in site.paths()


def test_a_record_without_links_or_text(tmp_path: Path) -> None:
    with repository(tmp_path, {}, "", "/no") as (source, _):
        source.fetch(FetchContext(AGENT, lambda _: None))
        first, second = read(source)
    assert (first.content.decode(), first.detail) == ("សង្ខេប 0", None)
    assert second.detail == f"no document: {HTTP_STATUS} 404"


def wanting(source: OaiConnector, *kinds: str) -> OaiConnector:
    """The same source with other kinds of documents."""
    options = source.options.model_copy(update={"full_text": kinds})
    return OaiConnector(options, source.root, source.store)


def test_other_kinds_are_looked_for_again(tmp_path: Path) -> None:
    with repository(tmp_path, {"/a.pdf": PDF}, "/a.pdf", full_text=["html"]) as (source, site):
        (record,) = fetched(source)
        assert record.detail == f"no document: {CONTENT_TYPE} pdf"
        other = OaiConnector(
            source.options.model_copy(update={"full_text": ("pdf",)}), source.root, source.store
        )
        (record,) = fetched(other)
        assert record.detail is None
        (record,) = fetched(
            OaiConnector(
                source.options.model_copy(update={"full_text": ()}), source.root, source.store
            )
        )
    assert record.content.decode() == "សង្ខេប 0"
    assert site.paths().count("/a.pdf") == 2


def test_a_run_that_dies_goes_on_with_the_next_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, done = DocumentVisitor.visit, []

    def dying(self: DocumentVisitor, url: str) -> FetchedDocument:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(url)
        return visit(self, url)

    paths = [f"/{number}.pdf" for number in range(4)]
    with repository(tmp_path, dict.fromkeys(paths, PDF), *paths) as (source, site):
        monkeypatch.setattr(DocumentVisitor, "visit", dying)
        with pytest.raises(KeyboardInterrupt):
            source.fetch(FetchContext(AGENT, lambda _: None))
        monkeypatch.setattr(DocumentVisitor, "visit", visit)
        assert len(fetched(source)) == 4
    asked = [path for path in site.paths() if path.endswith(".pdf")]
    assert asked == paths


def test_a_kept_document_that_is_damaged_is_told_of(tmp_path: Path) -> None:
    with repository(tmp_path, {"/a.pdf": PDF}, "/a.pdf") as (source, _):
        fetched(source)
    (path,) = tmp_path.glob("store/*/files/*/*.warc.gz")
    path.write_bytes(path.read_bytes()[:-1])
    (record,) = read(source)
    assert CORRUPT in (record.detail or "")
    path.unlink()
    (record,) = read(source)
    assert "No such file" in (record.detail or "")


def visitor(
    folder: Path, pauses: list[float], *domains: str, private: bool = True, least: float = 0.0
) -> DocumentVisitor:
    given: dict[str, object] = {"url": "http://x/", "full_text": KINDS, "delay": least}
    folder.mkdir(exist_ok=True)
    if private:
        given["allow_private"] = ["127.0.0.2"]
    wanted = OaiOptions.model_validate(given)
    return DocumentVisitor(AGENT, wanted, folder, below(*domains), pauses.append)


def test_busy_hosts_are_waited_for_and_dead_ones_left(tmp_path: Path) -> None:
    pauses: list[float] = []
    busy = [Page(status=503, headers={"Retry-After": "70"}), Page(status=503), PDF]
    with serving_sites({"/a": lambda _: busy.pop(0), "/b": Page(status=503)}) as (site,):
        one = visitor(tmp_path, pauses)
        assert one.visit(f"{site.url}/a").kind == "pdf"
        assert [round(pause) for pause in pauses if pause > 1] == [70, 20]
        with pytest.raises(FetchError) as caught:
            one.visit(f"{site.url}/b")
        assert caught.value.code == HTTP_STATUS
        url = site.url
    for _ in range(module.DEAD):
        with pytest.raises(FetchError) as caught:
            one.visit(f"{url}/a")
    with pytest.raises(FetchError, match="3 times in a row") as caught:
        one.visit(f"{url}/a")
    assert caught.value.code == NETWORK
    one.close()


def test_a_host_that_hides_its_rules_is_not_pressed(tmp_path: Path) -> None:
    pauses: list[float] = []
    with serving_sites({"/robots.txt": Page(status=503), "/a": PDF}) as (site,):
        one = visitor(tmp_path, pauses, least=30.0)
        for _ in range(6):
            with pytest.raises(FetchError, match=r"status 503|3 times in a row"):
                one.visit(f"{site.url}/a")
        one.close()
    assert site.paths() == ["/robots.txt"] * module.DEAD
    assert len(pauses) == module.DEAD - 1
    assert all(29 < pause <= 30 for pause in pauses)


def test_hosts_that_want_to_be_left_alone(tmp_path: Path) -> None:
    pauses: list[float] = []
    slow = Page("User-agent: *\nCrawl-delay: 500\n", kind="text/plain")
    with serving_sites({"/a": PDF, "/robots.txt": slow}) as (site,):
        for one, reason in (
            (visitor(tmp_path, pauses), ROBOTS),
            (visitor(tmp_path, pauses, "127.0.0.2"), EXCLUDED),
            (visitor(tmp_path / "x", pauses, private=False), REFUSED_ADDRESS),
        ):
            with pytest.raises(FetchError) as caught:
                one.visit(f"{site.url}/a")
            assert caught.value.code == reason
            one.close()
        assert set(site.paths()) == {"/robots.txt"}


def test_requests_to_a_host_are_apart(tmp_path: Path) -> None:
    pauses: list[float] = []
    limits = Page("User-agent: *\nCrawl-delay: 7\n", kind="text/plain")
    with serving_sites({"/a": PDF, "/robots.txt": limits}) as (site,):
        one = visitor(tmp_path, pauses)
        one.visit(f"{site.url}/a")
        one.visit(f"{site.url}/a")
        one.close()
    assert all(6 < pause <= 7 for pause in pauses)
    assert len(pauses) >= 3


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with repository(tmp_path, {"/a.pdf": PDF}, "/a.pdf") as (source, site):
        monkeypatch.setitem(sys.modules, "protego", None)
        with pytest.raises(SourceError, match=r"pip install 'corpuskit-lrl\[web\]'"):
            source.fetch(FetchContext(AGENT, lambda _: None))
        assert site.asked == []
