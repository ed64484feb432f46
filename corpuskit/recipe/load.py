"""Read a recipe file, apply the overrides of the command line, and check everything."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpuskit import logs
from corpuskit.errors import Problem, RecipeError
from corpuskit.recipe.checks import check, check_values
from corpuskit.recipe.messages import problems_of
from corpuskit.recipe.models import Recipe
from corpuskit.recipe.overrides import apply_override
from corpuskit.recipe.source_checks import check_paths

_log = logs.logger(__name__)


def load_recipe(path: str | Path, overrides: Sequence[str] = ()) -> Recipe:
    """Read and check a recipe; `overrides` are "dotted.key=value" with a TOML value.

    Raises RecipeError with every problem, TypeError for arguments of another type.
    """
    if not isinstance(path, str | Path):
        raise TypeError(f"load_recipe takes the path of a TOML file, got {type(path).__name__}")
    if isinstance(overrides, str):
        raise TypeError(f"overrides is a list of strings, got the string {overrides!r}")
    path = Path(path)
    data = _read(path)
    problems = [problem for override in overrides if (problem := apply_override(data, override))]
    _log.info("recipe %s, %d overrides", path, len(overrides))
    try:
        return parse_recipe(data, path, problems)
    except RecipeError as error:
        raise RecipeError([*error.problems, *check_paths(data, path)]) from error.__cause__


def parse_recipe(
    data: Mapping[str, Any], path: str | Path = "recipe", problems: Sequence[Problem] = ()
) -> Recipe:
    """Check a recipe in a dict; relative paths start from the folder of `path`.

    Raises RecipeError with every problem, `problems` included; TypeError if `data` is not a
    mapping of keys to values.
    """
    if not isinstance(data, Mapping):
        raise TypeError(
            f"parse_recipe takes a dict of the recipe's keys, got {type(data).__name__}; "
            "load_recipe reads a file"
        )
    data = dict(data)
    if unusable := check_values(data, str(path)):
        raise RecipeError([*problems, *unusable])
    mistakes = [*problems, *check(data, str(path))]
    recipe = None
    try:
        recipe = Recipe.model_validate({**data, "path": Path(path)})
    except ValidationError as error:
        invalid = problems_of(error, str(path), Recipe, data)
        mistakes += [problem for problem in invalid if not _is_reported(problem, mistakes)]
    if mistakes or recipe is None:
        raise RecipeError(mistakes)
    return recipe


def _is_reported(problem: Problem, mistakes: Sequence[Problem]) -> bool:
    """Whether a problem with the same key, or a part of it, is already listed."""
    parts = (problem.key, f"{problem.key}[", f"{problem.key}.")
    return any(
        mistake.key == problem.key or mistake.key.startswith(parts[1:]) for mistake in mistakes
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise RecipeError(
            [Problem(str(path), "", "no such file", "write one with `corpuskit init LANG`")]
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise RecipeError([Problem(str(path), "", f"is not valid TOML: {error}")]) from error
    except UnicodeDecodeError as error:
        message = f"cannot be read: it is not UTF-8 text (byte {error.start})"
        raise RecipeError([Problem(str(path), "", message)]) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise RecipeError([Problem(str(path), "", f"cannot be read: {why}")]) from error
    except ValueError as error:  # an integer of thousands of digits, or NUL in the path
        raise RecipeError([Problem(str(path), "", f"cannot be read: {error}")]) from error
    except RecursionError as error:
        message = "cannot be read: tables or lists are nested too deep"
        raise RecipeError([Problem(str(path), "", message)]) from error
