"""From item files to the index: read, checked and built before anything runs."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpuskit import logs
from corpuskit.caches import cache_folder
from corpuskit.decontamination.index import (
    SHORTEST,
    VERSION,
    ItemIndex,
    build_index,
    open_index,
    write_index,
)
from corpuskit.decontamination.item_files import ItemFiles, read_items
from corpuskit.decontamination.items import EvaluationItem
from corpuskit.errors import Problem, RecipeError, StageError

_log = logs.logger(__name__)


@dataclass(frozen=True)
class PreparedIndex:
    """An index of evaluation items that is ready to be opened."""

    digest: str
    """Of its items and of the way they are indexed."""
    path: Path
    benchmarks: dict[str, dict[str, int]]
    """Per benchmark, its `items` and how many are `too_short` to be searched for."""

    @property
    def options(self) -> dict[str, Any]:
        """Options of the stage that are part of its key."""
        return {"digest": self.digest, "benchmarks": self.benchmarks}

    @property
    def places(self) -> dict[str, Any]:
        """The option that says where the index is."""
        return {"path": str(self.path)}


def prepare_index(files: Sequence[ItemFiles], root: Path, recipe: str) -> PreparedIndex:
    """Read the item files of a recipe and build their index, unless it is in the cache.

    Relative paths start from `root`. RecipeError lists every file that cannot be used;
    WorkspaceError says why the cache cannot be written.
    """
    items = _all_items(files, root, recipe)
    digest = _digest(items)
    path = cache_folder() / "decontamination" / f"{digest}.table"
    index = _standing(path)
    if index is None:
        index = build_index(items)
        write_index(index, path)
    benchmarks = _counts(items, index)
    short = sum(count["too_short"] for count in benchmarks.values())
    _log.info("%d evaluation items of %d benchmarks", len(items), len(benchmarks))
    if short:
        _log.warning(
            "%d of %d evaluation items are too short to be searched for: fewer than %d characters "
            "in question and answers together", short, len(items), SHORTEST,
        )  # fmt: skip
    if short == len(items):
        message = f"none of the items has {SHORTEST} characters or more: nothing to search for"
        raise RecipeError([Problem(recipe, "decontamination.items", message)])
    return PreparedIndex(digest, path, benchmarks)


def _all_items(files: Sequence[ItemFiles], root: Path, recipe: str) -> list[EvaluationItem]:
    items: dict[EvaluationItem, None] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(files, 1):
        try:
            read = read_items(entry, root, recipe, f"decontamination.items[{number}]")
        except RecipeError as error:
            problems += error.problems
        else:
            items |= dict.fromkeys(read)
    if problems:
        raise RecipeError(problems)
    return list(items)


def _digest(items: Iterable[EvaluationItem]) -> str:
    """Hex sha256 (32 digits) of the items in order, and of what the index makes of their texts."""
    digest = hashlib.sha256(f"{VERSION} {unicodedata.unidata_version}\n".encode())
    for item in items:
        line = json.dumps([item.benchmark, item.name, *item.excerpts])
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()[:32]


def _standing(path: Path) -> ItemIndex | None:
    """The index in the cache; None where there is none, or a damaged one."""
    if not path.is_file():
        return None
    try:
        return open_index(path)
    except StageError as error:
        _log.warning("%s; it is built anew", error)
        return None


def _counts(items: Sequence[EvaluationItem], index: ItemIndex) -> dict[str, dict[str, int]]:
    indexed = set(index.items.tolist())
    counts: dict[str, dict[str, int]] = {}
    for number, item in enumerate(items):
        count = counts.setdefault(item.benchmark, {"items": 0, "too_short": 0})
        count["items"] += 1
        count["too_short"] += number not in indexed
    return dict(sorted(counts.items()))
