"""What `corpuskit init` writes is a recipe for every language of the catalogue."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_labels import models_that_know
from corpuskit.identify.model_spec import embedded_file
from corpuskit.languages import languages
from corpuskit.recipe.load import load_recipe
from corpuskit.recipe.scaffold import scaffold

WHO = ("An institute", "corpus@example.org")
PROFILES = {profile.code: profile for profile in languages()}


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The languages that the default model knows."""
    default = next(iter(EMBEDDED_MODELS.values()))
    return {code for part in default.parts for code in embedded_file(part).codes}


@pytest.mark.parametrize("code", PROFILES)
def test_a_model_is_named_where_the_default_does_not_know(code: str, known: set[str]) -> None:
    text = scaffold(PROFILES[code], *WHO, models_that_know(code))
    assert tomllib.loads(text)["languages"] == [code]
    assert ("[identify]" in text) is (code not in known)


def test_the_recipe_loads_and_keeps_the_default_model(tmp_path: Path) -> None:
    path = tmp_path / "khm.toml"
    path.write_text(scaffold(PROFILES["khm_Khmr"], *WHO, ["sea-2"]), "utf-8")
    assert load_recipe(path).identify.model == next(iter(EMBEDDED_MODELS))
