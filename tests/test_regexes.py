"""Every regular expression of the package takes time linear in its input.

The patterns are taken from the imported modules (constants, containers, attributes of objects,
closures) and from the literals of `re.*(` calls in their sources. Each is tried on strings made
from its own parse tree: what leads to a repeat, then much of what the repeat takes, then
something that makes the match fail. A pattern fails if four times the input takes far more
than four times as long, or if a character costs more than `_MOST_PER_CHARACTER`.
"""

from __future__ import annotations

import ast
import functools
import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from re import _constants as sre, _parser  # isort: skip

import corpuskit
from corpuskit.connectors.wikimedia.words import words_of
from corpuskit.normalize import common, lao, thai, zawgyi_convert

PUMPS = (8, 12, 16, 20, 24, 28, 32, 40, 48, 64)
"""How often the pump stands in the first strings: what is exponential shows without a hang."""
SIZES = (500, 2_000, 8_000, 32_000)
"""Characters of the strings after them."""
_SUSPICIOUS = 0.0005
"""Seconds for 2,000 characters below which nothing grows: a quadratic match of them takes 2 ms."""
_FLOOR = 0.05
"""Seconds below which a time is not compared: the clock and the machine's other work blur it."""
_MOST_GROWTH = 9.0
"""Four times the input: 4 is linear, 16 quadratic."""
_MOST_PER_CHARACTER = 2e-6
"""Seconds: a page of 10 MB (the most that is read) takes 20 seconds."""
_PROBES = (
    " \t\n\r\f\x00aAzZ09_-.,;:/\\<>()[]{}|'\"=&#@!?*+%^~$éạ\u0300\u00a0\u1780\u17d2\u17be\u17b6"
)
_PROBES += "\u0e01\u0e31\u0e48\u0e81\u0ec8\u1000\u102d\u103a\u1039\u200b\u2028\ud800中"


def modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.walk_packages(corpuskit.__path__, "corpuskit.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def patterns_of(value: Any, seen: set[int], depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The patterns in a value, its items, its attributes, or the closure of a function."""
    if id(value) in seen or depth > 6 or isinstance(value, str | bytes | int):
        return
    seen.add(id(value))
    if isinstance(value, re.Pattern):
        yield value
        return
    for part in _parts(value):
        yield from patterns_of(part, seen, depth + 1)


def _parts(value: Any) -> list[Any]:  # noqa: PLR0911 - a case a kind of value
    if isinstance(value, dict):
        return [*value, *value.values()] if len(value) < 5_000 else []
    if isinstance(value, ModuleType):
        return []
    if isinstance(value, list | tuple | set | frozenset):
        return list(value) if len(value) < 5_000 else []
    if isinstance(value, functools.partial):
        return [value.func, *value.args, *value.keywords.values()]
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or () if _filled(cell)]
        return [*cells, *(value.__defaults__ or ())]
    module = getattr(type(value), "__module__", "")
    if isinstance(value, type):
        return list(vars(value).values()) if value.__module__.startswith("corpuskit") else []
    if module.startswith("corpuskit"):
        slots = [getattr(value, name, None) for name in getattr(type(value), "__slots__", ())]
        return [*slots, *getattr(value, "__dict__", {}).values()]
    return []


def _filled(cell: Any) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _calls_of_re(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr not in ("escape", "purge", "error")
            and node.args
        ):
            yield node


@functools.cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(_source(module))


def _source(module: ModuleType) -> str:
    assert module.__file__ is not None
    return Path(module.__file__).read_text("utf-8")


