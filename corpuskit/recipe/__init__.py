"""Recipes: TOML files that are checked completely before anything runs.

    recipe = load_recipe("khmer.toml", overrides=["quality.khm_Khmr.min_chars=200"])

All mistakes are reported at once, each with file, key, what was expected and a suggestion.
"""

from corpuskit.recipe.load import load_recipe, parse_recipe
from corpuskit.recipe.models import OperatorTable, Recipe, SourceTable
from corpuskit.recipe.source_checks import resolve

__all__ = ["OperatorTable", "Recipe", "SourceTable", "load_recipe", "parse_recipe", "resolve"]
