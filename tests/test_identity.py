"""Keys, build ids and the software table: two outputs that differ never share a key."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any, ClassVar

import pytest

from corpuskit import identity
from corpuskit.identity import (
    ABSENT,
    Identity,
    Ingredient,
    ingredient_of,
    installed_versions,
    key_of,
    library_version,
    upgrades,
)

INPUT = {"source": "pages", "name": "a.warc", "sha256": "00"}


class Politeness:
    name: ClassVar[str] = "politeness"
    version: ClassVar[str] = "3"
    libraries: ClassVar[tuple[str, ...]] = ("pyarrow",)


def identity_with(**changes: Any) -> Identity:
    """An identity of two steps, with some fields replaced."""
    steps = {
        "extract": (Ingredient("html", "1", {"screen": True}, ("lxml",)), Ingredient("read", "2")),
        "sign": (Ingredient("signature", "1", libraries=("numpy",)),),
    }
    return Identity(**{"steps": steps, "recipe": "r", "policy": {"wanted": ["khm_Khmr"]}} | changes)


def test_a_key_is_the_first_half_of_a_digest_of_canonical_json() -> None:
    # sha256 of '["a",{"b":1,"c":"\\u1780"}]'
    assert key_of("a", {"c": "ក", "b": 1}) == "3c9dda320ab94e6fa9b7878e0c035094"


def test_keys_depend_on_content_and_not_on_the_order_of_keys() -> None:
    assert key_of({"a": 1, "b": [2]}) == key_of({"b": [2], "a": 1})
    assert key_of("a", "b") != key_of("ab")
    assert key_of("a", "b") != key_of("b", "a")
    assert key_of(["a"]) != key_of("a")


def test_versions_of_libraries() -> None:
    assert library_version("numpy") == version("numpy")
    assert library_version("no-such-distribution-anywhere") == ABSENT == "absent"
    assert library_version("python") == ".".join(platform.python_version().split(".")[:2])


def test_an_ingredient_depends_on_its_name_version_options_and_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(identity, "library_version", lambda name: f"{name} 1")
    ingredient = Ingredient("html", "7", {"screen": True}, ("lxml", "ftfy"))
    software = {"ftfy": "ftfy 1", "lxml": "lxml 1", "python": "python 1"}
    assert ingredient.software == software
    assert list(ingredient.software) == sorted(software)
    assert ingredient.key == ["html", "7", {"screen": True}, software]


BASE = Ingredient("html", "1", {"screen": True}, ("lxml",))


@pytest.mark.parametrize(
    "other",
    [
        Ingredient("xml", "1", {"screen": True}, ("lxml",)),
        Ingredient("html", "2", {"screen": True}, ("lxml",)),
        Ingredient("html", "1", {"screen": False}, ("lxml",)),
        Ingredient("html", "1", {"screen": True}, ("ftfy",)),
    ],
    ids=["name", "version", "options", "libraries"],
)
def test_another_ingredient_gives_other_keys_of_its_step_alone(other: Ingredient) -> None:
    sign = (Ingredient("signature", "1"),)
    before, after = (
        Identity({"extract": (html,), "sign": sign}, "recipe") for html in (BASE, other)
    )
    assert before.task_key("extract", "input") != after.task_key("extract", "input")
    assert before.task_key("sign", "input") == after.task_key("sign", "input")
    assert before.build_id([INPUT]) != after.build_id([INPUT])


def test_the_key_of_a_task_depends_on_its_step_and_what_it_reads() -> None:
    same = (Ingredient("stage", "1"),)
    plan = Identity({"extract": same, "annotate": same}, "recipe")
    assert plan.task_key("extract", "a") != plan.task_key("annotate", "a")
    assert plan.task_key("extract", "a") != plan.task_key("extract", "b")
    assert plan.task_key("extract", "a", "b") != plan.task_key("extract", ["a", "b"])
    assert plan.task_key("extract", "a") == key_of(plan.step_keys["extract"], ["a"])
    assert plan.step_keys["extract"] == key_of("extract", [same[0].key])


def test_a_policy_is_in_no_key_of_reading_or_measuring_but_in_the_builds_id() -> None:
    before = identity_with()
    after = identity_with(policy={"wanted": ["khm_Khmr"], "exclusions": ["example.com"]})
    for step in before.steps:
        assert before.task_key(step, "input") == after.task_key(step, "input")
    assert before.build_id([INPUT]) != after.build_id([INPUT])


@pytest.mark.parametrize("field", ["source", "name", "sha256"])
def test_another_input_gives_another_build(field: str) -> None:
    plan = identity_with()
    assert plan.build_id([INPUT]) != plan.build_id([INPUT | {field: "other"}])


def test_what_else_a_build_depends_on() -> None:
    plan = identity_with()
    first = plan.build_id([INPUT])
    assert len(first) == 12
    assert set(first) <= set("0123456789abcdef")
    assert plan.build_id([INPUT | {"bytes": 3}]) == first, "only what identifies an input counts"
    assert plan.build_id([INPUT, INPUT]) != first
    assert identity_with(recipe="other").build_id([INPUT]) != first
    assert identity_with(steps={}).build_id([INPUT]) != first


def test_the_version_of_a_library_is_in_the_keys_of_the_steps_that_declare_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def keys(lxml: str) -> dict[str, str]:
        versions = {"lxml": lxml}
        monkeypatch.setattr(identity, "library_version", lambda name: versions.get(name, "1"))
        plan = identity_with()
        return {step: plan.task_key(step, "input") for step in plan.steps} | {
            "build": plan.build_id([INPUT])
        }

    before, after = keys("5.3"), keys("5.4")
    assert {name for name in before if before[name] != after[name]} == {"extract", "build"}


def test_the_software_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "library_version", lambda name: f"{name} 1")
    plan = identity_with()
    assert plan.software == {
        "extract": {"lxml": "lxml 1", "python": "python 1"},
        "sign": {"numpy": "numpy 1", "python": "python 1"},
    }
    assert list(plan.versions.items()) == [
        ("lxml", "lxml 1"), ("numpy", "numpy 1"), ("python", "python 1"),
    ]  # fmt: skip


def test_upgrades_are_told_in_words() -> None:
    before = {"trafilatura": "2.3.1", "lxml": "5.3", "brotli": "1"}
    now = {"trafilatura": "2.4.0", "lxml": "5.3", "zstandard": "0.22"}
    assert upgrades(before, now) == [
        "brotli 1 -> absent", "trafilatura 2.3.1 -> 2.4.0", "zstandard absent -> 0.22",
    ]  # fmt: skip
    assert upgrades(before, before) == []
    assert upgrades({}, {"brotli": ABSENT}) == [], "it was not there before either"
    assert upgrades({"brotli": ABSENT}, {}) == []


def test_the_ingredient_of_a_stage() -> None:
    assert ingredient_of(Politeness) == Ingredient("politeness", "3", {}, ("pyarrow",))
    given = ingredient_of(Politeness(), {"a": 1}, "polite-plugin", ["lxml"])
    assert given == Ingredient("politeness", "3", {"a": 1}, ("pyarrow", "polite-plugin", "lxml"))


def test_a_stage_need_not_declare_libraries() -> None:
    class Plain:
        name, version = "plain", 2

    assert ingredient_of(Plain) == Ingredient("plain", "2", {}, ())


def test_the_head_of_a_benchmark_names_what_measures() -> None:
    versions = installed_versions()
    assert set(versions) == {
        "corpuskit-lrl", "datasketch", "fasttext-community", "icu4py", "lxml", "numpy", "pyarrow",
        "python", "trafilatura",
    }  # fmt: skip
    assert versions["python"] == library_version("python")
    assert versions["numpy"] == version("numpy")
    assert ABSENT not in versions.values()