def _flags(call: ast.Call) -> int:
    names = {node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute)}
    known = {name for name in names if isinstance(getattr(re, name, None), re.RegexFlag)}
    return functools.reduce(lambda flags, name: flags | getattr(re, name), known, re.RegexFlag(0))


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """Prefix, pump and suffix of each attack on the pattern's repeats."""
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    tree = _parser.parse(text, pattern.flags & ~re.UNICODE)
    prefixes, pumps = _openings(tree)
    by_use = {tuple(_takes(body, probe) for body in [*pumps, tree]): probe for probe in _PROBES}
    repeated = [probe for uses, probe in by_use.items() if any(uses)]
    bodies = list(dict.fromkeys([*(_example(body) for body in pumps), *repeated]))
    openings = list(dict.fromkeys(["", *prefixes]))
    wholes = list(dict.fromkeys(opening + body for opening in openings for body in bodies))
    for body, opening in itertools.product(bodies, openings):
        if body:
            yield opening, body, ""
            yield opening, body, "\x00"
    for whole in [*openings, *wholes]:
        if whole:
            yield "", whole, ""
            yield "", whole, "\x00"


def _openings(tree: Any) -> tuple[list[str], list[Any]]:
    """What leads to each long repeat, and what each takes."""
    prefixes: list[str] = []
    pumps: list[Any] = []

    def walk(items: Any, before: str) -> str:
        for operation, argument in items:
            if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
                _, most, body = argument
                if most > 20:
                    prefixes.append(before)
                    pumps.append(body)
                walk(body, before)
            elif operation == sre.SUBPATTERN:
                walk(argument[3], before)
            elif operation == sre.ATOMIC_GROUP:
                walk(argument, before)
            elif operation == sre.BRANCH:
                for branch in argument[1]:
                    walk(branch, before)
            elif operation in (sre.ASSERT, sre.ASSERT_NOT):
                walk(argument[1], before)
            before += _example([(operation, argument)])
        return before

    walk(tree, "")
    return prefixes, pumps


def _example(items: Any) -> str:
    """A short string that the items match (look-arounds and back-references left out)."""
    return "".join(_example_of(operation, argument) for operation, argument in items)


def _example_of(operation: Any, argument: Any) -> str:  # noqa: PLR0911 - a case an operation
    if operation == sre.LITERAL:
        return chr(argument)
    if operation == sre.IN:
        candidates = _PROBES + "".join(chr(value) for value in _first_codes(argument))
        return next((char for char in candidates if _in_class(argument, char)), "")
    if operation in (sre.ANY, sre.NOT_LITERAL):
        return next(c for c in "a0" if operation == sre.ANY or ord(c) != argument)
    if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return _example(argument[2]) * max(1, min(argument[0], 40))
    if operation == sre.SUBPATTERN:
        return _example(argument[3])
    if operation == sre.ATOMIC_GROUP:
        return _example(argument)
    if operation == sre.BRANCH:
        return _example(argument[1][0])
    return ""


def _first_codes(items: Any) -> Iterator[int]:
    for operation, argument in items:
        if operation == sre.LITERAL:
            yield argument
        elif operation == sre.RANGE:
            yield argument[0]


_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _in_class(items: Any, char: str) -> bool:
    negated = bool(items) and items[0][0] == sre.NEGATE
    hit = False
    for operation, argument in items:
        if operation == sre.LITERAL:
            hit |= argument == ord(char)
        elif operation == sre.RANGE:
            hit |= argument[0] <= ord(char) <= argument[1]
        elif operation == sre.CATEGORY:
            hit |= re.fullmatch(_CATEGORIES[argument], char) is not None
    return hit != negated


def _takes(items: Any, char: str) -> bool:  # noqa: PLR0911 - a case an operation
    """Whether a character class or literal somewhere in the items takes the character."""
    for operation, argument in items:
        if operation == sre.IN and _in_class(argument, char):
            return True
        if operation == sre.ANY or (operation == sre.LITERAL and chr(argument) == char):
            return True
        if operation == sre.NOT_LITERAL and chr(argument) != char:
            return True
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT) and _takes(argument[2], char):
            return True
        if operation == sre.SUBPATTERN and _takes(argument[3], char):
            return True
        if operation == sre.BRANCH and any(_takes(branch, char) for branch in argument[1]):
            return True
    return False


