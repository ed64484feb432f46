"""Bytes are told apart before any declaration is read."""

from __future__ import annotations

import gzip
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.markup.byte_kinds import _utf16_by_counts, binary_kind, bom_of, unmarked_utf16

KHMER = "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងសមភាព"
THAI = "มนุษย์ทั้งหลายเกิดมามีอิสระ และเสมอภาค"


@pytest.mark.parametrize("text", [KHMER, THAI, "All human beings", f"<html><p>{KHMER}</p>"])
def test_utf16_without_a_mark_is_seen(text: str) -> None:
    assert unmarked_utf16(text.encode("utf-16-le")) == "utf-16le"
    assert unmarked_utf16(text.encode("utf-16-be")) == "utf-16be"


@pytest.mark.parametrize(
    "content",
    [
        KHMER.encode(),
        THAI.encode("cp874"),
        b"All human beings are born free",
        f"<html><p>{KHMER}</p>".encode(),
        b"",
        b"a",
        b"NUL\0 here and \0 there in a text",
    ],
)
def test_other_text_is_not_utf16(content: bytes) -> None:
    assert unmarked_utf16(content) is None
    assert binary_kind(content) is None


def test_byte_order_marks() -> None:
    assert bom_of("x".encode("utf-8-sig")) == ("utf-8", 3)
    assert bom_of(b"\xff\xfex\0") == ("utf-16le", 2)
    assert bom_of(b"\xfe\xff\0x") == ("utf-16be", 2)
    assert bom_of(b"\xff\xfe\0\0x\0\0\0") == ("utf-32le", 4)
    assert bom_of(b"x") is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\n\n%PDF-1.4\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0", "png"),
        (gzip.compress(b"text"), "gzip"),
        (b"PK\x03\x04rest", "zip"),
        (b"\0\0\0\x18ftypmp42", "mp4"),
        (random.Random(1).randbytes(5_000), "control characters"),
    ],
)
def test_binary_data_is_named(content: bytes, kind: str) -> None:
    assert binary_kind(content) == kind


_UTF16_TEXT = st.text(st.sampled_from("ab <>1ខ្មែរไทย"), max_size=60).map(
    lambda text: text.encode("utf-16-le")
)


@given(st.one_of(st.binary(max_size=200), _UTF16_TEXT))
def test_a_look_for_zero_bytes_finds_what_the_counts_find(content: bytes) -> None:
    assert unmarked_utf16(content) == _utf16_by_counts(content)


@given(st.binary(max_size=400))
def test_control_characters_are_counted_as_a_pattern_counts_them(content: bytes) -> None:
    content = b"x" + content  # no magic number
    controls = len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", content))
    assert (binary_kind(content) is not None) == (controls > max(8, 0.05 * len(content)))
