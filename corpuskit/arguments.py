"""Arguments of public functions: a wrong type is a TypeError that says what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def as_texts(function: str, texts: Iterable[str | None]) -> list[str]:
    """The texts as a list; an Arrow column may be given, whose nulls become empty texts.

    TypeError if `texts` is one string, or holds anything but strings.
    """
    if isinstance(texts, str | bytes):
        raise TypeError(f"{function} takes a list of texts, got one {_kind(texts)}; write [text]")
    to_pylist: Any = getattr(texts, "to_pylist", None)
    if to_pylist is not None:
        return [as_text(function, "" if text is None else text) for text in to_pylist()]
    try:
        listed = list(texts)
    except TypeError:
        raise TypeError(f"{function} takes a list of texts, got {_kind(texts)}") from None
    for number, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(
                f"{function} takes a list of strings; item {number} is {_kind(text)}: {text!r:.60}"
            )
    return [text for text in listed if isinstance(text, str)]


def as_text(function: str, text: object) -> str:
    """The text itself; TypeError if it is not a string."""
    if not isinstance(text, str):
        raise TypeError(f"{function} takes a string, got {_kind(text)}: {text!r:.60}")
    return text


def _kind(value: object) -> str:
    names = {"str": "string", "NoneType": "None"}
    return names.get(type(value).__name__, type(value).__name__)
