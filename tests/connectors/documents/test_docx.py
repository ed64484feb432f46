from pathlib import Path

import docx
import pytest
from connectors.documents.made import lines, zipped
from docx.oxml.ns import qn
from docx.text.run import Run

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.connector import read_document
from corpuskit.connectors.documents.docx import MAX_ELEMENTS, MAX_MARKUP, _blocks, read_docx
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.reasons import (
    CORRUPT,
    LEGACY_FONT,
    TOO_LARGE,
    UNSUPPORTED_TYPE,
    LostError,
)

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(path: Path) -> tuple[DocumentMetadata, str]:
    with ZipArchive(str(path)) as archive:
        about, [part] = read_docx(archive)
    return about, part.text


def markup(tmp_path: Path, body: str) -> str:
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return read(zipped(tmp_path / "a.docx", {"word/document.xml": document}))[1]


def in_font(run: Run, font: str) -> None:
    run.font.name = font
    run._element.rPr.rFonts.set(qn("w:cs"), font)


def test_paragraphs_tables_and_metadata_of_a_real_writer(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.title = "ចំណងជើង"
    document.core_properties.language = "km-KH"
    document.add_heading(lines("khmer")[0], 1)
    document.add_paragraph(lines("khmer")[1])
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "ក", "ខ"
    document.sections[0].header.paragraphs[0].text = "running head"
    document.add_paragraph("a\tb\nc")
    document.save(str(tmp_path / "a.docx"))
    about, text = read(tmp_path / "a.docx")
    assert text == "\n".join((*lines("khmer")[:2], "ក", "ខ", "a\tb\nc"))
    assert (about.title, about.language) == ("ចំណងជើង", "km-KH")


@pytest.mark.parametrize(("font", "text"), [("Limon S1", "PasaExµr"), ("Zawgyi-One", "ျမန္မာ")])
def test_a_legacy_font_rejects_with_its_name(font: str, text: str, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(lines("khmer")[0])
    in_font(document.add_paragraph().add_run(text), font)
    document.save(str(tmp_path / "a.docx"))
    with pytest.raises(LostError) as caught:
        read(tmp_path / "a.docx")
    assert caught.value.reason == LEGACY_FONT
    assert str(caught.value.detail).startswith(f"{font}: ")


def test_a_legacy_font_of_a_style(tmp_path: Path) -> None:
    document = docx.Document()
    document.styles["Normal"].font.name = "Limon S1"
    document.add_paragraph("PasaExµr", style="Quote")  # based on Normal
    document.save(str(tmp_path / "a.docx"))
    with pytest.raises(LostError):
        read(tmp_path / "a.docx")


def test_unicode_khmer_under_a_legacy_font_for_latin_is_kept(tmp_path: Path) -> None:
    document = docx.Document()
    document.styles["Normal"].font.name = "Limon S1"
    document.add_paragraph(lines("khmer")[1])
    document.save(str(tmp_path / "a.docx"))
    assert read(tmp_path / "a.docx")[1] == lines("khmer")[1]


def test_what_is_not_shown_is_not_text(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>b</w:t></w:r></w:ins>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        '<w:hyperlink><w:r><w:t xml:space="preserve"> c</w:t></w:r></w:hyperlink></w:p>'
    )
    assert markup(tmp_path, body) == "ab c"


def test_a_text_box_comes_once_and_after_its_paragraph(tmp_path: Path) -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>a</w:t></w:r>"
        f'<w:r><mc:AlternateContent xmlns:mc="x"><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
        "<w:r><w:t>b</w:t></w:r></w:p>"
    )
    assert markup(tmp_path, body) == "ab\nbox"


TEXT_BOX = "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent>"
PICTURE = "<w:drawing><w:p/></w:drawing>"


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (("",), "box"),
        ((PICTURE,), "box"),
        ((PICTURE, "<w:r><w:t> </w:t></w:r>"), "box"),
        ((PICTURE, TEXT_BOX.format("new")), "new"),
        ((), "box"),
    ],
)
@pytest.mark.parametrize("place", ["<w:p><w:r>{}</w:r></w:p>", "{}"])
def test_a_fallback_is_read_where_no_choice_has_text(
    tmp_path: Path, choices: tuple[str, ...], expected: str, place: str
) -> None:
    shown = "".join(f"<mc:Choice Requires='u'>{choice}</mc:Choice>" for choice in choices)
    fallback = f"<mc:Fallback><w:pict>{TEXT_BOX.format('box')}</w:pict></mc:Fallback>"
    content = f'<mc:AlternateContent xmlns:mc="x">{shown}{fallback}</mc:AlternateContent>'
    after = "<w:p><w:r><w:t>end</w:t></w:r></w:p>"
    assert markup(tmp_path, place.format(content) + after) == f"{expected}\nend"


