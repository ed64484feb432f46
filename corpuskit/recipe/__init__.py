"""What a user asks for: a TOML file, checked wholly before anything runs.

    recipe = load_recipe("khmer.toml", overrides=["quality.khm_Khmr.min_chars=200"])

Every mistake is reported at once, each with file, key, what was expected and a guess.
"""

from corpuskit.recipe.checks import resolve
from corpuskit.recipe.load import load_recipe, parse_recipe
from corpuskit.recipe.models import OperatorTable, Recipe, SourceTable

__all__ = ["OperatorTable", "Recipe", "SourceTable", "load_recipe", "parse_recipe", "resolve"]
