"""Licenses in the metadata of EPUB, DOCX, ODT and PDF."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from connectors.documents.made import epub, odt, pdf, pdf_of, stream

from corpuskit.connectors.documents.connector import read_document, to_record
from corpuskit.connectors.documents.parts import DocumentPart
from corpuskit.document import RawRecord

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
BY = "https://creativecommons.org/licenses/by/4.0/"
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"><rdf:Description rdf:about="" {}>{}
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def record_of(path: Path) -> RawRecord:
    about, _ = read_document(str(path))
    return to_record(f"file:{path.name}", about, DocumentPart("text"))


def added(path: Path, name: str, content: str) -> Path:
    """A ZIP file with one member more, or with another content of it."""
    with zipfile.ZipFile(path) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for each, stored in (members | {name: content.encode()}).items():
            archive.writestr(each, stored)
    return path


def test_properties_of_docx(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("ខ្មែរ")
    document.save(str(tmp_path / "a.docx"))
    properties = (
        f'<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">'
        '<property name="License"><vt:lpwstr>CC BY-SA 4.0</vt:lpwstr></property>'
        '<property name="Author"><vt:lpwstr>CC0</vt:lpwstr></property></Properties>'
    )
    record = record_of(added(tmp_path / "a.docx", "docProps/custom.xml", properties))
    assert (record.license, record.license_confidence) == ("CC-BY-SA-4.0", "declared")
    assert record.license_evidence == [
        {"kind": "rights", "value": "CC BY-SA 4.0", "where": "docProps/custom.xml: License"}
    ]


def test_properties_of_odt(tmp_path: Path) -> None:
    path = odt(tmp_path / "a.odt", "<text:p>ខ្មែរ</text:p>")
    meta = (
        '<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta>'
        f'<meta:user-defined meta:name="License">{BY}</meta:user-defined>'
        "</office:meta></office:document-meta>"
    )
    record = record_of(added(path, "meta.xml", meta))
    assert record.license == "CC-BY-4.0"
    assert record.license_evidence[0]["where"] == "meta.xml: License"


def test_conflicts_within_an_epub(tmp_path: Path) -> None:
    path = epub(tmp_path / "a.epub", ["<p>ខ្មែរ</p>"])
    with zipfile.ZipFile(path) as archive:
        opf = archive.read("OEBPS/book.opf").decode()
    more = '<meta property="dcterms:license">CC BY-NC 4.0</meta></metadata>'
    record = record_of(added(path, "OEBPS/book.opf", opf.replace("</metadata>", more)))
    assert record.license == "CC-BY-NC-4.0"
    assert record.license_evidence[-1] == {
        "kind": "conflict", "value": "CC-BY-4.0 / CC-BY-NC-4.0", "where": "document",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "inner", "where"),
    [
        ("", f'<cc:license rdf:resource="{BY}"/>', "XMP: license"),
        ("", f"<xmpRights:WebStatement>{BY}</xmpRights:WebStatement>", "XMP: WebStatement"),
        (f'xmpRights:WebStatement="{BY}"', "", "XMP: WebStatement"),
        ("", '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">CC BY 4.0</rdf:li></rdf:Alt>'
         "</dc:rights>", "XMP: rights"),
        ("", "<xmpRights:UsageTerms><rdf:Alt><rdf:li>Licensed under CC BY 4.0</rdf:li></rdf:Alt>"
         "</xmpRights:UsageTerms>", "XMP: UsageTerms"),
    ],
)  # fmt: skip
def test_xmp_of_pdf(tmp_path: Path, attributes: str, inner: str, where: str) -> None:
    content = "BT /F1 12 Tf 72 700 Td (words of a page) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000 800] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        stream(content),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        stream(XMP.format(attributes, inner), "/Type /Metadata /Subtype /XML"),
    ]
    record = record_of(pdf_of(tmp_path / "a.pdf", objects))
    assert (record.license, record.license_confidence) == ("CC-BY-4.0", "declared")
    assert [item["where"] for item in record.license_evidence] == [where]


def test_a_pdf_without_rights_states_none(tmp_path: Path) -> None:
    record = record_of(pdf(tmp_path / "a.pdf", "words of a page"))
    assert (record.license, record.license_evidence) == (None, [])


def test_xmp_that_is_not_xml_is_passed_over(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", "words of a page <x:xmpmeta <dc:rights> </x:xmpmeta>")
    assert record_of(path).license is None
