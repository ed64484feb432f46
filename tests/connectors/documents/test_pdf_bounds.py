"""PDFs that would keep pdfium busy, or fill its memory, are told by their objects."""

import zlib
from pathlib import Path

import pytest
from connectors.documents.made import DATA, pdf_of, stream

from corpuskit.connectors.documents import pdf_bounds
from corpuskit.connectors.documents.pdf import read_pdf
from corpuskit.connectors.documents.pdf_bounds import MAX_STREAM_BYTES, check_bounds
from corpuskit.connectors.reasons import NO_TEXT_LAYER, TOO_LARGE, LostError

PAGE = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
    " /Resources << /XObject << /F 5 0 R >> >> >>",
    stream("/F Do"),
]
FORM = "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"


def packed(content: bytes, times: int = 1, entries: str = "") -> str:
    filters = " ".join(["/FlateDecode"] * times)
    for _ in range(times):
        content = zlib.compress(content, 9)
    return stream(content.decode("latin-1"), f"{entries} /Filter [{filters}]")


def form(number: int, calls: int, how: str) -> list[str]:
    """A form that draws the form after it so many times, and what it needs."""
    content = "/Fm1 Do\n" * calls
    following = f"<< /Fm1 {number + (1 if how in ('plain', 'packed') else 2)} 0 R >>"
    if how == "indirect":
        return [
            stream(content, f"{FORM} /Resources << /XObject {number + 1} 0 R >>"),
            following,
        ]
    if how == "resources":
        return [
            stream(content, f"{FORM} /Resources {number + 1} 0 R"),
            f"<< /ProcSet [/PDF] /XObject {following} >>",
        ]
    entries = f"{FORM} /Resources << /XObject {following} >>"
    if how == "packed":
        return [packed(content.encode(), 1, entries)]
    return [stream(content, entries)]


def nested(path: Path, levels: int, calls: int, how: str = "plain") -> Path:
    objects = list(PAGE)
    for _ in range(levels):
        objects.extend(form(len(objects) + 1, calls, how))
    return pdf_of(path, [*objects, stream("0 0 1 1 re f", FORM)])


def lost(path: Path) -> LostError:
    with pytest.raises(LostError) as caught:
        read_pdf(str(path))
    return caught.value


@pytest.mark.parametrize("how", ["plain", "packed", "indirect", "resources"])
def test_forms_that_call_each_other(how: str, tmp_path: Path) -> None:
    error = lost(nested(tmp_path / "a.pdf", 35, 2, how))
    assert error.reason == TOO_LARGE
    assert str(error.detail).startswith("form 5 draws ")
    assert lost(nested(tmp_path / "b.pdf", 8, 2, how)).reason == NO_TEXT_LAYER


def test_resources_in_an_object_stream(tmp_path: Path) -> None:
    objects = list(PAGE)
    packed_numbers = range(100, 130)
    for level, number in enumerate(packed_numbers):
        objects.append(stream("/X Do /X Do", f"{FORM} /Resources {number} 0 R"))
        assert len(objects) == 5 + level
    objects.append(stream("", FORM))
    dictionaries = [f"<< /XObject << /X {6 + n} 0 R >> >>" for n in range(len(packed_numbers))]
    offsets = [sum(map(len, dictionaries[:n])) for n in range(len(dictionaries))]
    head = " ".join(f"{n} {offset}" for n, offset in zip(packed_numbers, offsets, strict=True))
    content = f"{head} {''.join(dictionaries)}".encode()
    entries = f"/Type /ObjStm /N {len(dictionaries)} /First {len(head) + 1}"
    path = pdf_of(tmp_path / "a.pdf", [*objects, packed(content, 1, entries)])
    with pytest.raises(LostError):
        check_bounds(str(path))


def test_a_form_that_draws_itself(tmp_path: Path) -> None:
    # pdfium follows it down to a depth, and twice at every level takes for ever
    entries = f"{FORM} /Resources << /XObject << /F 5 0 R /G 6 0 R >> >>"
    forms = [stream("/F Do /G Do", entries), stream("/F Do", entries)]
    error = lost(pdf_of(tmp_path / "a.pdf", [*PAGE, *forms]))
    assert (error.reason, error.detail) == (TOO_LARGE, "form 5 draws itself")


@pytest.mark.parametrize("times", [1, 2])
def test_a_stream_that_unpacks_to_too_much(times: int, tmp_path: Path) -> None:
    content = b" " * (MAX_STREAM_BYTES + 1_000_000)
    path = pdf_of(tmp_path / "a.pdf", [*PAGE[:3], packed(content, times)])
    assert path.stat().st_size < 200_000
    error = lost(path)
    assert (error.reason, error.detail) == (
        TOO_LARGE,
        f"stream 4: more than {MAX_STREAM_BYTES} bytes",
    )


def test_a_large_picture_is_not_unpacked(tmp_path: Path) -> None:
    content = b" " * (MAX_STREAM_BYTES + 1_000_000)
    picture = packed(content, 1, "/Type /XObject /Subtype /Image /Width 1 /Height 1")
    check_bounds(str(pdf_of(tmp_path / "a.pdf", [*PAGE, picture])))


@pytest.mark.parametrize("name", ["khmer", "vietnamese", "khmer-broken"])
def test_well_made_and_damaged_files_pass(name: str, tmp_path: Path) -> None:
    content = (DATA / f"{name}.pdf").read_bytes()
    check_bounds(str(DATA / f"{name}.pdf"))
    for cut in range(1, len(content), len(content) // 20):
        (tmp_path / "a.pdf").write_bytes(
            content[:cut] + b"\n9 0 obj << /Filter /FlateDecode >> stream\n"
        )
        check_bounds(str(tmp_path / "a.pdf"))


def test_the_ratio_of_deflate_is_known() -> None:
    packed_size = len(zlib.compress(bytes(10_000_000), 9))
    assert 10_000_000 / packed_size <= pdf_bounds._MAX_RATIO
