"""The words in which mistakes of a recipe are reported."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from corpuskit.errors import Problem
from corpuskit.recipe.about import VERSION_PATTERN
from corpuskit.recipe.answerable import LIST_NAME_PATTERN
from corpuskit.recipe.models import NAME_PATTERN


def closest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The word that another one may be a misspelling of, or None; `cutoff` as in `difflib`."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)


def guess(word: str, known: Iterable[str]) -> str | None:
    """`did you mean 'x'?`, or None."""
    close = closest(word, known)
    return f"did you mean {close!r}?" if close else None


def problems_of(
    error: ValidationError, file: str, model: type[BaseModel], data: Mapping[str, Any]
) -> list[Problem]:
    """The errors of pydantic over a table `data` in plain words, one Problem for each key.

    `model` is the table's model. Where a value may be of several types, pydantic reports each of
    them; here they are one Problem.
    """
    by_location: dict[Location, list[Mapping[str, Any]]] = {}
    for details in error.errors(include_url=False):
        if not _is_echo(details):
            by_location.setdefault(_location_of(details, data), []).append(details)
    return [_problem_at(location, by_location[location], file, model) for location in by_location]


Location = tuple[str | int, ...]
"""The way into a table: keys, and places in lists counted from 0."""


def _is_echo(details: Mapping[str, Any]) -> bool:
    """Whether a list is only called too short because its items are wrong."""
    items = details.get("input")
    return details["type"] == "too_short" and isinstance(items, list | tuple) and len(items) > 0


def _location_of(details: Mapping[str, Any], data: Any) -> Location:
    """The key that an error is about. Behind it pydantic may name the type that it tried, or that
    the key itself is wrong (`[key]`)."""
    location: Location = details["loc"]
    if details["type"] == "missing":
        return location
    for depth, part in enumerate(location):
        is_item = isinstance(data, list | tuple) and isinstance(part, int) and part < len(data)
        if not is_item and not (isinstance(data, Mapping) and part in data):
            return location[:depth]
        data = data[part]
    return location


def _problem_at(
    location: Location, errors: Sequence[Mapping[str, Any]], file: str, model: type[BaseModel]
) -> Problem:
    details = errors[0]
    kind, value, key = details["type"], details.get("input"), dotted(location)
    if kind == "extra_forbidden":
        known = _keys_beside(location, model)
        hint = guess(str(location[-1]), known) or _there_are(known)
        return Problem(file, key, "unknown key", hint)
    if kind == "missing":
        return Problem(file, key, "missing", _described(location, model))
    if kind == "value_error":
        statement = details["msg"].removeprefix("Value error, ")
        got = f", got {shown(value)}" if statement.startswith("expected ") else ""
        return Problem(file, key, f"{statement}{got}")
    expected = " or ".join(dict.fromkeys(_expected(error) for error in errors))
    hint = None
    if location == ("source",):
        hint = _described(location, model)
    elif kind in _LISTS and isinstance(value, str):
        hint = f'write it as ["{value}"]'
    return Problem(file, key, f"expected {expected}, got {shown(value)}", hint)


_LISTS: Final = ("tuple_type", "list_type", "set_type", "frozen_set_type")
_TABLES: Final = ("dict_type", "model_type", "model_attributes_type", "dataclass_type")
_TYPES: Final = (
    (_LISTS, "a list"),
    (_TABLES, "a table"),
    (("bool_",), "true or false"),
    (("date",), "a date such as 2026-11-30"),
)
"""Beginnings of pydantic's kinds of errors, and the type that each expects."""
_PATTERNS: Final = {
    NAME_PATTERN: "letters, digits, `.`, `_` or `-`, the first a letter or digit",
    VERSION_PATTERN: "three numbers MAJOR.MINOR.PATCH such as 1.0.0",
    LIST_NAME_PATTERN: "up to 61 small letters, digits or `_`, the first a letter",
    r"^[a-z]{3}_[A-Z][a-z]{3}$": "a language such as `khm_Khmr`",
    r"^[0-9a-f]{64}$": "a sha256 of 64 hexadecimal digits",
    r"^[0-9a-f]{40}$": "a sha1 of 40 hexadecimal digits",
    "^https?://": "a URL that begins with http:// or https://",
}
"""What regular expressions of options stand for."""
_BOUNDS: Final = {
    "greater_than_equal": "{ge} or more",
    "greater_than": "more than {gt}",
    "less_than_equal": "{le} or less",
    "less_than": "less than {lt}",
}
_PREFIXES: Final = (
    "Input should be ", "String should match pattern ", "String should have ", "String should ",
    "List should have ", "Tuple should have ",
)  # fmt: skip
"""Beginnings of pydantic's messages; what follows them reads well after "expected"."""
_LONGEST_VALUE: Final = 200


def _expected(details: Mapping[str, Any]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    for beginnings, words in _TYPES:
        if kind.startswith(beginnings):
            return words
    if kind == "too_short":
        least = context["min_length"]
        return f"at least {least} item{'s' * (least != 1)}"
    if kind == "string_pattern_mismatch" and context["pattern"] in _PATTERNS:
        return _PATTERNS[context["pattern"]]
    if kind in _BOUNDS:
        bounds = {name: _number(bound) for name, bound in context.items()}
        return _BOUNDS[kind].format(**bounds)
    return _plain(details["msg"])


def _number(bound: float) -> str:
    return f"{int(bound):,}" if bound == int(bound) else f"{bound:g}"


def _plain(message: str) -> str:
    """A message of pydantic as it reads after "expected"."""
    for prefix in _PREFIXES:
        if message.startswith(prefix):
            message = message.removeprefix(prefix)
            break
    else:
        message = message[:1].lower() + message[1:]
    return message.partition(", unable to ")[0].replace("a valid ", "a ")


def shown(value: object) -> str:
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


def _keys_beside(location: Location, model: type[BaseModel]) -> list[str]:
    table = _model_at(location[:-1], model)
    return [name for name in table.model_fields if name != "path"] if table else []


def _there_are(known: list[str]) -> str | None:
    return f"there are {', '.join(known)}" if known else None


def _described(location: Location, model: type[BaseModel]) -> str | None:
    table = _model_at(location[:-1], model)
    field = table.model_fields.get(str(location[-1])) if table else None
    return field.description if field else None