def test_styles_based_on_one_another_end(tmp_path: Path) -> None:
    style = '<w:style w:styleId="{}" w:type="paragraph"><w:basedOn w:val="{}"/></w:style>'
    styles = f"<w:styles {W}>{style.format('A', 'B')}{style.format('B', 'A')}</w:styles>"
    body = '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>ក</w:t></w:r></w:p>'
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    members: dict[str, str | bytes] = {"word/document.xml": document, "word/styles.xml": styles}
    assert read(zipped(tmp_path / "a.docx", members))[1] == "ក"


def test_depth_that_breaks_parsers(tmp_path: Path) -> None:
    with pytest.raises(LostError) as caught:
        markup(tmp_path, "<w:p>" * 5000 + "</w:p>" * 5000)
    assert caught.value.reason == CORRUPT


OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def document(body: str) -> str:
    return f'<w:document {W} xmlns:r="{OFFICE}"><w:body>{body}</w:body></w:document>'


def links(*targets: tuple[str, str, str], types: str = OFFICE) -> str:
    inner = "".join(
        f'<Relationship Id="{identity}" Type="{types}/{kind}" Target="{target}"/>'
        for identity, kind, target in targets
    )
    return f"<Relationships>{inner}</Relationships>"


def shown(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.mark.parametrize("types", [OFFICE, STRICT])
@pytest.mark.parametrize(
    ("target", "member"),
    [
        ("word/document2.xml", "word/document2.xml"),
        ("/content/Main.XML", "Content/main.xml"),
        ("word\\document.xml", "word\\document.xml"),
        ("./word/../text/d%20x.xml", "text/d x.xml"),
        ("word/តេស្ត.xml", "word/តេស្ត.xml"),
        ("missing.xml", "word/document.xml"),
    ],
)
def test_the_document_is_the_part_that_the_package_names(
    target: str, member: str, types: str, tmp_path: Path
) -> None:
    members: dict[str, str | bytes] = {
        "_RELS/.rels": links(
            ("r1", "extended-properties", "docProps/app.xml"),
            ("r2", "officeDocument", target),
            types=types,
        ),
        member: document(shown("ក")),
    }
    assert read_document(str(zipped(tmp_path / "a.docx", members)))[1] == [DocumentPart("ក")]


def test_a_package_behind_other_bytes(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.docx", {"word/document.xml": document(shown("ក"))})
    path.write_bytes(b"\n#!prefix" + path.read_bytes())
    assert read_document(str(path))[1] == [DocumentPart("ក")]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "ppt/presentation.xml"])
def test_sheets_and_slides_are_no_documents(part: str, tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "_rels/.rels": links(("r1", "officeDocument", part)),
        part: "<workbook/>",
    }
    with pytest.raises(LostError) as caught:
        read_document(str(zipped(tmp_path / "a.docx", members)))
    assert caught.value.reason == UNSUPPORTED_TYPE


def test_styles_are_the_part_that_the_document_names(tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "_rels/.rels": links(("r1", "officeDocument", "a/main.xml")),
        "a/_rels/main.xml.rels": links(("r1", "styles", "../b/styles7.xml")),
        "b/styles7.xml": f'<w:styles {W}><w:style w:type="character" w:styleId="Off"><w:rPr>'
        "<w:vanish/></w:rPr></w:style></w:styles>",
        "a/main.xml": document(
            '<w:p><w:r><w:t>ក</w:t></w:r><w:r><w:rPr><w:rStyle w:val="Off"/></w:rPr>'
            "<w:t>hidden</w:t></w:r></w:p>"
        ),
    }
    assert read(zipped(tmp_path / "a.docx", members))[1] == "ក"


STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:styleId="P"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Child"><w:basedOn w:val="P"/></w:style>
<w:style w:type="character" w:styleId="C"><w:rPr><w:vanish w:val="true"/></w:rPr></w:style>
<w:style w:type="character" w:styleId="On"><w:rPr><w:vanish w:val="off"/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:basedOn w:val="Verzeichnis1"/></w:style>
<w:style w:type="paragraph" w:styleId="Sum"><w:name w:val="table of figures"/></w:style>
</w:styles>"""


@pytest.mark.parametrize(
    ("paragraph", "run", "visible"),
    [
        ("P", "", False),
        ("Child", "", False),
        ("Child", "<w:vanish w:val='0'/>", True),
        ("", "<w:rStyle w:val='C'/>", False),
        ("P", "<w:rStyle w:val='C'/>", True),  # 17.7.3: a second toggle takes back the first
        ("P", "<w:rStyle w:val='On'/>", False),
        ("", "<w:rStyle w:val='C'/><w:vanish w:val='false'/>", True),
        ("", "<w:webHidden/>", True),
        ("Verzeichnis1", "", False),
        ("Mine", "", False),
        ("TOC3", "", False),
        ("Sum", "", True),
    ],
)
def test_text_hidden_by_styles_and_tables_of_contents(
    paragraph: str, run: str, visible: bool, tmp_path: Path
) -> None:
    body = (
        f"<w:p><w:pPr><w:pStyle w:val='{paragraph}'/></w:pPr><w:r><w:rPr>{run}</w:rPr>"
        f"<w:t>ក</w:t></w:r></w:p>{shown('ខ')}"
    )
    members: dict[str, str | bytes] = {
        "word/document.xml": document(body),
        "word/styles.xml": STYLES,
    }
    assert read(zipped(tmp_path / "a.docx", members))[1] == ("ក\nខ" if visible else "ខ")


def control(properties: str, content: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


CONTENTS = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (control("<w:showingPlcHdr/>", shown("Click here")) + shown("ក"), "ក"),
        (control("<w:text/>", shown("ក")), "ក"),
        (control("<w:showingPlcHdr w:val='0'/>", shown("ក")), "ក"),
        (control(CONTENTS, shown("1 ក ... 3")) + shown("ខ"), "ខ"),
        (
            "<w:p><w:r><w:t>ក</w:t></w:r>"
            + control("<w:showingPlcHdr/>", "<w:r><w:t>Click here</w:t></w:r>")
            + "<w:r><w:t>ខ</w:t></w:r></w:p>",
            "កខ",
        ),
        (
            "<w:p><w:r><w:t>A</w:t><w:ruby><w:rubyPr/><w:rt><w:r><w:t>reading</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>B</w:t></w:r></w:rubyBase></w:ruby><w:t>C</w:t></w:r></w:p>",
            "ABC",
        ),
        (
            f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{shown('a')}</w:tc><w:tc>{shown('b')}"
            f"</w:tc></w:tr><w:tr><w:trPr/><w:tc>{shown('ក')}</w:tc><w:tc>{shown('ខ')}</w:tc>"
            "</w:tr></w:tbl>",
            "ក\nខ",
        ),
        (
            f"<w:p><w:r><w:t>ក</w:t><w:drawing><w:txbxContent>{shown('box')}</w:txbxContent>"
            "</w:drawing></w:r></w:p>" + shown("ខ"),
            "ក\nbox\nខ",
        ),
    ],
)
def test_placeholders_contents_ruby_and_deleted_rows(
    body: str, expected: str, tmp_path: Path
) -> None:
    assert markup(tmp_path, body) == expected


def chunks(tmp_path: Path, **contents: str | bytes) -> list[DocumentPart]:
    """The parts of a document with documents in it, by their name without its suffix."""
    members: dict[str, str | bytes] = {
        "word/document.xml": document(
            shown("ក") + "".join(f'<w:altChunk r:id="{n}"/>' for n in contents) + shown("ខ")
        ),
        "word/_rels/document.xml.rels": links(
            *((name, "aFChunk", f"/afchunk/{name}") for name in contents if name != "absent")
        ),
    }
    members |= {f"afchunk/{name}": content for name, content in contents.items()}
    with ZipArchive(str(zipped(tmp_path / "a.docx", members))) as archive:
        return read_docx(archive)[1]


def test_documents_within_the_document_stand_where_it_has_them(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.docx", {"word/document.xml": document(shown("inner"))})
    [part] = chunks(
        tmp_path,
        page="<html><body><p>one</p><p>two</p></body></html>",
        inner=inner.read_bytes(),
        plain="three",
    )
    assert part.text == "ក\none\ntwo\ninner\nthree\nខ"


def test_a_document_within_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    text, rtf, absent = chunks(tmp_path, rtf=r"{\rtf1 x}", absent="x")
    assert text.text == "ក\nខ"
    assert (rtf.item, rtf.reason) == ("afchunk/rtf", UNSUPPORTED_TYPE)
    assert (absent.item, absent.reason) == ("altChunk absent", CORRUPT)


def test_many_empty_paragraphs_and_a_paragraph_without_end_are_bounded(tmp_path: Path) -> None:
    many = document("<w:p/>" * (MAX_MARKUP + 1))
    with pytest.raises(LostError) as caught:
        read(zipped(tmp_path / "a.docx", {"word/document.xml": many}))
    assert caught.value.reason == TOO_LARGE
    with pytest.raises(LostError) as caught:
        markup(tmp_path, f"<w:p>{'<w:r/>' * (MAX_ELEMENTS + 1)}</w:p>")
    assert caught.value.reason == TOO_LARGE


def test_reading_gives_up_the_elements_that_it_has_read() -> None:
    cell = f"<w:tbl><w:tr><w:tc>{shown('ក') * 30_000}</w:tc></w:tr></w:tbl>"
    held = 0
    for number, block in enumerate(_blocks(document(cell).encode(), "a.xml")):
        if number % 1_000 == 0:
            held = max(held, sum(1 for _ in block.getroottree().iter()))
    assert number == 29_999
    assert held < 10_000  # of 90,000; lxml reads 32 kB ahead
