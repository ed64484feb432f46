"""Sources of a recipe, resolved: what is read, what is excluded, what records depend on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pipeline.handmade import Shelf, plug_in, recipe_of, write_texts

from corpuskit.errors import ConnectorError, RecipeError, SourceError
from corpuskit.pipeline.sources import (
    SourcePlan,
    list_inputs,
    recipe_exclusions,
    source_plans,
    sources_named,
)
from corpuskit.policy import Exclusions


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch)


def source(folder: Path, exclude: dict[str, Any] | None = None, **keys: Any) -> SourcePlan:
    """The one source of a recipe."""
    table = {"name": "texts", "connector": "shelf", "path": "*.jsonl", "license": "CC0-1.0",
             "license_verified_by": "a test"} | keys  # fmt: skip
    (plan,) = source_plans(recipe_of(folder, source=[table], exclude=exclude or {}))
    return plan


def test_a_source_of_a_recipe(tmp_path: Path) -> None:
    plan = source(tmp_path, text_column="body")
    assert (plan.name, plan.connector) == ("texts", "shelf")
    assert plan.options == {"path": "*.jsonl", "text_column": "body"}
    assert (plan.license, plan.license_verified_by) == ("CC0-1.0", "a test")
    assert Path(plan.root) == tmp_path
    assert plan.source_type == Shelf.source_type
    assert plan.reasons == Shelf.reasons
    assert plan.store is None
    assert not plan.fetches


def test_it_opens_its_connector(tmp_path: Path) -> None:
    write_texts(tmp_path, "a", "b", "c")
    plan = source(tmp_path).placed(tmp_path / "raw")
    assert plan.store == str(tmp_path / "raw" / "texts")
    connector = plan.open()
    assert isinstance(connector, Shelf)
    assert connector.store == tmp_path / "raw" / "texts"
    assert source(tmp_path).open().store is None
    inputs = list_inputs([plan], "recipe.toml")
    assert [item.name for item in inputs["texts"]] == ["rows-0.jsonl", "rows-1.jsonl"]


def test_a_connector_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no shelf here")

    monkeypatch.setattr(Shelf, "__init__", broken)
    with pytest.raises(ConnectorError, match=r"'texts'.*'shelf'.*failed being set up.*no shelf"):
        source(tmp_path).open()


def test_what_the_records_depend_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shelf, "fetch_only", frozenset({"captured"}))
    ingredient = source(tmp_path, text_column="body", captured="2026-11-01").ingredient
    assert (ingredient.name, ingredient.version) == ("shelf", "7")
    assert ingredient.libraries == ("pyarrow",)
    assert ingredient.options == {
        "source": "texts", "options": {"text_column": "body"}, "license": "CC0-1.0",
        "license_verified_by": "a test",
    }  # fmt: skip


@pytest.mark.parametrize(
    "keys",
    [
        {"name": "others"},
        {"text_column": "body"},
        {"license": "MIT"},
        {"license_verified_by": "another test"},
    ],
)
def test_another_source_has_another_key(tmp_path: Path, keys: dict[str, str]) -> None:
    assert source(tmp_path).ingredient.key != source(tmp_path, **keys).ingredient.key


def test_where_the_files_are_and_what_is_excluded_is_in_no_key(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    plan = source(tmp_path)
    assert plan.ingredient == source(tmp_path / "a", path="other/*.jsonl").ingredient
    assert plan.ingredient == plan.placed(tmp_path / "raw").ingredient
    assert plan.ingredient == source(tmp_path, {"domains": ["a.example"]}).ingredient


def test_exclusions_of_the_catalogue_and_of_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("listed.example\n")
    table = {"domains": ["a.example"], "urls": ["https://b.example/c"], "files": ["list.txt"]}
    plan = source(tmp_path, table)
    assert {"jw.org", "a.example", "listed.example"} <= plan.exclusions.domains
    assert plan.exclusions.urls == {"https://b.example/c"}
    recipe = recipe_of(tmp_path, exclude=table)
    assert recipe_exclusions(recipe) == Exclusions(
        frozenset({"a.example", "listed.example"}), frozenset({"https://b.example/c"})
    )
    assert "jw.org" not in source(tmp_path, allow_excluded=["jw.org"]).exclusions.domains


def test_a_missing_file_of_exclusions_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"none\.txt: cannot be read"):
        source(tmp_path, {"files": ["none.txt"]})


def test_rights_are_no_options_of_the_connector(tmp_path: Path) -> None:
    plan = source(tmp_path, consent="letter of 2026-11-01", allow_excluded=["jw.org"])
    assert plan.options == {"path": "*.jsonl"}


def test_every_source_without_inputs_is_told(tmp_path: Path) -> None:
    write_texts(tmp_path, "a")
    sources = [source(tmp_path), source(tmp_path, name="none", path="none"),
               source(tmp_path, name="nix", path="nix")]  # fmt: skip
    with pytest.raises(RecipeError) as caught:
        list_inputs(sources, "recipe.toml")
    assert [(problem.file, problem.key) for problem in caught.value.problems] == [
        ("recipe.toml", "source[2] (none)"),
        ("recipe.toml", "source[3] (nix)"),
    ]
    assert "none" in caught.value.problems[0].message


def test_a_fault_of_listing_is_the_connectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Shelf) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Shelf, "inputs", broken)
    with pytest.raises(ConnectorError, match="failed listing its inputs: ZeroDivisionError"):
        list_inputs([source(tmp_path)], "recipe.toml")
    monkeypatch.setattr(Shelf, "remote", broken)
    with pytest.raises(ConnectorError, match="failed saying whether it fetches"):
        _ = source(tmp_path).fetches


def test_sources_by_name(tmp_path: Path) -> None:
    plans = [source(tmp_path, name=name) for name in ("a", "b", "c")]
    assert sources_named(plans, []) == plans
    assert sources_named(plans, ["c", "a"]) == [plans[0], plans[2]]
    with pytest.raises(SourceError, match="has no source x, y; there are a, b, c"):
        sources_named(plans, ["y", "a", "x"])
