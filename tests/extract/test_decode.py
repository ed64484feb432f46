"""Declared charsets are believed only where the bytes bear them out."""

from __future__ import annotations

import gzip
import json
import random
import unicodedata
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.extract.decode import Decode, decode
from corpuskit.extract.reasons import REASONS
from corpuskit.stage import Batch

KHMER = "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាពក្នុងសេចក្តីថ្លៃថ្នូរ និងសិទ្ធិ"
THAI = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ "
VIETNAMESE = "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi"

Variant = tuple[str, str | None, bytes]


def in_1258(text: str) -> str:
    """Vietnamese as windows-1258 has it: letters composed, tone marks after them."""
    written = []
    for char in unicodedata.normalize("NFC", text):
        base, *marks = unicodedata.normalize("NFD", char)
        tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
        letter = "".join([base, *(mark for mark in marks if mark not in tones)])
        written += [unicodedata.normalize("NFC", letter), *tones]
    return "".join(written)


@pytest.fixture(scope="module")
def variants(data_dir: Path) -> list[Variant]:
    """Every page of the WARC set: its variant, the charset of its header, its bytes."""
    folder = data_dir / "warc-sea"
    with (folder / "gold.jsonl").open(encoding="utf-8") as lines:
        gold = {row["offset"]: row for row in map(json.loads, lines)}
    pages = []
    with (folder / "sea-dev.warc.gz").open("rb") as stream:
        for record in ArchiveIterator(stream):
            if record.http_headers is None or record.http_content_type is None:
                continue
            content = record.reader.read()
            if content.startswith(b"\x1f\x8b"):
                content = gzip.decompress(content)
            name = gold[record.stream_pos]["variant"]
            pages.append((name, record.http_charset, content))
    return pages


def of_kind(variants: list[Variant], kind: str) -> list[Variant]:
    matching = [variant for variant in variants if kind in variant[0]]
    assert matching
    return matching


@pytest.mark.data("warc-sea")
@pytest.mark.parametrize(
    ("kind", "charset", "method"),
    [
        ("plain", "utf-8", "http"),
        ("no charset", "utf-8", "meta"),
        ("wrong charset", "utf-8", "meta"),
        ("BOM", "utf-8", "bom"),
        ("cp874", "windows-874", "http"),
        ("cp1258", "windows-1258", "http"),
        ("truncated", "utf-8", "http"),
    ],
)
def test_pages_of_the_warc_set(
    variants: list[Variant], kind: str, charset: str, method: str
) -> None:
    for name, declared, content in of_kind(variants, kind):
        if name in ("plain", "text/plain") and kind != name:
            continue
        decoded = decode(content, declared)
        assert (decoded.charset, decoded.method) == (charset, method)
        assert "\ufffd" not in decoded.markup


@pytest.mark.data("warc-sea")
@pytest.mark.parametrize("kind", ["cp874", "cp1258"])
@pytest.mark.parametrize(
    "wrong", [None, "utf-8", "iso-8859-1", "windows-1252", "koi8-r", "nonsense"]
)
def test_wrong_declarations_do_not_change_the_text(
    variants: list[Variant], kind: str, wrong: str | None
) -> None:
    for _, right, content in of_kind(variants, kind):
        expected = decode(content, right).markup
        silent = content.replace(b"charset=", b"charset-")
        assert decode(silent, wrong).markup == expected.replace("charset=", "charset-")


@pytest.mark.data("warc-sea")
@pytest.mark.parametrize("wrong", ["iso-8859-1", "tis-620", "windows-1258", "gbk", "utf-16le"])
def test_utf8_stays_utf8_whatever_is_declared(variants: list[Variant], wrong: str) -> None:
    pages = [page for page in of_kind(variants, "no charset") if not page[2].isascii()]
    for _, _, content in pages:
        silent = content.replace(b"charset=", b"charset-")
        assert decode(silent, wrong).charset == "utf-8"


@pytest.mark.data("warc-sea")
def test_images_and_pdfs_are_binary(variants: list[Variant]) -> None:
    for kind in ("pdf", "image"):
        for _, declared, content in of_kind(variants, kind):
            assert decode(content, declared).reason == "decode/binary"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-8-sig"])
