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


SVG = 'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
HIDDEN = (
    '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
    '<style:style style:name="H2" style:parent-style-name="H"/>'
    '<style:style style:name="S" style:parent-style-name="H">'
    '<style:text-properties text:display="true"/></style:style>'
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # ODF 1.3 part 3, 10.3.17: short and long alternatives of a picture
        (f"<text:p>ក<frame {SVG}><image/><svg:title>logo</svg:title><svg:desc>a</svg:desc></frame>"
         "</text:p>", "ក"),
        (f"<frame {SVG}><svg:title>logo.png</svg:title></frame><text:p>ក</text:p>", "ក"),
        (f"<text:p>ក<shape {SVG}><svg:desc>oval</svg:desc><text:p>ខ</text:p></shape></text:p>",
         "ក\nខ"),
        ("<text:p>ក<text:title>ខ</text:title></text:p>", "កខ"),  # a field: the document's title
        ('<text:p text:style-name="H">x</text:p><text:p>ក</text:p>', "ក"),
        ('<text:p>ក<text:span text:style-name="H2">x</text:span>ខ</text:p>', "កខ"),
        ('<text:p text:style-name="S">ក</text:p>', "ក"),
        ('<text:section text:display="none"><text:p>x</text:p></text:section><text:p>ក</text:p>',
         "ក"),
        ('<text:section text:display="condition" text:is-hidden="true"><text:p>x</text:p>'
         "</text:section><text:p>ក</text:p>", "ក"),
        ('<text:section text:display="condition"><text:p>ក</text:p></text:section>', "ក"),
        ('<text:p>x<text:hidden-paragraph text:is-hidden="true"/></text:p><text:p>ក</text:p>', "ក"),
        ("<text:p>ក<text:hidden-text>x</text:hidden-text></text:p>", "ក"),
        ('<text:p>ក<text:placeholder text:placeholder-type="text">&lt;Name&gt;</text:placeholder>'
         "</text:p>", "ក"),
        ('<table-row visibility="collapse"><text:p>x</text:p></table-row><text:p>ក</text:p>', "ក"),
        ("<text:p>ក<frame><binary-data>AAAA</binary-data></frame></text:p>", "ក"),
        ("<text:illustration-index><text:illustration-index-source><text:index-title-template>x"
         "</text:index-title-template></text:illustration-index-source><text:p>ក</text:p>"
         "</text:illustration-index>", "ក"),
    ],
)  # fmt: skip
def test_what_is_not_shown_is_not_text(body: str, expected: str, tmp_path: Path) -> None:
    assert read(odt(tmp_path / "a.odt", body, HIDDEN))[1] == expected


@pytest.mark.parametrize("count", ["9" * 5_000, "-1", "", "٣", "1e3"])
def test_a_count_of_spaces_that_is_none(count: str, tmp_path: Path) -> None:
    text = read(odt(tmp_path / "a.odt", f'<text:p>ក<text:s text:c="{count}"/>ខ</text:p>'))[1]
    assert len(text) == {"9" * 5_000: 102, "٣": 5}.get(count, 3)
