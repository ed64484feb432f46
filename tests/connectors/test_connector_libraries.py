"""What connectors declare of the libraries that they read with, held against their imports."""

import ast
import sys
from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

import pytest

from corpuskit import registry
from corpuskit.connectors.base import Connector

ONLY_FETCH = {"certifi", "feedparser", "protego", "requests", "urllib3", "w3lib"}
"""They decide what is asked and kept, not how what was kept is read."""
CANNOT_CHANGE = {"numpy", "pydantic", "tldextract"}
"""Counting with arrays; reading options; the registrable domains of a build's later stages."""
ROOMS = ("corpuskit.connectors.", "corpuskit.markup.", "corpuskit.text.", "corpuskit.license")
"""Where code is that makes records; the workspace below them only keeps files."""
DECODING = {"beautifulsoup4", "charset-normalizer"}
NOT_FOR_READING = {
    "web": {"lxml", *DECODING},
    "oai": DECODING,
    "commoncrawl": {"pyarrow"},
    "documents": {"zstandard"},
}
"""Links of a live page and its opt-outs, the columnar index, and a codec beside the function that
opens files."""


def imported(module: str, seen: set[str]) -> set[str]:
    """Top-level modules that a module of ours imports, through others of ours too."""
    spec = find_spec(module)
    if module in seen or spec is None or spec.origin is None:
        return set()
    seen.add(module)
    names: set[str] = set()
    for node in ast.walk(ast.parse(Path(spec.origin).read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    ours = {name for name in names if name.startswith(ROOMS) and is_module(name)}
    others = {name.partition(".")[0] for name in names} - {"corpuskit"} - sys.stdlib_module_names
    return others.union(*(imported(name, seen) for name in ours))


def is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # a name within a module
        return False


@pytest.mark.parametrize("name", sorted(registry.names("corpuskit.connectors")))
def test_every_parser_is_declared(name: str) -> None:
    kind: type[Connector] = registry.connector(name)
    if not kind.__module__.startswith("corpuskit."):
        pytest.skip("a plug-in")
    distributions = packages_distributions()
    modules = imported(kind.__module__, set())
    found = {distributions[module][0].lower() for module in modules if module in distributions}
    declared = set(kind.libraries)
    assert declared <= found
    assert found - declared - NOT_FOR_READING.get(name, set()) <= ONLY_FETCH | CANNOT_CHANGE
    assert list(kind.libraries) == sorted(declared)
    assert all(version(library) for library in declared)
