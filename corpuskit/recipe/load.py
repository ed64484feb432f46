"""Read a recipe file, apply the overrides of the command line, and check everything."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from corpuskit import logs
from corpuskit.errors import Problem, RecipeError
from corpuskit.recipe.checks import check, explain
from corpuskit.recipe.models import Recipe

_log = logs.logger(__name__)


def load_recipe(path: str | Path, overrides: Sequence[str] = ()) -> Recipe:
    """Read and check a recipe; `overrides` are "dotted.key=value" with a TOML value.

    Raises RecipeError with every problem found.
    """
    path = Path(path)
    data = _read(path)
    problems = [problem for override in overrides if (problem := _override(data, override))]
    _log.info("recipe %s, %d overrides", path, len(overrides))
    return parse_recipe(data, path, problems)


def parse_recipe(
    data: dict[str, Any], path: str | Path = "recipe", problems: Sequence[Problem] = ()
) -> Recipe:
    """Check a recipe in a dict; relative paths start from the folder of `path`."""
    mistakes = [*problems, *check(data, str(path))]
    recipe = None
    try:
        recipe = Recipe.model_validate({**data, "path": Path(path)})
    except ValidationError as error:
        mistakes += [
            problem
            for problem in explain(error, data, str(path))
            if not _is_reported(problem, mistakes)
        ]
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
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError([Problem(str(path), "", f"cannot be read: {error}")]) from error
    except tomllib.TOMLDecodeError as error:
        raise RecipeError([Problem(str(path), "", f"is not valid TOML: {error}")]) from error


def _override(data: dict[str, Any], override: str) -> Problem | None:
    """Set one dotted key of `data`; returns a Problem if that is not possible."""
    key, equals, value = override.partition("=")
    if not equals or not key.strip():
        return Problem("--set", override, "expected KEY=VALUE, such as dedup.threshold=0.9")
    try:
        parsed = tomllib.loads(f"value = {_as_toml(value)}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    *parents, last = key.strip().split(".")
    table = data
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            return Problem("--set", key, f"{parent!r} is not a table, so nothing in it can be set")
    table[last] = parsed
    return None


def _as_toml(value: str) -> str:
    """Accept `.5`, which people write, as `0.5`, which TOML requires."""
    return f"0{value}" if re.fullmatch(r"\.\d+", value) else value