@pytest.mark.parametrize("text", [KHMER, THAI, VIETNAMESE, f"<html><p>{KHMER}</p></html>"])
def test_wide_encodings_with_and_without_mark(codec: str, text: str) -> None:
    decoded = decode(text.encode(codec))
    assert decoded.markup == text
    assert decoded.method == ("detected" if codec.endswith("e") else "bom")


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", "人人生而自由,在尊严和权利上一律平等。"),
        ("big5", "big5hkscs", "人人生而自由,在尊嚴和權利上一律平等。"),
        ("euc-kr", "cp949", "모든 인간은 태어날 때부터 자유로우며"),
        ("shift_jis", "cp932", "すべての人間は、生まれながらにして自由であり"),
        ("windows-1256", "cp1256", "يولد جميع الناس أحرارا متساوين في الكرامة"),
        ("tis-620", "cp874", THAI),
        ("windows-1258", "cp1258", in_1258(VIETNAMESE)),
        ("koi8-r", "koi8-r", "Все люди рождаются свободными"),
    ],
)
def test_declared_legacy_charsets(label: str, codec: str, text: str) -> None:
    page = f"<html><head><title>x</title></head><body><p>{text}</p></body></html>"
    over_http = decode(page.encode(codec), label)
    assert (over_http.markup, over_http.method) == (page, "http")
    declaring = page.replace("<title>", f'<meta charset="{label}"><title>')
    in_page = decode(declaring.encode(codec))
    assert (in_page.markup, in_page.method) == (declaring, "meta")
    undeclared = decode((page * 5).encode(codec))
    assert undeclared.markup == page * 5


def test_an_xml_declaration_counts_and_a_comment_does_not() -> None:
    xml = f'<?xml version="1.0" encoding="windows-874"?><html><p>{THAI}</p></html>'
    assert decode(xml.encode("cp874")).method == "meta"
    commented = f"<!-- <meta charset=koi8-r> --><html><p>{THAI * 3}</p></html>"
    assert decode(commented.encode("cp874")).charset == "windows-874"


def test_a_mark_that_lies_is_ignored() -> None:
    content = b"\xef\xbb\xbf" + (THAI * 5).encode("cp874")
    assert decode(content).markup == THAI * 5


def test_one_bad_byte_in_a_khmer_page_is_one_replacement() -> None:
    page = f"<html><head></head><body><p>{KHMER * 50}</p></body></html>".encode()
    damaged = page[:1000] + b"\xff" + page[1000:]
    decoded = decode(damaged)
    assert decoded.charset == "utf-8"
    assert decoded.markup.count("\ufffd") <= 3
    assert decoded.markup.count("មនុស្ស") >= 49


def test_more_damage_is_still_utf8_but_detected() -> None:
    page = bytearray((KHMER * 50).encode())
    for at in random.Random(3).sample(range(len(page)), 60):
        page[at] = 0xFF
    decoded = decode(bytes(page), "utf-8")
    assert (decoded.charset, decoded.method) == ("utf-8", "detected")


STRAY = {
    "a byte that UTF-8 never has": b"\xff",
    "a lead byte alone": b"\xc3",
    "a trail byte alone": b"\x80",
    "a cut character": b"\xe2\x80",
    "a quotation mark of windows-1252": b"\x92",
}


@pytest.mark.parametrize("stray", STRAY.values(), ids=STRAY)
@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize(
    "sentence",
    [
        "Barangay Biñan ay may bagong aklatan. ",
        "Kata beliau, “kita mesti bersatu” dalam ucapan itu. ",
        "Sekolah baru dibuka bulan depan. ",
        "Bapak lan ibu tindak menyang balé désa. ",
    ],
)
def test_a_declared_utf8_page_with_a_stray_byte_stays_utf8(
    sentence: str, count: int, stray: bytes
) -> None:
    start = b"<html><head><meta charset=utf-8></head><p>"
    text = (sentence * count).encode()
    for at in (0, len(text)):
        decoded = decode(start + text[:at] + stray + text[at:] + b"</p>")
        assert (decoded.charset, decoded.method) == ("utf-8", "meta")
        assert decoded.markup.count(sentence) == count
        assert decoded.markup.count("\ufffd") == 1


