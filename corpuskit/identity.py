"""What an output depends on: the only place that makes keys, build ids and the software table.

Every stage, step and connector is an `Ingredient`: a name, a version, options, and the
distributions whose versions can change its output. An `Identity` collects the ingredients of a
plan, step by step. From it come

- the key of every task: the ingredients of its step and the keys of what it reads;
- the build id: all ingredients, the inputs, the policy and the recipe;
- the manifest's software table: for each library the version that the rows were made with.

So two builds whose bytes differ never share an id, and an upgraded library runs again exactly
the steps whose output it can change.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

ABSENT: Final = "absent"
"""Version of a library that is not installed: an optional one that changes the output if it is."""

PYTHON: Final = "python"
"""A dependency of everything: regular expressions and Unicode tables come with the interpreter."""


def key_of(*parts: Any) -> str:
    """Hex sha256 (32 digits) over the canonical JSON of everything that an output depends on."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@cache
def library_version(distribution: str) -> str:
    """The installed version of a distribution, `absent` without one.

    Of Python it is the minor version: the tables and the syntax of `re` are the same for all
    its patch releases.
    """
    if distribution == PYTHON:
        return ".".join(platform.python_version_tuple()[:2])
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ABSENT


@dataclass(frozen=True)
class Ingredient:
    """A stage, a step or a connector, as far as outputs depend on it."""

    name: str
    version: str
    options: Mapping[str, Any] = field(default_factory=dict)
    """JSON-able."""
    libraries: tuple[str, ...] = ()
    """Distributions whose versions can change the output."""

    @cached_property
    def software(self) -> dict[str, str]:
        """Version per library, Python's included."""
        return {name: library_version(name) for name in sorted({*self.libraries, PYTHON})}

    @property
    def key(self) -> list[Any]:
        """What an output depends on, beside what it was made from."""
        return [self.name, self.version, dict(self.options), self.software]


@dataclass(frozen=True)
class Identity:
    """The ingredients of a plan by step, in order, and everything else that shapes a build."""

    steps: Mapping[str, tuple[Ingredient, ...]]
    recipe: str
    """Digest of the recipe."""
    policy: Any = None
    """Every rule with its threshold, JSON-able; in no key of reading or measuring."""

    @cached_property
    def step_keys(self) -> dict[str, str]:
        """Per step, the digest of what all of its tasks depend on."""
        return {
            step: key_of(step, [ingredient.key for ingredient in ingredients])
            for step, ingredients in self.steps.items()
        }

    def task_key(self, step: str, *reads: Any) -> str:
        """Key of a task that reads `reads`: keys of other tasks, or digests of inputs."""
        return key_of(self.step_keys[step], list(reads))

    def build_id(self, inputs: Iterable[Mapping[str, Any]]) -> str:
        """Twelve hex digits: the same for the same recipe, inputs and software, and only then.

        `inputs` have `source`, `name` and `sha256`.
        """
        digests = [[entry["source"], entry["name"], entry["sha256"]] for entry in inputs]
        return key_of(self.recipe, digests, self.step_keys, self.policy, self.versions)[:12]

    @cached_property
    def software(self) -> dict[str, dict[str, str]]:
        """Per step, the version of every library that can change its output."""
        return {step: _merged(ingredients) for step, ingredients in self.steps.items()}

    @property
    def versions(self) -> dict[str, str]:
        """Version of every library that can change a byte, as in the manifest."""
        every = (ingredient for step in self.steps.values() for ingredient in step)
        return _merged(every)


def _merged(ingredients: Iterable[Ingredient]) -> dict[str, str]:
    versions: dict[str, str] = {}
    for ingredient in ingredients:
        versions |= ingredient.software
    return dict(sorted(versions.items()))


def installed_versions() -> dict[str, str]:
    """Versions of what measures and builds here, for the head of a benchmark's tables."""
    names = (PYTHON, "corpuskit-lrl", "datasketch", "fasttext-community", "icu4py", "lxml", "numpy",
             "pyarrow", "trafilatura")  # fmt: skip
    return {name: library_version(name) for name in names}


def upgrades(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """`trafilatura 2.3.1 -> 2.4.0` for each library that has another version than before."""
    return [
        f"{name} {before.get(name, ABSENT)} -> {now.get(name, ABSENT)}"
        for name in sorted({*before, *now})
        if before.get(name, ABSENT) != now.get(name, ABSENT)
    ]


def ingredient_of(
    kind: Any,
    options: Mapping[str, Any] | None = None,
    provider: str | None = None,
    libraries: Sequence[str] = (),
) -> Ingredient:
    """The ingredient that a stage or connector declares of itself.

    `provider` is the distribution that a plug-in comes from: a new release of it counts as a
    new version, also where its author forgot to raise `version`.
    """
    declared = tuple(getattr(kind, "libraries", ()))
    plugin = (provider,) if provider else ()
    return Ingredient(
        str(kind.name), str(kind.version), options or {}, (*declared, *plugin, *libraries)
    )
