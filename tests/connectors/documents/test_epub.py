from datetime import UTC, datetime
from pathlib import Path

import pytest
from connectors.documents.made import CHAPTER, CONTAINER, epub, lines, zipped

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.epub import LONG_BOOK, page_text, read_epub
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, LostError


def read(path: Path) -> tuple[DocumentMetadata, list[DocumentPart]]:
    with ZipArchive(str(path)) as archive:
        return read_epub(archive)


def test_a_short_book_is_one_document(tmp_path: Path) -> None:
    chapters = ["".join(f"<p>{one}</p>" for one in lines("khmer")[n : n + 5]) for n in (0, 5)]
    about, [part] = read(epub(tmp_path / "a.epub", chapters))
    assert part.text.splitlines() == lines("khmer")[:10]
    assert (about.title, about.language) == ("សៀវភៅ", "km")
    assert about.published_at == datetime(2024, 5, 6, tzinfo=UTC)
    [(value, where)] = about.rights
    assert value.startswith("CC BY 4.0")
    assert where == "OEBPS/book.opf: dc:rights"


def test_a_long_book_is_a_document_an_item(tmp_path: Path) -> None:
    text = lines("khmer")[0]
    chapter = f"<p>{text}</p>" * (LONG_BOOK // len(text) // 2 + 1)
    _, parts = read(epub(tmp_path / "a.epub", [chapter, chapter]))
    assert [part.item for part in parts] == ["OEBPS/c0 é.xhtml", "OEBPS/c1 é.xhtml"]
    assert all(len(part.text) > LONG_BOOK / 2 for part in parts)


def test_a_missing_item_is_told_and_the_others_stay(tmp_path: Path) -> None:
    path = epub(tmp_path / "a.epub", ["<p>ក</p>"])
    with ZipArchive(str(path)) as archive:
        opf = archive.read("OEBPS/book.opf").decode()
    more = opf.replace("<spine>", '<spine><itemref idref="x"/>').replace(
        "<manifest>",
        '<manifest><item id="x" href="x.xhtml" media-type="application/xhtml+xml"/>',
    )
    chapter = CHAPTER.format("<p>ក</p>")
    members: dict[str, str | bytes] = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": more,
        "OEBPS/c0 é.xhtml": chapter,
    }
    _, [gone, kept] = read(zipped(tmp_path / "b.epub", members))
    assert (gone.item, gone.reason) == ("OEBPS/x.xhtml", CORRUPT)
    assert (kept.item, kept.text) == ("OEBPS/c0 é.xhtml", "ក")


def test_rights_management_is_encryption_and_an_obfuscated_font_is_none(tmp_path: Path) -> None:
    markup = (
        '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>'
        '<enc:CipherData><enc:CipherReference URI="{}"/></enc:CipherData></enc:EncryptedData>'
        "</encryption>"
    )
    name = "META-INF/encryption.xml"
    font = epub(tmp_path / "a.epub", ["<p>ក</p>"], **{name: markup.format("OEBPS/a.otf")})
    assert read(font)[1] == [DocumentPart("ក")]
    locked = markup.format("OEBPS/c0%20%C3%A9.xhtml")
    with pytest.raises(LostError) as caught:
        read(epub(tmp_path / "b.epub", ["<p>ក</p>"], **{name: locked}))
    assert caught.value.reason == ENCRYPTED


def test_no_package(tmp_path: Path) -> None:
    container = CONTAINER.replace("full-path", "path")
    with pytest.raises(LostError) as caught:
        read(zipped(tmp_path / "a.epub", {"META-INF/container.xml": container}))
    assert caught.value.reason == CORRUPT


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>ខ្មែរ <b>មួយ</b>ពីរ</p><p>បី</p>", "ខ្មែរ មួយពីរ\nបី"),
        ("<h1>a</h1>b<div>c<br/>d</div>e", "a\nb\nc\nd\ne"),
        ("<p>a&nbsp;b &amp; c\n  d</p>", "a\u00a0b & c d"),
        ("<p>a<script>x()</script>b<style>y</style>c<!-- z -->d</p>", "a\nb\ncd"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<p><ruby>漢<rt>kan</rt></ruby>字</p>", "漢\n字"),
    ],
)
def test_visible_text(body: str, expected: str) -> None:
    assert page_text(CHAPTER.format(body).encode()) == expected


def test_charsets() -> None:
    markup = "<?xml version='1.0' encoding='{}'?><html><body><p>ភាសា é</p></body></html>"
    assert page_text(b"\xef\xbb\xbf" + markup.format("x").encode()) == "ភាសា é"
    assert page_text(b"\xff\xfe" + markup.format("utf-16").encode("utf-16-le")) == "ភាសា é"
    latin = "<?xml version='1.0' encoding='iso-8859-1'?><html><body>é</body></html>"
    assert page_text(latin.encode("latin-1")) == "é"
    with pytest.raises(LostError):
        page_text(markup.format("no-such").encode())
