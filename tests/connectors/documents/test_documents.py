import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pytest
from connectors.documents.made import DATA, encrypted_pdf, epub, lines, odt, pdf, zipped
from end_to_end.builds import write_recipe

import corpuskit as ck
from corpuskit.connectors import reasons
from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.documents.connector import DocumentsConnector, DocumentsOptions
from corpuskit.document import RawRecord


def read(root: Path, path: str = ".") -> list[RawRecord]:
    connector = DocumentsConnector(DocumentsOptions(path=path, captured=date(2026, 11, 1)), root)
    return [
        record
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
    ]


def chapters(*numbers: int) -> list[str]:
    return ["".join(f"<p>{lines('khmer')[n]}</p>" for n in numbers)]


def test_a_record_says_all_that_is_known(tmp_path: Path) -> None:
    [record] = read(epub(tmp_path / "book.epub", chapters(0)).parent)
    assert record.source_ref.startswith("book.epub@sha256:")
    assert record.content.decode() == lines("khmer")[0]
    assert (record.content_type, record.charset) == ("text/plain", "utf-8")
    assert (record.title, record.lang_declared) == ("សៀវភៅ", "km")
    assert (record.published_at, record.published_at_source) == (
        datetime(2024, 5, 6, tzinfo=UTC),
        "meta",
    )
    assert record.fetched_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert (record.license, record.license_confidence) == ("CC-BY-4.0", "declared")
    assert [item["kind"] for item in record.license_evidence] == ["rights"]


def test_what_a_file_is_its_bytes_tell(tmp_path: Path) -> None:
    shutil.copy(DATA / "khmer.pdf", tmp_path / "a.docx")
    epub(tmp_path / "b.pdf", chapters(0))
    odt(tmp_path / "c", "<text:p>ក</text:p>")
    assert [record.reason for record in read(tmp_path)] == [None, None, None]


def test_every_loss_has_its_reason(tmp_path: Path) -> None:
    cases = {
        "broken-map.pdf": reasons.PDF_TEXT_LAYER,
        "cut.epub": reasons.CORRUPT,
        "empty.pdf": reasons.EMPTY,
        "empty.odt": reasons.EMPTY,
        "jar.zip": reasons.UNSUPPORTED_TYPE,
        "large.odt": reasons.TOO_LARGE,
        "legacy.pdf": reasons.LEGACY_FONT,
        "link.pdf": reasons.UNREADABLE,
        "locked.docx": reasons.ENCRYPTED,
        "locked.pdf": reasons.ENCRYPTED,
        "old.doc": reasons.UNSUPPORTED_TYPE,
        "page.html": reasons.UNSUPPORTED_TYPE,
        "pipe.pdf": reasons.UNREADABLE,
        "scan.pdf": reasons.NO_TEXT_LAYER,
    }
    shutil.copy(DATA / "khmer-broken.pdf", tmp_path / "broken-map.pdf")
    epub(tmp_path / "cut.epub", chapters(0))
    (tmp_path / "cut.epub").write_bytes((tmp_path / "cut.epub").read_bytes()[:-30])
    (tmp_path / "empty.pdf").touch()
    odt(tmp_path / "empty.odt", "<text:p> </text:p>")
    zipped(tmp_path / "jar.zip", {"a.class": b"x"})
    paragraph = f"<text:p>{'a' * 1_000_000}</text:p>"
    odt(tmp_path / "large.odt", paragraph * (MAX_CONTENT_BYTES // 1_000_000 + 1))
    pdf(tmp_path / "legacy.pdf", "PasaExr sUmsVaKmn_", "LimonS1")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "nowhere")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    (tmp_path / "locked.docx").write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    encrypted_pdf(tmp_path / "locked.pdf")
    (tmp_path / "old.doc").write_bytes(ole)
    (tmp_path / "page.html").write_text("<html>")
    os.mkfifo(tmp_path / "pipe.pdf")
    pdf(tmp_path / "scan.pdf")
    found = {record.source_ref.partition("@")[0]: record.reason for record in read(tmp_path)}
    assert found == cases


def test_the_recipe_of_the_docs_is_one(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs" / "connector-documents.md").read_text(encoding="utf-8")
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(page.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    (tmp_path / "gazette" / "2026").mkdir(parents=True)
    odt(tmp_path / "gazette" / "2026" / "a.odt", f"<text:p>{lines('khmer')[0]}</text:p>")
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=1)
    assert build.manifest["documents"] == 1


@pytest.mark.xdist_group("sources")
def test_a_build_of_every_kind(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(DATA / "khmer.pdf", folder / "a.pdf")
    shutil.copy(DATA / "khmer-broken.pdf", folder / "b.pdf")
    epub(folder / "c.epub", chapters(0, 1, 2, 3, 4, 5))
    document = docx.Document()
    for one in lines("khmer")[6:12]:
        document.add_paragraph(one)
    document.save(str(folder / "d.docx"))
    body = "".join(f"<text:p>{line}</text:p>" for line in lines("khmer")[12:])
    odt(folder / "e.odt", body)
    recipe = write_recipe(tmp_path, folder, "[dedup]", "near = false", connector="documents")
    build = ck.build(ck.load_recipe(recipe), tmp_path / "b", workers=2)
    rows = {row["source_ref"][:1]: row for row in build.dataset.to_table().to_pylist()}
    assert sorted(rows) == ["a", "c", "d", "e"]
    assert build.ledger.reasons == {reasons.PDF_TEXT_LAYER: 1}
    assert {row["lang"] for row in rows.values()} == {"khm_Khmr"}
    assert {row["source_type"] for row in rows.values()} == {"file"}
    for one, start, stop in (("a", 0, 20), ("c", 0, 6), ("d", 6, 12), ("e", 12, 20)):
        found = rows[one]["text"].split()
        assert "".join(found) == "".join("".join(lines("khmer")[start:stop]).split())
    assert rows["c"]["title"] == "សៀវភៅ"
    assert ck.verify(build) == []
