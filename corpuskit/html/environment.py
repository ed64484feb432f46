"""The Jinja environment of all pages, which escapes whatever strangers wrote."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from corpuskit.display import mask, printable
from corpuskit.progress import counted, data_size

RIGHT_TO_LEFT: Final = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"})
"""ISO 15924 codes of scripts that are written from right to left."""
_TWO_LETTERS: Final = {
    "ara": "ar", "ben": "bn", "deu": "de", "dzo": "dz", "eng": "en", "fra": "fr", "hin": "hi",
    "ind": "id", "ita": "it", "jav": "jv", "jpn": "ja", "khm": "km", "kor": "ko", "lao": "lo",
    "mya": "my", "nld": "nl", "por": "pt", "rus": "ru", "spa": "es", "sun": "su", "tam": "ta",
    "tgl": "tl", "tha": "th", "vie": "vi", "zho": "zh",
}  # fmt: skip
"""Where a language has a code of two letters, BCP 47 (RFC 5646, section 2.2.1) asks for it. Those
of the catalogue, and those that its languages are taken for most."""
_NOT_IN_HTML: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that an HTML page must not hold (HTML standard, section 13.2.3.5)."""


def render(template: str, **values: Any) -> str:
    """A template of `templates/` filled with values."""
    page = _environment().get_template(template).render(**values)
    return _NOT_IN_HTML.sub("\ufffd", page)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("corpuskit.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": lambda value: f"{value:,}",
        "share": share,
        "size": data_size,
        "counted": counted,
        "line": lambda value: printable(mask(str(value))),
        "code": code,
        "bcp47": bcp47,
        "direction": direction,
        "script": script_of,
        "short": lambda value: f"{value:.4g}",
    }
    return environment


def code(text: str) -> Markup:
    """A name such as `quality/top_2gram_char_fraction` as code that may break behind its parts."""
    parts = re.split("(?<=[_/])", printable(mask(str(text))))
    return Markup("<code>{}</code>").format(Markup("<wbr>").join(parts))


def share(part: float, whole: float) -> str:
    """`12.3 %`; `< 0.1 %` for what would be rounded to nothing."""
    percent = 100 * part / whole if whole else 0.0
    return "< 0.1 %" if 0 < percent < 0.1 else f"{percent:.1f} %"


def script_of(code: str | None) -> str:
    """`Khmr` of `khm_Khmr`; nothing where the language is unknown."""
    script = (code or "").partition("_")[2]
    return script if script.isalpha() and script.isascii() else ""


def bcp47(code: str | None) -> str:
    """A language code as HTML's attribute `lang` has it: `km-Khmr`; nothing where unknown."""
    language = (code or "").partition("_")[0]
    script = script_of(code)
    return f"{_TWO_LETTERS.get(language, language)}-{script}" if script else ""


def direction(code: str | None) -> str:
    """`rtl`, `ltr`, or `auto` where the script is unknown."""
    script = script_of(code)
    return ("rtl" if script in RIGHT_TO_LEFT else "ltr") if script else "auto"
