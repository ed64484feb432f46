import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from connectors.documents.made import CHAPTER, CONTAINER, epub, lines, zipped

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.epub import LONG_BOOK, MAX_SPINE, read_epub
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.documents.xhtml import page_text
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, TOO_LARGE, LostError


def read(path: Path) -> tuple[DocumentMetadata, list[DocumentPart]]:
    with ZipArchive(str(path)) as archive:
        return read_epub(archive)


def test_a_short_book_is_one_document(tmp_path: Path) -> None:
    chapters = ["".join(f"<p>{line}</p>" for line in lines("khmer")[n : n + 5]) for n in (0, 5)]
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
        ("<p><ruby>漢<rt>kan</rt></ruby>字</p>", "漢字"),
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


def page(prolog: str, body: str = "<p>ខ្មែរ</p>", html: str = "<html>") -> bytes:
    return f"{prolog}{html}<head><title>no</title></head><body>{body}</body></html>".encode()


DOCTYPE = "<!DOCTYPE html {}>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (page("", "<p><![CDATA[a < b & c]]></p><p>d</p>"), "a < b & c\nd"),
        (page("", "<p><![CDATA[a]]>b<![CDATA[<i>]]></p>"), "ab<i>"),
        (page("", "<p>not closed <![CDATA[a < b]]>"), "not closed a < b"),
        (page(DOCTYPE.format('[<!ENTITY o "Office">]'), "<p>&o;&nbsp;x</p>"), "Office\u00a0x"),
        (page(DOCTYPE.format("[<!ATTLIST p a CDATA #IMPLIED>]")), "ខ្មែរ"),
        (page(DOCTYPE.format("[<!-- > ] --><!ENTITY a 'b'> ]")), "ខ្មែរ"),
        (page(DOCTYPE.format("[<!ATTLIST p a CDATA #IMPLIED>]"), "<p>open"), "open"),
        (page(DOCTYPE.format('PUBLIC "x" "y"'), "<p>a &mdash; b &unknown; c<i>d</i></p>"),
         "a — b &unknown; cd"),
        (page("", "<p>a <![CDATA[&nbsp;]]></p>"), "a &nbsp;"),
        (page("\n <?xml version='1.0'?>\n"), "ខ្មែរ"),
        (page("", "<p>a\x0b\x0cb\x00c</p>"), "a bc"),
        (page("", "<P>a</P><SCRIPT>x()</SCRIPT>b"), "a\nb"),
        (page("", '<p hidden="">x</p><p style="color: red; display : none">y</p>z'), "z"),
        (page("", '<div style="display:none"><p>x</p></div>'), "x"),
        (page("", "<p><ruby>漢<rp>(</rp><rt>a</rt><rp>)</rp>字<rt>b</rt></ruby>。</p>"), "漢字。"),
        (
            b'<x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:head><x:title>no</x:title>'
            b"</x:head><x:body><x:p>a<x:b>b</x:b></x:p><x:p>c</x:p></x:body></x:html>",
            "ab\nc",
        ),
    ],
)  # fmt: skip
def test_a_page_is_xml_and_html_only_if_it_is_not_well_formed(
    content: bytes, expected: str
) -> None:
    assert page_text(content) == expected


@pytest.mark.parametrize("charset", ["windows-874", "TIS-620", "iso-8859-11", "x-cp874"])
def test_a_thai_page_of_one_byte_a_letter(charset: str) -> None:
    text = "ห้องสมุดประชาชน"
    by_meta = f'<html><head><meta charset="{charset}"/></head><body><p>{text}</p></body></html>'
    by_header = f"<?xml version='1.0' encoding='{charset}'?><html><body>{text}</body></html>"
    assert page_text(by_meta.encode("cp874")) == text
    assert page_text(by_header.encode("cp874")) == text
    assert page_text(by_header.encode()) == text  # UTF-8 that is declared wrongly


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(form: str) -> None:
    markup = "<?xml version='1.0' encoding='utf-16'?><html><body><p>ភាសា</p></body></html>"
    assert page_text(markup.encode(form)) == "ភាសា"


