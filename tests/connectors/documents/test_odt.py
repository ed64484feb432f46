from pathlib import Path

import pytest
from connectors.documents.made import lines, odt

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.odt import read_odt
from corpuskit.connectors.documents.parts import DocumentMetadata
from corpuskit.connectors.reasons import ENCRYPTED, LEGACY_FONT, LostError

LIMON = (
    '<style:style style:name="T1" style:parent-style-name="T2"/>'
    '<style:style style:name="T2"><style:text-properties style:font-name="Limon S1"/></style:style>'
)


def read(path: Path) -> tuple[DocumentMetadata, str]:
    with ZipArchive(str(path)) as archive:
        about, [part] = read_odt(archive)
    return about, part.text


def test_paragraphs_and_metadata(tmp_path: Path) -> None:
    body = f"<text:h>{lines('khmer')[0]}</text:h><text:list><text:list-item><text:p>"
    body += f"{lines('khmer')[1]}</text:p></text:list-item></text:list>"
    about, text = read(odt(tmp_path / "a.odt", body))
    assert text.splitlines() == lines("khmer")[:2]
    assert (about.title, about.language) == ("ចំណងជើង", "km-KH")


def test_spaces_notes_and_changes(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
        '<text:p>ក<text:s text:c="3"/>ខ<text:span>គ</text:span>ឃ<text:tab/>'
        "<text:note><text:p>note</text:p></text:note>ង<text:line-break/>ច\nឆ</text:p>"
    )
    assert read(odt(tmp_path / "a.odt", body))[1] == "ក   ខគឃ\tង\nច ឆ"
    claims = '<text:p>ក<text:s text:c="999999999"/>ខ</text:p>'
    assert len(read(odt(tmp_path / "b.odt", claims))[1]) == 102


def test_a_legacy_font_of_a_parent_style(tmp_path: Path) -> None:
    body = '<text:p>ក<text:span text:style-name="T1">PasaExµr</text:span></text:p>'
    with pytest.raises(LostError) as caught:
        read(odt(tmp_path / "a.odt", body, LIMON))
    assert (caught.value.reason, caught.value.detail) == (LEGACY_FONT, "Limon S1: 8 of 9 letters")


def test_unicode_text_in_it_is_kept(tmp_path: Path) -> None:
    body = f'<text:p text:style-name="T1">{lines("khmer")[1]}</text:p>'
    assert read(odt(tmp_path / "a.odt", body, LIMON))[1] == lines("khmer")[1]


def test_a_password(tmp_path: Path) -> None:
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with pytest.raises(LostError) as caught:
        read(odt(tmp_path / "a.odt", "<text:p>x</text:p>", manifest=manifest))
    assert caught.value.reason == ENCRYPTED
