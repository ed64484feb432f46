from pathlib import Path

import docx
import pytest
from connectors.documents.made import lines, zipped
from docx.oxml.ns import qn
from docx.text.run import Run

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.docx import read_docx
from corpuskit.connectors.documents.parts import DocumentMetadata
from corpuskit.connectors.reasons import CORRUPT, LEGACY_FONT, LostError

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
