"""Charset labels as the web means them.

The Encoding Standard (https://encoding.spec.whatwg.org, section 4.2) maps labels to fewer
encodings than the labels' own standards do: `iso-8859-1` is windows-1252, `tis-620` is
windows-874, `gb2312` is GBK. Python knows most labels; these tables map the codec that Python
finds to the encoding that the web uses.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True)
class Charset:
    """An encoding of the web: the name of the Encoding Standard and Python's codec for it."""

    name: str
    codec: str


_CODECS: Final[dict[str, str]] = {
    "utf-8": "utf-8",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "utf-32le": "utf-32-le",  # not in the Encoding Standard, but a BOM may announce it
    "utf-32be": "utf-32-be",
    "ibm866": "cp866",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-874": "cp874",
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (*range(2, 9), 10, 13, 14, 15, 16)},
    "gbk": "gb18030",  # the standard decodes GBK with gb18030's decoder
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
"""Name in the Encoding Standard -> Python's codec."""

_SUPERSETS: Final[dict[str, str]] = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "iso8859-11": "windows-874",
    "tis-620": "windows-874",
    "gb2312": "gbk",
    "gbk": "gbk",
    "big5": "big5",
    "shift_jis": "shift_jis",
    "euc_kr": "euc-kr",
    "utf-8-sig": "utf-8",
    "utf-16": "utf-16le",
    "utf-32": "utf-32le",
}
"""Python's name of a codec -> the encoding that the web decodes it with."""

_UNKNOWN_TO_PYTHON: Final[dict[str, str]] = {
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",  # a MySQL name that pages declare
    "x-utf-8": "utf-8",
    "ucs-2": "utf-16le",
    "unicode": "utf-16le",
    "windows-874": "windows-874",
    "dos-874": "windows-874",
    "tis620": "windows-874",
    "x-tis-620": "windows-874",
    **{f"x-cp{page}": f"windows-{page}" for page in range(1250, 1259)},
    "x-ansi": "windows-1252",
    "ansi": "windows-1252",
    "x-gbk": "gbk",
    "x-x-big5": "big5",
    "cn-big5": "big5",
    "x-sjis": "shift_jis",
    "windows-31j": "shift_jis",
    "gb_2312-80": "gbk",
    "iso-8859-8-i": "iso-8859-8",
    "windows-949": "euc-kr",
    "x-euc-jp": "euc-jp",
    "x-mac-roman": "macintosh",
    "mac": "macintosh",
}
"""Labels seen on the web, or listed by the standard, that `codecs.lookup` does not know."""

_LABEL: Final = re.compile(r"[a-z0-9][a-z0-9_:.+ -]{0,39}")


def _names_by_codec() -> dict[str, str]:
    names = {codecs.lookup(codec).name: name for name, codec in reversed(_CODECS.items())}
    names |= {codecs.lookup(codec).name: name for codec, name in _SUPERSETS.items()}
    return names | {codecs.lookup("gb18030").name: "gb18030"}


_BY_CODEC: Final = _names_by_codec()


@lru_cache(maxsize=1024)
def charset_of(label: str | None) -> Charset | None:
    """The encoding that a declared label means; None without a label or for an unknown one.

    Python codecs that are not character encodings of the web (`rot13`, `unicode_escape`,
    `utf-7`, ...) count as unknown.
    """
    cleaned = (label or "").strip(" \t\r\n\f\"';,").lower()
    if not _LABEL.fullmatch(cleaned):
        return None
    name = _UNKNOWN_TO_PYTHON.get(cleaned)
    if name is None:
        try:
            name = _BY_CODEC.get(codecs.lookup(cleaned).name)
        except LookupError:
            return None
    return named(name) if name else None


def named(name: str) -> Charset:
    """The encoding with this name in the Encoding Standard."""
    return Charset(name, _CODECS[name])


DETECTABLE: Final[tuple[str, ...]] = tuple(
    sorted({codecs.lookup(codec).name.replace("-", "_") for codec in _CODECS.values()})
)
"""Codec names, as charset-normalizer writes them, of every encoding that the web uses."""
