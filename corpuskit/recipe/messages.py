"""The words in which mistakes of a recipe are reported."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from corpuskit.errors import Problem
from corpuskit.recipe.models import Recipe


def guess(word: str, known: Iterable[str]) -> str | None:
    """`did you mean 'x'?`, or None."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else None


def explain(error: ValidationError, file: str) -> list[Problem]:
    """One Problem per error of pydantic in a whole recipe."""
    return [problem_of(details, file, Recipe) for details in error.errors(include_url=False)]


def problem_of(details: Mapping[str, Any], file: str, model: type[BaseModel]) -> Problem:
    """One error of pydantic in plain words; `model` is the table that its location starts from."""
    location, kind = details["loc"], details["type"]
    key = dotted(location)
    if kind == "extra_forbidden":
        known = _keys_beside(location, model)
        hint = guess(str(location[-1]), known) or _there_are(known)
        return Problem(file, key, "unknown key", hint)
    if kind == "missing":
        return Problem(file, key, "missing", _described(location, model))
    value = details.get("input")
    message = f"expected {_expected(details)}, got {_shown(value)}"
    hint = f'write it as ["{value}"]' if kind in _LISTS and isinstance(value, str) else None
    return Problem(file, key, message, hint)


_LISTS: Final = ("tuple_type", "list_type", "set_type", "frozen_set_type")
_TABLES: Final = ("dict_type", "model_type", "model_attributes_type", "dataclass_type")
_PREFIXES: Final = (
    "Value error, ", "Input should be ", "String should match pattern ", "String should have ",
    "String should ", "List should have ", "Tuple should have ",
)  # fmt: skip
"""Beginnings of pydantic's messages; what follows them reads well after "expected"."""
_LONGEST_VALUE: Final = 200


def _expected(details: Mapping[str, Any]) -> str:
    if details["type"] in _LISTS:
        return "a list"
    if details["type"] in _TABLES:
        return "a table"
    message: str = details["msg"]
    for prefix in _PREFIXES:
        if message.startswith(prefix):
            message = message.removeprefix(prefix)
            break
    else:
        message = message[:1].lower() + message[1:]
    return message.replace("a valid ", "a ").replace("valid boolean", "true or false")


def _shown(value: object) -> str:
    """A value as TOML writes true and false, and not longer than a line."""
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def dotted(location: Iterable[str | int]) -> str:
    """('source', 0, 'path') as source[1].path: people count from one."""
    key = ""
    for part in location:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        else:
            key += f".{part}" if key else part
    return key


def _model_at(location: Iterable[str | int], model: type[BaseModel]) -> type[BaseModel] | None:
    """The table's model that a location leads into."""
    for part in location:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        if field is None:
            return None
        inner = field.annotation
        candidates = [inner, *getattr(inner, "__args__", ())]
        tables = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        if not tables:
            return None
        model = tables[0]
    return model


def _keys_beside(location: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    table = _model_at(location[:-1], model)
    return [name for name in table.model_fields if name != "path"] if table else []


def _there_are(known: list[str]) -> str | None:
    return f"there are {', '.join(known)}" if known else None


def _described(location: tuple[str | int, ...], model: type[BaseModel]) -> str | None:
    table = _model_at(location[:-1], model)
    field = table.model_fields.get(str(location[-1])) if table else None
    return field.description if field else None
