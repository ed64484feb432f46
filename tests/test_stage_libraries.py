"""Every stage and step names the libraries that can change its output, and its reason codes.

What is imported is read from the import graph, with imports for types alone left out; connectors
have a test of their own (tests/connectors/test_connector_libraries.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from importlib.metadata import packages_distributions, requires, version
from typing import Any

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pipeline.handmade import recipe_of, write_texts

import corpuskit as ck
from corpuskit import registry
from corpuskit.edits import EditingStage
from corpuskit.identity import Ingredient
from corpuskit.pipeline import make_plan
from corpuskit.pipeline.steps import build_steps

STAGES = tuple(registry.BUILT_IN[registry.STAGES])

CARRIERS = {"pyarrow", "pydantic", "pydantic-core", "requests", "urllib3", "certifi", "filelock",
            "numba", "llvmlite"}  # fmt: skip
"""Libraries that hold, fetch or guard values and do not decide them. pyarrow is declared by the
steps that write what is published; what numba compiles gives the bytes that numpy gives
(tests/kernels)."""

_CUTS_WORDS = "a batch can cut its texts into words, which this stage does not ask for"
_HOSTS = "hosts in ASCII: the form of an assigned character is the same in every version"
_OBJECTS = "only the functions for plain strings make its objects"
_NO_DOMAINS = "registrable domains come from corpuskit.urls, of which only hosts are read"

UNUSED: dict[str, dict[str, str]] = {
    "decode": {"icu4py": _CUTS_WORDS},
    "screen": {
        "icu4py": "the model cuts words by its own rule; only constants of text/words.py are used",
        "idna": _HOSTS,
        "tldextract": _NO_DOMAINS,
    },
    "extract": {
        "beautifulsoup4": "only `extract_html` decodes; the stage is handed characters",
        "icu4py": _CUTS_WORDS,
        "numpy": "only `extract_html` decodes",
    },
    "identify": {"idna": _HOSTS, "tldextract": _NO_DOMAINS},
    "lines": {"idna": _HOSTS, "tldextract": _NO_DOMAINS},
    "personal_data": {"icu4py": _CUTS_WORDS},
    "classifier": {"icu4py": _CUTS_WORDS},
    "decontaminate": {"icu4py": "n-grams are code points; they need no words"},
    "safety_lists": {"tldextract": _NO_DOMAINS},
    "repeated_text": {"icu4py": _CUTS_WORDS, "numpy": "keys come from a step, texts are cut"},
    "signature": {"icu4py": "shingles are code points; they need no words", "datasketch": _OBJECTS},
}
"""Imported somewhere below a stage and without effect on its output, with the reason."""

_UNREAD = "tombstones are counted, no address is compared with them"
_CHOOSES = "rows are chosen, counted and sorted by integers, nothing is computed"

UNUSED_BY_STEPS: dict[str, dict[str, str]] = {
    "decide": {
        "numpy": "comparisons of float32 are the same in every version",
        "icu4py": "languages' profiles are read, no text is cut",
        "idna": _HOSTS,
        "tldextract": _NO_DOMAINS,
    },
    "gather": {"numpy": _CHOOSES},
    "leaders": {"datasketch": _OBJECTS},
    "bands": {"datasketch": _OBJECTS},
    "candidates": {"datasketch": _OBJECTS},
    "pairs": {"datasketch": _OBJECTS},
    "stars": {"datasketch": _OBJECTS},
    "dedup": {"datasketch": _OBJECTS},
    "assign": {"numpy": _CHOOSES, "datasketch": _OBJECTS},
    "route": {"numpy": _CHOOSES},
    "publish": {"numpy": _CHOOSES},
    "signatures": {"datasketch": _OBJECTS},
    "earlier": {"datasketch": _OBJECTS, "idna": _HOSTS, "tldextract": _NO_DOMAINS},
    "repeat_counts": {"datasketch": _OBJECTS},
    "repeat_keys": {"idna": _HOSTS},
    "repeats": {"numpy": "keys are compared, nothing is computed"},
    "tally": {"icu4py": _CUTS_WORDS, "numpy": _CHOOSES, "idna": _HOSTS, "tldextract": _NO_DOMAINS},
    "describe": {
        "datasketch": _OBJECTS,
        "idna": _UNREAD,
        "markupsafe": "jinja2 brings it and escapes with it",
        "numpy": _CHOOSES,
        "tldextract": _UNREAD,
    },
}
"""The same for the functions of steps, beside what the stages declare that a step runs."""

PLANNING = (
    "corpuskit.pipeline.plan", "corpuskit.pipeline.sources", "corpuskit.pipeline.segments",
    "corpuskit.pipeline.step", "corpuskit.pipeline.reasons", "corpuskit.pipeline.map_tasks",
    "corpuskit.connectors", "corpuskit.recipe", "corpuskit.registry", "corpuskit.edits",
    "corpuskit.stage", "corpuskit.languages",
)  # fmt: skip
"""What a step's module imports to say what is to be done; it does nothing to a row."""


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        "corpuskit", include_external_packages=True, exclude_type_checking_imports=True
    )


