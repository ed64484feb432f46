"""Templates that stand for text, of the same name and meaning on most wikis.

Nothing is expanded: a dump of articles does not hold what templates would need. These show one of
their arguments, or a character, so that leaving them out would break the sentence around them.
"""

from __future__ import annotations

import re
from typing import Any, Final

from corpuskit.text.raised import RAISED

FIRST: Final = frozenset({
    "abbr", "abbreviation", "b", "bold", "big", "block indent", "center", "centre", "circa", "em",
    "flag", "flagcountry", "gloss", "i", "italic", "keypress", "larger", "link-interwiki",
    "nihongo", "nobold", "nobr", "noitalic", "nowrap", "q-inline", "ruby",
    "small", "smaller", "strong", "tooltip", "u", "val",
})  # fmt: skip
"""Templates that show their first argument."""

LAST: Final = frozenset({"color", "colour", "font color", "lang", "script", "transl", "unicode"})
"""Templates that show their last argument, a code or a color before it."""

LINKS: Final = frozenset({"w", "wp", "wikipedia-inline", "s-link"})
"""Links to other wikis: their second argument is the text, the first where there is none."""

QUOTES: Final = frozenset({
    "blockquote", "bquote", "centered quote", "cquote", "kutipan", "petikan", "poem quote",
    "poemquote", "quotation", "quote", "trích dẫn", "คำพูด", "อ้างคำพูด",
})  # fmt: skip
"""Templates that show their first argument, or `text` or `quote`, as a paragraph."""

CONVERSIONS: Final = frozenset({"convert", "cvt", "đổi", "konversi", "แปลงหน่วย"})
"""Templates that show a measure and convert it: the part before the conversion is kept."""

CHARACTERS: Final = {
    "!": "|", "=": "=", "nbsp": "\u00a0", "space": " ", "gap": " ", "spaces": " ", "snd": " – ",
    "spnd": " – ", "spaced ndash": " – ", "ndash": "–", "en dash": "–", "mdash": "—",
    "em dash": "—", "·": "·", "middot": "·", "dot": " · ", "•": " · ", "bullet": " • ", "'": "'",
    "\"": '"', "zwsp": "\u200b", "zwj": "\u200d", "zwnj": "\u200c", "pi": "π", "euro": "€",
}  # fmt: skip

_LANGUAGE: Final = re.compile(r"lang-[a-z-]+")
_NUMBER: Final = re.compile(r"[+\-−–]?[\d\u0660-\u0669][\d.,/+e×^\u00b7\u0660-\u0669-]*")
_JOINERS: Final = {
    "to": "–", "to(-)": "–", "-": "–", "–": "–", "x": " × ", "by": " × ", "×": " × ", "*": " × ",
    "and": ", ", "and(-)": ", ", "or": " / ", "+/-": " ± ", "±": " ± ",
}  # fmt: skip
_UNITS: Final = {
    "km2": "km²", "sqkm": "km²", "m2": "m²", "sqm": "m²", "cm2": "cm²", "m3": "m³", "cm3": "cm³",
    "sqmi": "mi²", "sqft": "ft²", "cuft": "ft³", "c": "°C", "f": "°F", "°c": "°C", "°f": "°F",
    "kph": "km/h", "km/h": "km/h", "l": "L", "impgal": "gal", "usgal": "gal",
}  # fmt: skip


_SHOWN: Final = (
    (frozenset({"ill", "interlanguage link"}), ("lt", "1")),
    (frozenset({"langx"}), ("2",)),  # {{langx|km|text|transliteration}}
    (QUOTES, ("1", "text", "quote")),
    (LINKS, ("2", "1")),
    (FIRST | RAISED, ("1", "text")),
)
"""Names of templates -> names of the argument that they show, the first that is there."""


def argument_of(template: Any, name: str) -> Any | None:
    """The wikicode of the argument that a template shows; None if it shows none.

    `name` is the template's name in lower case.
    """
    if name in LAST:
        count = sum(1 for param in template.params if str(param.name).strip().isdecimal())
        return _value(template, str(count))
    for names, arguments in _SHOWN:
        if name in names:
            return _value(template, *arguments)
    return _value(template, "1", "text") if _LANGUAGE.fullmatch(name) else None


def _value(template: Any, *names: str) -> Any | None:
    for name in names:
        if template.has(name, ignore_empty=True):
            return template.get(name).value
    return None


def measure_of(template: Any) -> str:
    """The measure of a conversion as it was given: `5–6 km` of `{{convert|5|to|6|km|mi}}`."""
    values = [str(param.value).strip() for param in template.params if not param.showkey]
    shown: list[str] = []
    for value in values:
        if _NUMBER.fullmatch(value):
            shown.append(value)
        elif value.casefold() in _JOINERS and shown:
            shown.append(_JOINERS[value.casefold()])
        else:
            unit = _UNITS.get(value.casefold(), value)
            return "".join(shown) + (f" {unit}" if shown and unit else "")
    return "".join(shown)