@pytest.mark.parametrize("charset", ["idna", "punycode", "hex", "rot13", "undefined"])
def test_a_codec_that_is_no_charset(charset: str) -> None:
    with pytest.raises(LostError) as caught:
        page_text(f"<?xml version='1.0' encoding='{charset}'?><html><p>x</p></html>".encode())
    assert caught.value.reason == CORRUPT


def test_entities_of_a_page_are_no_bomb(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("password")
    nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 20}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE html [<!ENTITY l0 "ha">{nested}]>'
    outside = f'<!DOCTYPE html [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    assert len(page_text(page(bomb, "<p>a &l11;</p>"))) < 1_000
    assert "password" not in page_text(page(outside, "<p>a &e; b</p>"))


def changed(path: Path, **members: tuple[str, str]) -> Path:
    """A book with one text put in the place of another one in every member."""
    book = epub(path, ["<p>ក</p>", "<p>ខ</p>"])
    with zipfile.ZipFile(book) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    for old, new in members.values():
        contents = {name: text.replace(old, new) for name, text in contents.items()}
    return zipped(path, dict(contents))


@pytest.mark.parametrize(
    "kind",
    ["text/xml", "application/xml", "text/x-oeb1-document", "Text/HTML; charset=utf-8", "x/y", ""],
)
def test_pages_of_any_type(kind: str, tmp_path: Path) -> None:
    path = changed(
        tmp_path / "a.epub", kind=('media-type="application/xhtml+xml"', f'media-type="{kind}"')
    )
    assert read(path)[1][0].text == "ក\nខ"


def test_names_of_members_differ_in_case_and_slashes(tmp_path: Path) -> None:
    book = epub(tmp_path / "a.epub", ["<p>ក</p>"])
    with zipfile.ZipFile(book) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    upper = zipped(tmp_path / "b.epub", {n.upper(): text for n, text in contents.items()})
    slashes = zipped(
        tmp_path / "c.epub", {n.replace("/", "\\"): text for n, text in contents.items()}
    )
    assert read(upper)[1] == read(slashes)[1] == read(book)[1]


def test_a_picture_in_the_spine_gives_way_to_its_fallback(tmp_path: Path) -> None:
    path = changed(
        tmp_path / "a.epub",
        first=('<itemref idref="c0"/>', '<itemref idref="p"/><itemref idref="q"/>'),
        manifest=(
            "<manifest>",
            '<manifest><item id="p" href="p.svg" media-type="image/svg+xml" fallback="c0"/>'
            '<item id="q" href="q.png" media-type="image/png" fallback="q"/>',
        ),
    )
    assert read(path)[1][0].text == "ក\nខ"


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+07:00", "-0043", "99999-01-01", "2567 B.E."])
def test_a_date_that_python_cannot_hold(date: str, tmp_path: Path) -> None:
    path = changed(tmp_path / "a.epub", date=("2024-05-06", date))
    about, [part] = read(path)
    assert (about.published_at, part.text) == (None, "ក\nខ")


def spine(count: int, href: str) -> dict[str, tuple[str, str]]:
    """Changes that add so many items and references; `{}` in `href` is the number of an item."""
    numbers = range(count)
    items = "".join(
        f'<item id="s{n}" href="{href.format(n)}" media-type="text/html"/>' for n in numbers
    )
    references = "".join(f'<itemref idref="s{n}"/>' for n in numbers)
    return {
        "items": ("<manifest>", f"<manifest>{items}"),
        "references": ("<spine>", f"<spine>{references}"),
    }


def test_a_spine_is_bounded_and_reads_each_page_once(tmp_path: Path) -> None:
    path = changed(tmp_path / "a.epub", **spine(MAX_SPINE + 1, "c0%20%C3%A9.xhtml"))
    assert read(path)[1][0].text == "ក\nខ"
    with pytest.raises(LostError) as caught:
        read(changed(tmp_path / "b.epub", **spine(MAX_SPINE + 1, "{}.xhtml")))
    assert caught.value.reason == TOO_LARGE
