"""The tombstones that a recipe names."""

from __future__ import annotations

from corpuskit.errors import Problem, RecipeError, TombstoneError
from corpuskit.recipe.models import Recipe
from corpuskit.tombstones import Tombstones, read_events


def recipe_tombstones(recipe: Recipe) -> Tombstones:
    """What the files of `[policy] tombstones` name; RecipeError for each that cannot be read."""
    problems: list[Problem] = []
    tombstones = Tombstones()
    for number, name in enumerate(recipe.policy.tombstones, 1):
        path = recipe.folder / name
        try:
            tombstones |= Tombstones(tuple(read_events(path.read_bytes(), str(path))))
        except (OSError, TombstoneError) as error:
            why = getattr(error, "strerror", None) or str(error)
            problems.append(
                Problem(str(recipe.path), f"policy.tombstones[{number}]", f"{name}: {why}")
            )
    if problems:
        raise RecipeError(problems)
    return tombstones
