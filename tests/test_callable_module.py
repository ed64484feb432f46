"""Modules that run the function of their name: `build`, `check`, `diff` and others."""

from __future__ import annotations

import copy
import inspect
import pickle
import pydoc
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import corpuskit as ck

LONG_NAMES = {
    "build": "build_corpus",
    "check": "check_evidence",
    "diff": "compare_builds",
    "explain": "explain_record",
    "identify": "identify_languages",
    "normalize": "normalize_text",
}
TEXT = "ភាសា\u200b\u200bខ្មែរ"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


ORDERS = """
import sys
from types import FunctionType, ModuleType

ORDERS = [
    "import corpuskit.{name}; import corpuskit as ck; short = ck.{name}",
    "import corpuskit as ck; short = ck.{name}; import corpuskit.{name}",
    "import corpuskit as ck; ck.{long}; short = ck.{name}; import corpuskit.{name}",
    "from corpuskit import {name} as short; import corpuskit; import corpuskit.{name}",
    "import corpuskit.{name} as short; import corpuskit",
    "from corpuskit import *; short = {name}; import corpuskit.{name}",
]
for name, long in NAMES.items():
    for order in ORDERS:
        for imported in [one for one in sys.modules if one.partition(".")[0] == "corpuskit"]:
            del sys.modules[imported]
        scope = {}
        exec(order.format(name=name, long=long), scope)
        package, module = scope["corpuskit"], sys.modules[f"corpuskit.{name}"]
        assert scope["short"] is module is getattr(package, name), (name, order)
        assert isinstance(module, ModuleType) and callable(module), (name, order)
        function = getattr(package, long)
        assert isinstance(function, FunctionType) and function is getattr(module, name)
print(len(NAMES) * len(ORDERS))
"""


def test_any_order_of_imports_gives_the_module() -> None:
    assert run(f"NAMES = {LONG_NAMES}\n{ORDERS}") == "36\n"


def test_what_a_module_has_is_reached_in_every_way() -> None:
    run(
        "import corpuskit.build as m\n"
        "from corpuskit.build import Run\n"
        "from corpuskit import build\n"
        "import corpuskit as ck\n"
        "assert m.Run is Run is build.Run is ck.build.Run\n"
    )


@pytest.mark.parametrize(("short", "long"), LONG_NAMES.items())
def test_signature_and_docstring_are_the_functions(short: str, long: str) -> None:
    module, function = getattr(ck, short), getattr(ck, long)
    assert isinstance(module, ModuleType)
    assert isinstance(function, FunctionType)
    assert inspect.signature(module) == inspect.signature(function)
    assert inspect.getdoc(function) in module.__doc__
    first_line = inspect.getdoc(function).splitlines()[0]
    assert first_line in pydoc.render_doc(module, renderer=pydoc.plaintext)


def test_a_call_runs_the_function() -> None:
    assert ck.normalize(TEXT, language="khm_Khmr") == ck.normalize_text(TEXT, language="khm_Khmr")
    assert repr(ck.identify([TEXT])) == repr(ck.identify_languages([TEXT]))
    with pytest.raises(TypeError, match="language"):
        ck.normalize(TEXT)  # type: ignore[call-arg]
    with pytest.raises(ck.CorpuskitError, match="no build at nowhere"):
        ck.explain("nowhere", "key")


@pytest.mark.parametrize("name", [*LONG_NAMES, *LONG_NAMES.values()])
def test_pickled_and_copied_by_name(name: str) -> None:
    value = getattr(ck, name)
    assert pickle.loads(pickle.dumps(value)) is value
    assert copy.deepcopy(value) is value


def test_a_worker_process_receives_it() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        texts = [[TEXT], ["Selamat pagi"]]
        guesses = list(pool.map(ck.identify, texts))
    assert repr(guesses) == repr([ck.identify(text) for text in texts])


SCRIPT = """
from collections.abc import Sequence

import corpuskit as ck
import corpuskit.build
import corpuskit.build as module
from corpuskit.build import Run, fetch
from corpuskit.identify import Identification
from corpuskit.normalize import NormalizedText

recipe = ck.load_recipe("khmer.toml")
first: ck.Build = ck.build(recipe, workers=2)
second: ck.Build = ck.build_corpus(recipe)
guesses: Sequence[Identification] = ck.identify(["a"])
guesses = ck.identify_languages(["a"])
normal: NormalizedText = ck.normalize("a", language="khm_Khmr")
normal = ck.normalize_text("a", language="khm_Khmr")
reasons: list[str | None] = [story.reason for story in ck.explain(first, "a")]
reasons = [story.reason for story in ck.explain_record(first, "a")]
kind: type[Run] = module.Run
fetched = module.fetch(recipe) | fetch(recipe)
"""
MISTAKES = (
    "ck.build(1)\n",
    "ck.build_corpus(recipe, workers='2')\n",
    "ck.normalize('a')\n",
    "first.nonsense\n",
)


@pytest.mark.slow
def test_types_of_a_users_script(repository: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is in the extra `dev`")
    script = tmp_path / "script.py"
    script.write_text(SCRIPT + "".join(MISTAKES), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", repository / "pyproject.toml", script],
        capture_output=True, text=True, check=False, timeout=240, cwd=repository,
    )  # fmt: skip
    first_mistake = SCRIPT.count("\n") + 1
    lines = [int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line]
    assert lines == list(range(first_mistake, first_mistake + len(MISTAKES))), done.stdout
