"""From a recipe's `[lists.NAME]` tables to the stage that looks them up and the rules on it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpuskit.about import install_hint
from corpuskit.errors import Problem, RecipeError
from corpuskit.languages import Language
from corpuskit.pipeline.segments import StageSpec
from corpuskit.policy.safety_lists import ListRule
from corpuskit.recipe import Recipe
from corpuskit.recipe.answerable import ListTable
from corpuskit.safety.list_files import (
    UnreadableListError,
    address_files,
    address_of,
    digest_of,
    entries_of,
    word_files,
)

Files = dict[str, list[str]]
"""Paths by language; the empty name stands for every language."""


def list_stages(profiles: Sequence[Language], recipe: Recipe) -> list[StageSpec]:
    """The stage `safety_lists`, if the recipe has any; RecipeError names every list that cannot be
    used."""
    lists: list[dict[str, Any]] = []
    paths: dict[str, Files] = {}
    problems: list[Problem] = []
    for name, table in recipe.lists.items():
        key = f"lists.{name}.{table.kind}"
        try:
            files = _files(table, recipe.folder / table.path, profiles)
            digest = digest_of([Path(path) for listed in files.values() for path in listed])
        except UnreadableListError as error:
            problems.append(Problem(str(recipe.path), key, f"{table.path}: {error}"))
            continue
        languages = {code: len(listed) for code, listed in files.items()}
        about = {"name": name, "kind": table.kind, "sha256": digest, "languages": languages}
        lists.append(about)
        paths[name] = files
    if any(table["kind"] == "words" for table in lists) and not find_spec("ahocorasick_rs"):
        message = "lists of words need ahocorasick-rs"
        problems.append(Problem(str(recipe.path), "lists", message, install_hint("lists")))
    if problems:
        raise RecipeError(problems)
    return [StageSpec("safety_lists", {"lists": lists}, {"paths": paths})] if lists else []


def list_rules(recipe: Recipe) -> tuple[ListRule, ...]:
    """The rules on lists; a list without bounds is only counted."""
    return tuple(
        ListRule(name, table.max_count, table.max_share)
        for name, table in recipe.lists.items()
        if table.max_count is not None or table.max_share is not None
    )


def _files(table: ListTable, path: Path, profiles: Sequence[Language]) -> Files:
    """The files of a list by language; UnreadableListError where there is nothing in them."""
    if table.kind == "addresses":
        chosen = {"": address_files(path)}
    elif path.is_dir():
        wanted = [item for item in profiles if not table.languages or item.code in table.languages]
        names = {item.code: (item.code, item.code[:3], *item.bcp47) for item in wanted}
        chosen = {code: [file] for code, file in word_files(path, names).items()}
        if not chosen:
            listed = ", ".join(names)
            raise UnreadableListError(f"the folder has no file for {listed}")
    else:
        chosen = {code: [path] for code in table.languages or ("",)}
    for file in {file for files in chosen.values() for file in files}:
        if not any(table.kind == "words" or address_of(entry) for entry in entries_of(file)):
            raise UnreadableListError(f"{file.name} has no entry of {table.kind}")
    return {code: [str(file.absolute()) for file in files] for code, files in chosen.items()}
