"""Cases after public bug reports of other tools; docs/field-cases.md lists them all."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

import corpuskit as ck
from corpuskit.connectors.documents.connector import DocumentsConnector, DocumentsOptions
from corpuskit.connectors.fetching.robots import RobotsFile, Rules
from corpuskit.connectors.tables.connector import TablesConnector
from corpuskit.connectors.tables.options import TablesOptions
from corpuskit.connectors.web.lists import in_feed, in_sitemap
from corpuskit.connectors.wikimedia.text import Converter
from corpuskit.document import RawRecord

FEED = (
    '<rss version="2.0"><channel><item><link>http://a.example/1</link><pubDate>{}</pubDate>'
    "</item></channel></rss>"
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2019/3/7 21:05:00", datetime(2019, 3, 7, 21, 5, tzinfo=UTC)),  # feedparser#75
        ("2019/12/31", datetime(2019, 12, 31, tzinfo=UTC)),
        ("2019/13/31", None),
        ("2019", None),
        ("2019-07", None),
        ("2019-7-4", datetime(2019, 7, 4, tzinfo=UTC)),
        ("20190704", datetime(2019, 7, 4, tzinfo=UTC)),
        ("2019-07-04T10:00:00+07:00", datetime(2019, 7, 4, 3, tzinfo=UTC)),
        ("Thu, Jul 4 2019 10:00:00 -0400", datetime(2019, 7, 4, 14, tzinfo=UTC)),  # feed-rs#289
        ("Kam, 04 Jul 2019 10:00:00 +0700", None),  # nor names of days
        ("Ke, 30 Lok 2013 11:34:37 +0000", None),  # feedjira#186: months are not guessed
    ],
)
def test_a_feed_date_is_whole_or_none(written: str, expected: datetime | None):
    hints = in_feed(FEED.format(written).encode(), "http://a.example/feed").hints
    assert {hint.published for hint in hints.values()} - {None} == {expected} - {None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de\ufb01nisi", "definisi"),  # pdfminer.six#942
        ("e\ufb03sien, o\ufb04ine, sta\ufb00", "effisien, offline, staff"),
        ("pu\ufb05aka \ufb06aka", "pustaka staka"),
    ],
)
@pytest.mark.parametrize("language", ["ind_Latn", "tha_Thai"])
def test_ligatures_are_letters(text: str, expected: str, language: str):
    normal = ck.normalize_text(text, language=language)
    assert normal.text == expected
    assert normal.edits["ligatures_split"] >= 1
    assert ck.normalize_text(normal.text, language=language).edits == {}


def book(path: Path, spine: str) -> Path:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{}</p></body></html>'
    items = "".join(
        f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"{more}/>'
        for name, more in (("nav", ' properties="nav"'), ("second", ""), ("first", ""))
    )
    members = {
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles>'
        "</container>",
        "b.opf": f"<package><metadata/><manifest>{items}</manifest><spine>{spine}</spine>"
        "</package>",
        **{f"{name}.xhtml": page.format(f"{name} page") for name in ("nav", "first", "second")},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for name, content in members.items():
            archive.writestr(name, content)
    path.write_bytes(packed.getvalue())
    return path


@pytest.mark.parametrize(
    ("spine", "expected"),
    [
        ('<itemref idref="first"/><itemref idref="second"/>', "first page\nsecond page"),
        ('<itemref idref="lost"/><itemref idref="first"/>', "first page"),  # EpubReader#109
        ("", "second page\nfirst page"),  # bookworm#420
        ('<itemref idref="lost"/>', "second page\nfirst page"),
    ],
)
def test_a_book_is_read_by_its_spine_or_its_manifest(tmp_path: Path, spine: str, expected: str):
    path = book(tmp_path / "a.epub", spine)
    connector = DocumentsConnector(DocumentsOptions(path=str(path)), tmp_path)
    (record,) = records(connector)
    assert record.content.decode() == expected


def records(connector: DocumentsConnector | TablesConnector) -> list[RawRecord]:
    return [
        record
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
    ]


@pytest.mark.parametrize("lead", ["", "\n \t"])
def test_a_redirect_may_stand_behind_spaces(lead: str):
    assert Converter({"": 0}, "id").redirect_of(f"{lead}#ALIH [[Bali]]") == "Bali"


@pytest.mark.parametrize(
    ("rules", "covered", "free"),
    [
        ("Disallow: /naskah-%2A\nDisallow: /harga-%24", ["/naskah-*", "/harga-$"], ["/naskah-x"]),
        ("Disallow: /*%2F*", ["/a%2Fb", "/a%2fb"], ["/a/b"]),  # crawler-commons#195
        ("Disallow: /ខ្មែរ", ["/%E1%9E%81%E1%9F%92%E1%9E%98%E1%9F%82%E1%9E%9A/1"], ["/km"]),  # #389
        ("Disallow: */cari", ["/cari", "/id/cari"], ["/car"]),  # reppy#83
        ("Disallow: http://lain.example/", [], ["/", "/a"]),  # scrapy#4145
    ],
)
def test_robots_rules_and_paths_are_compared_as_rfc_9309_says(
    rules: str, covered: list[str], free: list[str]
):
    body = f"User-agent: *\n{rules}\n".encode()
    parsed = Rules(RobotsFile(200, body, datetime.now(UTC)))
    assert [path for path in covered if parsed.allowed(f"http://a.example{path}")] == []
    assert [path for path in free if not parsed.allowed(f"http://a.example{path}")] == []


@pytest.mark.parametrize(
    "sitemap",
    [
        '\n\n <?xml version="1.0"?><urlset><url><loc>{}</loc></url></urlset>',  # cc#144
        "<urlset><url><loc><![CDATA[{}]]></loc></url></urlset>",  # sitemap.js#445
        "<urlset><urlset><url><loc>{}</loc></url></urlset></urlset>",  # usp#86
        '<!DOCTYPE urlset PUBLIC "a""b"><urlset><url><loc>{}</loc></url></urlset>',
    ],
)
def test_a_sitemap_with_one_flaw_gives_its_urls(sitemap: str):
    body = sitemap.format("http://a.example/kabar").encode()
    assert in_sitemap(body, "http://a.example/sitemap.xml").pages == ["http://a.example/kabar"]


def test_an_id_of_digits_keeps_its_zeros(tmp_path: Path):  # arrow#46853
    (tmp_path / "a.csv").write_text('id,text\n\n"007","baris\npertama"\n0010,kedua\n')
    options = TablesOptions(path=str(tmp_path / "a.csv"), map={"id": "id", "text": "text"})
    rows = records(TablesConnector(options, tmp_path))
    assert [row.source_ref.rpartition("#")[2] for row in rows] == ["007", "0010"]
    assert rows[0].content.decode() == "baris\npertama"


def test_spaces_end_a_sentence_once():  # underthesea#221, pythainlp#954
    assert ck.sentences("Anh ấy kể.    Tôi nghe.   ") == ["Anh ấy kể.", "Tôi nghe."]
    assert ck.sentences("รักแม่  รักพ่อ  ") == ["รักแม่  รักพ่อ"]
