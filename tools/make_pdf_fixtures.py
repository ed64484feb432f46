"""Make the PDFs of tests/connectors/data from the texts beside them.

    python tools/make_pdf_fixtures.py TEXTS PDF-FOLDER

They are committed, because making them needs Debian's pango1.0-tools, weasyprint and
fonts-noto-core. pango-view (cairo) writes a good text layer: the pages of khmer.pdf and
vietnamese.pdf, with a running head and page numbers. WeasyPrint 57 writes a broken one for
Khmer, where a glyph stands for several characters: khmer-broken.pdf.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2

FONTS = {"khmer": "Noto Sans Khmer", "vietnamese": "Noto Sans"}
HEADS = {"khmer": "ជំនួយ LibreOffice", "vietnamese": "Trợ giúp LibreOffice"}
PARAGRAPHS = 6  # a page
HTML = '<html lang="km"><meta charset="utf-8"><body style="font: 11pt Noto Sans Khmer">{}</body>'


def page(text: str, font: str, target: Path) -> Path:
    source = target.with_suffix(".txt")
    source.write_text(text, encoding="utf-8")
    subprocess.run(
        ["pango-view", "--no-display", f"--font={font} 11", "--width=380",
         "--hinting=none", f"--output={target}", str(source)],
        check=True,
    )  # fmt: skip
    return target


def good(name: str, texts: Path, pdfs: Path, scratch: Path) -> None:
    paragraphs = (texts / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    document = pypdfium2.PdfDocument.new()
    for number, start in enumerate(range(0, len(paragraphs), PARAGRAPHS), 1):
        body = "\n\n".join(paragraphs[start : start + PARAGRAPHS])
        text = f"{HEADS[name]}\n\n{body}\n\n{number}\n"
        made = page(text, FONTS[name], scratch / f"{name}{number}.pdf")
        document.import_pages(pypdfium2.PdfDocument(made))
    document.save(pdfs / f"{name}.pdf")


def broken(texts: Path, pdfs: Path, scratch: Path) -> None:
    paragraphs = (texts / "khmer.txt").read_text(encoding="utf-8").splitlines()[:PARAGRAPHS]
    source = scratch / "broken.html"
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    source.write_text(HTML.format(body), encoding="utf-8")
    subprocess.run(["weasyprint", str(source), str(pdfs / "khmer-broken.pdf")], check=True)


def main() -> None:
    texts, pdfs = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        for name in FONTS:
            good(name, texts, pdfs, Path(folder))
        broken(texts, pdfs, Path(folder))


if __name__ == "__main__":
    main()
