"""Labels mean what the Encoding Standard says, and nothing else decodes."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.markup.charsets import DETECTABLE, charset_of


@pytest.mark.parametrize(
    ("label", "name"),
    [
        # labels of section 4.2 of the Encoding Standard, a few per encoding
        *((label, "utf-8") for label in ("UTF-8", "utf8", "unicode-1-1-utf-8")),
        *(
            (label, "windows-1252")
            for label in ("iso-8859-1", "latin1", "us-ascii", "l1", "cp1252")
        ),
        *((label, "windows-874") for label in ("tis-620", "iso-8859-11", "windows-874", "dos-874")),
        *((label, "windows-1254") for label in ("iso-8859-9", "latin5", "x-cp1254")),
        *((label, "windows-1258") for label in ("windows-1258", "cp1258", "x-cp1258")),
        *((label, "gbk") for label in ("gb2312", "gbk", "x-gbk", "chinese", "gb_2312-80")),
        *((label, "shift_jis") for label in ("sjis", "ms_kanji", "windows-31j", "x-sjis")),
        *((label, "euc-kr") for label in ("euc-kr", "ks_c_5601-1987", "windows-949")),
        ("gb18030", "gb18030"),
        ("big5-hkscs", "big5"),
        ("koi8-r", "koi8-r"),
        ("iso-8859-8-i", "iso-8859-8"),
        ("utf-16", "utf-16le"),
        ("  'Windows-1252';", "windows-1252"),  # as headers and templates mangle it
    ],
)
def test_a_label_means_what_the_web_means(label: str, name: str) -> None:
    charset = charset_of(label)
    assert charset is not None
    assert charset.name == name


@pytest.mark.parametrize(
    "label", [None, "", "none", "rot13", "base64", "utf-7", "unicode_escape", "idna", "a\0b", "é"]
)
def test_what_is_no_charset_of_the_web_is_unknown(label: str | None) -> None:
    assert charset_of(label) is None


@given(st.text(max_size=60))
def test_any_label_gives_a_codec_or_none(label: str) -> None:
    charset = charset_of(label)
    assert charset is None or codecs.lookup(charset.codec)


def test_every_detectable_name_is_a_charset_of_the_web() -> None:
    assert [name for name in DETECTABLE if charset_of(name) is None] == []
