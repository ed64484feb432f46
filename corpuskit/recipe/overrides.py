"""`--set KEY=VALUE`: change a key of a raw recipe before it is checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from corpuskit.errors import Problem
from corpuskit.recipe.source_checks import source_tables

_SOURCE = re.compile(r"source(?:\[(?P<number>[^\]]*)\])?\.(?P<rest>.+)")


def apply_override(data: dict[str, Any], override: str) -> Problem | None:
    """Set one key of `data`; returns a Problem if that is not possible.

    A source is named as messages name it, `source[1].path`, or by its name, `source.NAME.path`.
    """
    key, equals, value = override.partition("=")
    key = key.strip()
    if not equals or not key:
        return Problem("--set", override, "expected KEY=VALUE, such as dedup.threshold=0.9")
    if match := _SOURCE.fullmatch(key):
        return _set_in_source(data, key, match, value)
    return _set_in(data, key, key.split("."), value)


def _set_in(table: Any, key: str, path: Sequence[str], value: str) -> Problem | None:
    *parents, last = path
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            return Problem("--set", key, f"{parent!r} is not a table, so nothing in it can be set")
    table[last] = _parsed(value)
    return None


def _set_in_source(
    data: dict[str, Any], key: str, match: re.Match[str], value: str
) -> Problem | None:
    number, rest = match["number"], match["rest"]
    for place, table in source_tables(data):
        name = _name_of(table)
        if number is not None and place == f"source[{number}]":
            return _set_in(table, key, rest.split("."), value)
        if number is None and rest.startswith(f"{name}."):
            return _set_in(table, key, rest.removeprefix(f"{name}.").split("."), value)
    option = rest.rpartition(".")[2]
    listed = ", ".join(f"{place} is {_name_of(table)!r}" for place, table in source_tables(data))
    hint = f"write source[1].{option} or source.NAME.{option}"
    return Problem("--set", key, f"no such source; {listed or 'the recipe has none'}", hint)


def _name_of(table: dict[str, Any]) -> str:
    """The name of a raw [[source]]; that of the catalogue's entry if it has none itself."""
    return str(table.get("name") or str(table.get("use", "")).partition("/")[2])


def _parsed(value: str) -> Any:
    """A TOML value, or the text itself where it is not one."""
    try:
        parsed = tomllib.loads(f"value = {_as_toml(value)}")
    except (ValueError, RecursionError):
        return value
    return parsed["value"] if len(parsed) == 1 else value


def _as_toml(value: str) -> str:
    """Accept `.5`, which people write, as `0.5`, which TOML requires."""
    return f"0{value}" if re.fullmatch(r"\.\d+", value) else value
