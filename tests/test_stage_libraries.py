"""Every stage names the libraries that can change its output, and the reasons it can set."""

from __future__ import annotations

import ast
import sys
from functools import cache
from importlib.metadata import packages_distributions, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from corpuskit import registry

STAGES = ("decode", "screen", "extract", "signals", "signature")
"""The stages that declare their libraries."""

CARRIERS = {"pyarrow", "pydantic", "pydantic-core", "requests", "urllib3"}
"""Libraries that hold or fetch values and do not decide them."""

UNUSED = {
    "decode": {"icu4py": "a batch can cut its texts into words; bytes have none"},
    "screen": {
        "icu4py": "the model cuts words by its own rule; only constants of text/words.py are used",
        "tldextract": "evidence from outside the text, which the screen does not weigh",
    },
    "extract": {
        "beautifulsoup4": "only `extract_html` decodes; the stage is handed characters",
        "icu4py": "a batch can cut its texts into words; extraction does not ask for them",
        "numpy": "only `extract_html` decodes",
    },
    "signature": {"icu4py": "shingles are code points; they need no words"},
}
"""Imported somewhere below a stage and without effect on its output, with the reason."""


@cache
def _imports(module: str) -> frozenset[str]:
    """Modules that a module imports, at its top or inside a function; not for types alone."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return frozenset()
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            if node.module.startswith("corpuskit"):
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                names |= {name for name in inner if _exists(name)}
    return frozenset(names)


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a name inside a module
        return False


def _distributions(module: str) -> set[str]:
    """PyPI names of everything that a module of ours and the modules it uses import."""
    queue, visited, outside = [module], set[str](), set[str]()
    while queue:
        name = queue.pop()
        if name in visited:
            continue
        visited.add(name)
        for imported in _imports(name):
            if imported.split(".")[0] == "corpuskit":
                queue.append(imported)
            elif imported.split(".")[0] not in sys.stdlib_module_names:
                outside.add(imported.split(".")[0])
    known = packages_distributions()
    return {canonicalize_name(known[name][0]) for name in outside}


def _required(names: set[str]) -> set[str]:
    """Distributions that these require, those that the required ones require included."""
    queue, visited = list(names), set[str]()
    while queue:
        for text in requires(queue.pop()) or ():
            requirement = Requirement(text)
            name = canonicalize_name(requirement.name)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and name not in visited:
                visited.add(name)
                queue.append(name)
    return visited


def _declared(stage: Any) -> set[str]:
    return {canonicalize_name(name) for name in stage.libraries}


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_declares_every_library_below_it(name: str) -> None:
    stage = registry.stage(name)
    unused = UNUSED.get(name, {}).keys()
    below = _distributions(stage.__module__)
    assert unused <= below, "an exception that no import asks for"
    assert below - CARRIERS - unused <= _declared(stage)


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_declares_no_library_that_it_cannot_use(name: str) -> None:
    stage = registry.stage(name)
    below = _distributions(stage.__module__)
    through_an_extra = {"lxml-html-clean"}  # of lxml, which justext asks for
    assert _declared(stage) <= below | _required(below) | through_an_extra
    assert all(version(library) for library in stage.libraries)


@pytest.mark.parametrize("name", STAGES)
def test_the_reasons_of_a_stage_start_with_its_name(name: str) -> None:
    stage = registry.stage(name)
    assert stage.name == name
    assert all(reason.startswith(f"{name}/") for reason in stage.reasons)
    assert all(meaning.endswith(".") for meaning in stage.reasons.values())


def test_the_reasons_of_a_stage_are_those_in_its_code() -> None:
    counts = {name: len(registry.stage(name).reasons) for name in STAGES}
    assert counts == {"decode": 2, "screen": 2, "extract": 5, "signals": 0, "signature": 0}