def test_a_stray_byte_makes_no_page_the_charset_that_its_server_adds_to_everything() -> None:
    page = "<p>Lungsod ng Las Piñas at Parañaque</p>".encode() + b"\xff"
    assert decode(page, "iso-8859-1").charset == "utf-8"
    assert decode(page).charset == "utf-8"


def test_letters_of_another_charset_are_not_strays_of_utf8() -> None:
    assert decode("déjà vu à l'été".encode("cp1252"), "utf-8").charset == "windows-1252"
    assert decode((THAI[:40]).encode("cp874"), "utf-8").charset == "windows-874"


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_windows_874_page_with_undefined_bytes_is_kept(count: int) -> None:
    page = bytearray((THAI * 30).encode("cp874"))
    for number in range(count):
        page[60 * number + 7] = 0xFD  # not assigned in TIS-620
    for label in ("windows-874", None):
        decoded = decode(bytes(page), label)
        assert decoded.charset == "windows-874"
        assert decoded.markup.count("\ufffd") == count


def test_nul_bytes_are_taken_out() -> None:
    assert decode(b"<p>he\0llo</p>").markup == "<p>hello</p>"


def test_what_no_charset_explains_is_undecodable() -> None:
    mixed = (KHMER * 3).encode() + bytes(range(0x80, 0x100)) * 3
    decoded = decode(mixed)
    assert decoded.reason == "decode/undecodable"
    assert decoded.markup == ""


@given(st.binary(max_size=600), st.one_of(st.none(), st.sampled_from(["utf-8", "tis-620", "?"])))
def test_any_bytes_decode_or_have_a_reason(content: bytes, charset: str | None) -> None:
    decoded = decode(content, charset)
    assert (decoded.reason is None) != (decoded.charset is None)
    assert decoded.reason is None or decoded.reason in REASONS
    decoded.markup.encode("utf-8")  # no surrogates
    assert "\0" not in decoded.markup


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1))
def test_utf8_text_comes_back(text: str) -> None:
    page = f"<p>{text}</p>"
    decoded = decode(page.encode(), "utf-8")
    assert (decoded.markup, decoded.charset) == (page, "utf-8")


@given(st.text(st.sampled_from(THAI), min_size=20, max_size=200))
def test_a_cut_page_loses_only_its_last_character(text: str) -> None:
    content = text.encode()
    assert text.startswith(decode(content[:-1], "utf-8").markup)


def test_the_stage_gives_reasons_and_keeps_rows() -> None:
    batch = Batch(
        {"_content": [b"%PDF-1.4", KHMER.encode(), b""], "_charset": [None, "utf-8", None]}
    )
    done = Decode().process(batch)
    assert list(done["reason"]) == ["decode/binary", None, None]
    assert list(done["_markup"]) == ["", KHMER, ""]
    assert list(done["charset"]) == [None, "utf-8", "utf-8"]
    assert list(done["charset_method"]) == [None, "http", "utf-8"]
    assert {field.name for field in Decode.fields} <= set(done.columns)


@pytest.mark.parametrize("word", ["ผู้ใช้", "ภาษาไทย", "คู่มือ", THAI])
@pytest.mark.parametrize("strays", [b"", b"\xfe", b"\xdb\xdc\xfd"])
def test_a_little_thai_with_stray_bytes_is_what_it_is_declared_to_be(
    word: str, strays: bytes
) -> None:
    page = b"<p>" + word.encode("cp874") + b"</p><p>" + strays + b"</p>"
    for charset in ("windows-874", "tis-620"):
        decoded = decode(page, charset)
        assert (decoded.charset, decoded.method) == ("windows-874", "http")
        assert decoded.markup == f"<p>{word}</p><p>{chr(0xFFFD) * len(strays)}</p>"


def test_other_text_that_is_declared_to_be_thai_is_not() -> None:
    for text, codec in (("Привет, мир и люди", "koi8-r"), ("déjà vu à la carte", "cp1252")):
        assert decode(text.encode(codec), "windows-874").charset != "windows-874"