def _below(module: str, without: Collection[str] = ()) -> set[str]:
    """PyPI names of everything that a module of ours and the modules it uses import."""
    graph = _graph()
    rooms = tuple(f"{name}." for name in without)
    stops = {name for name in graph.modules if f"{name}.".startswith(rooms)} if without else set()
    queue, visited, outside = [module], set[str](), set[str]()
    known = packages_distributions()
    while queue:
        name = queue.pop()
        if name in visited or name in stops:
            continue
        visited.add(name)
        if name.startswith("corpuskit"):
            queue += graph.find_modules_directly_imported_by(name)
        elif name in known:
            outside.add(canonicalize_name(known[name][0]))
    return outside


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


def _declared(kind: Any) -> set[str]:
    return {canonicalize_name(name) for name in kind.libraries}


def test_the_graph_sees_what_is_imported_inside_functions() -> None:
    assert "tldextract" in _below("corpuskit.urls")
    assert "pyarrow" in _below("corpuskit.store")


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_declares_every_library_below_it(name: str) -> None:
    stage = registry.stage(name)
    unused = UNUSED.get(name, {}).keys()
    below = _below(stage.__module__)
    assert unused <= below, "an exception that no import asks for"
    assert not unused & _declared(stage), "an exception for what is declared"
    assert below - CARRIERS - unused <= _declared(stage)


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_declares_no_library_that_it_cannot_use(name: str) -> None:
    stage = registry.stage(name)
    below = _below(stage.__module__)
    through_an_extra = {"lxml-html-clean"}  # of lxml, which justext asks for
    assert _declared(stage) <= below | _required(below) | through_an_extra
    assert all(version(library) for library in stage.libraries)


@pytest.fixture(scope="module")
def ingredients(
    demo: ck.Build, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, tuple[Ingredient, ...]]:
    """By step, what its outputs depend on, in a build that has every step."""
    folder = tmp_path_factory.mktemp("libraries")
    write_texts(folder, "a")
    dedup = {"lines": {}, "passages": {}, "against": [str(demo.folder)]}
    return make_plan(recipe_of(folder, dedup=dedup)).identity.steps


STEPS = [step for step in build_steps() if step.name not in ("fetch", "scan", "replace", "index")]
"""Fetching and scanning leave nothing that is read again without its inputs' digests, `replace`
leaves nothing. The parts of an index are found by later builds, which know their shards alone."""


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_declares_every_library_that_its_function_uses(
    step: Any, ingredients: Mapping[str, tuple[Ingredient, ...]]
) -> None:
    declared = {
        canonicalize_name(library)
        for ingredient in ingredients[step.name]
        for library in ingredient.libraries
    }
    others = {type(other).__module__ for other in build_steps()} - {type(step).__module__}
    below = _below(type(step).__module__, without=(*PLANNING, *others))
    unused = UNUSED_BY_STEPS.get(step.name, {}).keys()
    assert unused <= below, "an exception that no import asks for"
    assert below - CARRIERS - unused <= declared


@pytest.mark.parametrize("name", STAGES)
def test_the_reasons_of_a_stage_start_with_its_name(name: str) -> None:
    stage = registry.stage(name)
    assert stage.name == name
    reasons = getattr(stage, "reasons", {})
    assert all(reason.startswith(f"{name}/") for reason in reasons)
    assert all(meaning.endswith(".") for meaning in reasons.values())


def test_how_many_reasons_and_edits_the_stages_declare() -> None:
    stages = {name: registry.stage(name) for name in STAGES}
    assert {name: len(getattr(stage, "reasons", {})) for name, stage in stages.items()} == {
        "decode": 2, "screen": 2, "extract": 5, "normalize": 2, "identify": 0, "lines": 0,
        "personal_data": 0, "decontaminate": 0, "signals": 0, "safety_lists": 0, "signature": 0,
        "classifier": 0, "repeated_text": 1,
    }  # fmt: skip
    editing = [name for name, stage in stages.items() if issubclass(stage, EditingStage)]
    assert editing == ["normalize", "lines", "personal_data", "repeated_text"]


def test_what_writes_the_corpus_declares_the_library_that_writes(
    ingredients: Mapping[str, tuple[Ingredient, ...]],
) -> None:
    for step in ("route", "publish", "rejects"):
        (ingredient,) = ingredients[step]
        assert ingredient.libraries == ("pyarrow",)
