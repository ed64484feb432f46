"""Documents of every kind, written by hand or by python-docx."""

from __future__ import annotations

import zipfile
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"

CONTAINER = """<?xml version="1.0"?><container version="1.0"
 xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
 <rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>"""
OPF = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>សៀវភៅ</dc:title>
<dc:language>km</dc:language><dc:date>2024-05-06</dc:date>
<dc:rights>CC BY 4.0, https://creativecommons.org/licenses/by/4.0/</dc:rights></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
{items}</manifest><spine><itemref idref="nav"/>{spine}</spine></package>"""
CHAPTER = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>no</title><style>p {{ color: red }}</style></head><body>{}</body></html>"""


def lines(name: str) -> list[str]:
    """The paragraphs of a text of the data folder, without what a PDF does not keep."""
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    return text.replace("\u200b", "").replace("\u00a0", " ").splitlines()


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    """A ZIP file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def epub(path: Path, chapters: list[str], **more: str | bytes) -> Path:
    """A book of chapters, given as the markup of their bodies."""
    names = [f"c{number} é.xhtml" for number in range(len(chapters))]
    items = "".join(
        f'<item id="c{n}" href="c{n}%20%C3%A9.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": OPF.format(items=items, spine=spine),
        "OEBPS/nav.xhtml": CHAPTER.format("<nav>contents</nav>"),
    }
    members |= {
        f"OEBPS/{name}": CHAPTER.format(body) for name, body in zip(names, chapters, strict=True)
    }
    return zipped(path, members | more)


def odt(path: Path, body: str, styles: str = "", manifest: str = "") -> Path:
    """An ODT of the markup of its text and of its automatic styles."""
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("text", "text"), ("style", "style"))
    )
    content = (
        f"<office:document-content{names}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    meta = (
        f'<office:document-meta{names} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>'
        "<dc:title>ចំណងជើង</dc:title><dc:language>km-KH</dc:language></office:meta>"
        "</office:document-meta>"
    )
    members: dict[str, str | bytes] = {"content.xml": content, "meta.xml": meta}
    if manifest:
        members["META-INF/manifest.xml"] = manifest
    return zipped(path, members)


def pdf(path: Path, text: str = "", font: str = "Helvetica", trailer: str = "") -> Path:
    """A PDF of one page of ASCII text in a font that is not embedded."""
    shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    stream = f"BT /F1 12 Tf 72 700 Td ({shown}) Tj ET" if text else "0 0 100 100 re f"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (km-KH) >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 2000 800] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>",
    ]
    return pdf_of(path, objects, trailer)


def pdf_of(path: Path, objects: list[str], trailer: str = "") -> Path:
    """A PDF of these objects, numbered from 1; the first is its catalog."""
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(out)
    out += (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode("latin-1")
    path.write_bytes(out)
    return path


def stream(content: str, entries: str = "") -> str:
    """A stream that is not compressed."""
    return f"<< {entries} /Length {len(content)} >>\nstream\n{content}\nendstream"


def bulleted_pdf(path: Path, items: list[str], code: str = "F0B7", gap: float = 12.0) -> Path:
    """A list as Word writes it: bullets in Symbol that the file maps to a private character."""
    shown = "".join(
        f"BT /F2 12 Tf 72 {700 - 20 * n} Td <B7> Tj /F1 12 Tf {gap} 0 Td ({item}) Tj ET "
        for n, item in enumerate(items)
    )
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def "
        "1 begincodespacerange <00> <FF> endcodespacerange "
        f"1 beginbfchar <B7> <{code}> endbfchar endcmap end end"
    )
    return pdf_of(
        path,
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
            stream(shown),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol /ToUnicode 7 0 R >>",
            stream(to_unicode),
        ],
    )


def encrypted_pdf(path: Path) -> Path:
    """A PDF that asks for a password."""
    key = "00" * 32
    encrypt = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >>"
    return pdf(path, "secret", trailer=f"{encrypt} /ID [<00> <00>]")
