"""The words of the interface, one TOML per language."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

INTERFACE_LANGUAGES: Final = {
    "en": "English",
    "id": "Bahasa Indonesia",
    "km": "ភាសាខ្មែរ",
    "th": "ไทย",
    "vi": "Tiếng Việt",
}
"""The languages that the interface speaks, each by its own name."""

_FOLDER: Final = Path(__file__).with_name("interface")


@cache
def interface_text(code: str) -> dict[str, str]:
    """The words of the interface in a language, by key."""
    text = (_FOLDER / f"{code}.toml").read_text(encoding="utf-8")
    return {key: str(words) for key, words in tomllib.loads(text).items()}


def preferred_language(accepted: str) -> str:
    """The first language of a header `Accept-Language` that the interface speaks, else English."""
    for entry in accepted[:500].split(","):
        code = re.split("[-;]", entry.strip(), maxsplit=1)[0].lower()
        if code in INTERFACE_LANGUAGES:
            return code
    return "en"
