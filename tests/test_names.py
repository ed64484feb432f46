"""One name, one meaning; one fact, one place: in the whole package."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

import corpuskit
from corpuskit import registry
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.magic import MAGIC_NUMBERS
from corpuskit.names import DEFAULT_MODEL, EMBEDDED_MODEL_NAMES, SOURCE_TYPES

PACKAGE = Path(corpuskit.__file__).parent


@cache
def _nodes() -> dict[str, list[ast.AST]]:
    """The syntax of every module."""
    return {
        file.relative_to(PACKAGE).as_posix(): list(
            ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        )
        for file in sorted(PACKAGE.rglob("*.py"))
    }


def _classes() -> dict[str, list[str]]:
    """Every class name, public or private and at whatever depth, with the modules defining it."""
    modules: dict[str, list[str]] = defaultdict(list)
    for name, nodes in _nodes().items():
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                modules[node.name].append(name)
    return modules


def _literals(value: str | bytes) -> list[str]:
    """The module of every literal that is this value, or quotes it within a text."""
    quoted = f'"{value}"' if isinstance(value, str) else value
    return [
        name
        for name, nodes in _nodes().items()
        for node in nodes
        if isinstance(node, ast.Constant)
        and type(node.value) is type(value)
        and (node.value == value or (isinstance(value, str) and quoted in node.value))
    ]


def test_no_class_name_is_defined_twice() -> None:
    twice = {name: where for name, where in _classes().items() if len(where) > 1}
    assert not twice, f"class names with two meanings: {twice}"


def test_an_unknown_license_has_one_name() -> None:
    assert _literals(NOASSERTION) == ["licenses.py"]


@pytest.mark.parametrize("model", EMBEDDED_MODEL_NAMES)
def test_an_embedded_model_is_named_in_one_place(model: str) -> None:
    example = ["identify/training/seeds.py"] if model == "sea-2" else []  # a seeds TOML
    written = [] if model == DEFAULT_MODEL else ["names.py"]  # the default is put together
    assert _literals(model) == example + written


def test_magic_numbers_are_listed_in_one_place() -> None:
    """A reader may ask for the formats that it opens; more than three are a second table."""
    magics = {row.magic for row in MAGIC_NUMBERS}
    written = Counter(name for magic in magics for name in _literals(magic))
    assert written.pop("magic.py") == len(magics)
    assert {name: count for name, count in written.items() if count > 3} == {}


def test_every_connector_has_a_listed_source_type() -> None:
    names = registry.BUILT_IN["corpuskit.connectors"]
    assert {registry.connector(name).source_type for name in names} == set(SOURCE_TYPES)


def test_source_types_are_listed_in_one_place() -> None:
    listed = ", ".join(SOURCE_TYPES[1:4])
    assert not [name for name in PACKAGE.rglob("*.py") if listed in name.read_text("utf-8")]