def growth(pattern: re.Pattern[Any], attack: tuple[str, str, str], method: str) -> str | None:
    """What is wrong with the time that the pattern takes for ever longer attacks."""
    few = [len(attack[1]) * pumps for pumps in PUMPS]
    for size in [*(size for size in few if size < SIZES[0]), *SIZES]:
        seconds = _seconds(pattern, attack, size, method)
        if size == 2_000 and seconds < _SUSPICIOUS:
            return None
        if size < SIZES[0] and seconds > _FLOOR:
            return f"{seconds:.4f} s for {size} characters"
        if seconds > _FLOOR:
            before, seconds = (
                min(_seconds(pattern, attack, length, method) for _ in range(3))
                for length in (size // 4, size)
            )
            if seconds > _FLOOR and seconds > _MOST_GROWTH * before:
                return f"{size // 4} -> {size} characters: {before:.4f} -> {seconds:.4f} s"
            if seconds > _MOST_PER_CHARACTER * size:
                return f"{seconds / size * 1e6:.1f} microseconds a character at {size}"
    return None


def _seconds(
    pattern: re.Pattern[Any], attack: tuple[str, str, str], size: int, method: str
) -> float:
    prefix, pump, suffix = attack
    text: Any = prefix + pump * (size // len(pump)) + suffix
    if isinstance(pattern.pattern, bytes):
        text = text.encode("latin-1", "replace")
    start = time.thread_time()
    if method == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)
    return time.thread_time() - start


MADE: dict[str, Callable[[], object]] = {
    "corpuskit.connectors.wikimedia.words.words_of": lambda: [words_of(None), words_of("km")],
    "corpuskit.connectors.wikimedia.words._switches": lambda: words_of("vi"),
    "corpuskit.normalize.common._long_run": common._long_run,
    "corpuskit.normalize.tonal._before_following": lambda: [thai._TONAL, lao._TONAL],
    "corpuskit.normalize.tonal._rules_of_am": lambda: [thai._TONAL, lao._TONAL],
    "corpuskit.normalize.tonal.moving": lambda: [thai._TONAL, lao._TONAL],
    "corpuskit.normalize.zawgyi_convert._phase": zawgyi_convert._phases,
}
"""Functions that make patterns at run time, each with values that hold such patterns."""


@dataclass(frozen=True)
class PackagePattern:
    where: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]
    """`finditer` (for all that search) or, where nothing else is called, `match`, `fullmatch`."""


@functools.cache
def package_patterns() -> list[PackagePattern]:
    """Every pattern of the package once, with the methods that are called on it."""
    collected: dict[tuple[Any, int], PackagePattern] = {}
    found = [found for module in modules() for found in _patterns_in(module)]
    for where, make in MADE.items():
        patterns = patterns_of(make(), set())
        found += [(where, pattern, frozenset({"finditer"})) for pattern in patterns]
    for where, pattern, methods in found:
        key = (pattern.pattern, pattern.flags)
        known = collected[key].methods if key in collected else frozenset()
        collected[key] = PackagePattern(where, pattern, methods | known)
    return list(collected.values())


def _patterns_in(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any], frozenset[str]]]:
    for name, value in vars(module).items():
        if not name.startswith("__"):
            sources = _source(module) if name.startswith("_") else package_sources()
            named = isinstance(value, re.Pattern)
            methods = _called_on(name, sources) if named else frozenset()
            for pattern in patterns_of(value, set()):
                yield f"{module.__name__}.{name}", pattern, methods or frozenset({"finditer"})
    for call in _calls_of_re(_tree(module)):
        assert isinstance(call.func, ast.Attribute)
        if isinstance(call.args[0], ast.Constant) and call.func.attr != "compile":
            pattern = re.compile(call.args[0].value, _flags(call))
            yield f"{module.__name__}:{call.lineno}", pattern, frozenset({_kind(call.func.attr)})


def _kind(method: str) -> str:
    return method if method in ("match", "fullmatch") else "finditer"


@functools.cache
def _called_on(name: str, sources: str) -> frozenset[str]:
    """What the sources call on a constant of that name."""
    uses = re.findall(rf"\b{name}\b(\.\w+\()?", sources)
    calls = [use.strip(".(") for use in uses if use]
    named_elsewhere = len(uses) - len(calls) > 1  # the definition itself is one
    return frozenset({*map(_kind, calls), *(["finditer"] if named_elsewhere else [])})


@functools.cache
def package_sources() -> str:
    root = Path(corpuskit.__path__[0])
    return "\n".join(path.read_text("utf-8") for path in sorted(root.rglob("*.py")))


def problems(pattern: PackagePattern) -> list[str]:
    """What is wrong with the pattern, an entry for each method that is called on it."""
    wrong = []
    for method in sorted(pattern.methods):
        for attack in attacks(pattern.pattern):
            if problem := growth(pattern.pattern, attack, method):
                wrong.append(f"{method} of {attack!r:.90}: {problem}")
                break
    return wrong


def test_the_patterns_of_the_package_are_collected():
    wheres = {pattern.where.rpartition(".")[0] for pattern in package_patterns()}
    assert len(package_patterns()) > 200
    assert {"corpuskit.extract.html", "corpuskit.normalize.khmer"} <= wheres


def test_every_function_that_makes_patterns_is_known():
    """A pattern that is put together at run time is seen here only if `MADE` has an example."""
    trees = {module.__name__: _tree(module) for module in modules()}
    functions = [
        (f"{name}.{node.name}", node)
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]
    makers = {
        name: function.name
        for name, function in functions
        if not all(isinstance(call.args[0], ast.Constant) for call in _calls_of_re(function))
    }
    called = _called_at_import(list(trees.values()), [function for _, function in functions])
    at_run_time = {name for name, plain in makers.items() if plain not in called}
    assert at_run_time <= MADE.keys()


def _called_at_import(trees: list[ast.Module], functions: list[ast.FunctionDef]) -> set[str]:
    """Names of functions that module-level statements call, and of those that these call."""
    statements = [statement for tree in trees for statement in tree.body]
    called = {
        name
        for statement in statements
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for name in _called_in(statement)
    }
    calls: dict[str, set[str]] = {}
    for function in functions:
        calls.setdefault(function.name, set()).update(_called_in(function))
    new = called & calls.keys()
    while new:
        new = {name for caller in new for name in calls.get(caller, ())} - called
        called |= new
    return called


def _called_in(node: ast.AST) -> Iterator[str]:
    """Names that are called, or handed to a call as `map(make, names)` does."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            for part in (call.func, *call.args):
                if isinstance(part, ast.Name):
                    yield part.id
                elif isinstance(part, ast.Attribute) and part is call.func:
                    yield part.attr


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(a+)+$", "finditer"),
        (r"\s+$", "finditer"),
        (r"<!--.*?-->", "finditer"),
        (r"\S+@\S+", "finditer"),
        (r"(?:<!--.*?-->\s*)*<html", "match"),
        (r"\s*(\d+)\s*\s*x", "fullmatch"),
        (rb"<a [^>]*>", "finditer"),
    ],
)
def test_a_pattern_that_is_not_linear_is_noticed(pattern: Any, method: str):
    compiled = re.compile(pattern, re.DOTALL)
    assert problems(PackagePattern("here", compiled, frozenset({method})))


@pytest.mark.parametrize("part", range(8))
def test_every_pattern_is_linear(part: int):
    wrong = {
        f"{pattern.where} {pattern.pattern.pattern!r:.80}": problems(pattern)
        for pattern in package_patterns()[part::8]
    }
    assert not {where: listed for where, listed in wrong.items() if listed}
