"""manifest.json: what was built from what, with which versions, digests and options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpuskit.identity import Ingredient
from corpuskit.publish.published import RECORD
from corpuskit.store import Store

NAME: Final = "manifest.json"
FORMAT: Final = 2


def withdraw(store: Store) -> None:
    """Take the manifest away before anything that it lists is replaced."""
    store.delete(RECORD)
    store.delete(NAME)


def manifest(
    *,
    recipe: Mapping[str, Any],
    recipe_sha256: str,
    build: str,
    inputs: Sequence[Mapping[str, Any]],
    ingredients: Sequence[Ingredient],
    versions: Mapping[str, str],
    model: Mapping[str, Any],
    policy: Mapping[str, Any],
    exclusions: Mapping[str, Any],
    all_compared: bool,
    files: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The manifest; holds no time of day, so that the same build gives the same bytes."""
    data = [entry for entry in files if entry["kind"] == "data"]
    return {
        "format": FORMAT,
        "name": recipe["name"],
        "build_id": build,
        "recipe_sha256": recipe_sha256,
        "documents": sum(entry["rows"] for entry in data),
        "text_bytes": sum(entry["text_bytes"] for entry in data),
        "languages": _per_language(data),
        "files": list(files),
        "inputs": list(inputs),
        "identification_model": dict(model),
        "all_duplicate_candidates_compared": all_compared,
        "policies": {code: dict(rules) for code, rules in policy.items()},
        "exclusions": dict(exclusions),
        "stages": [
            {
                "stage": ingredient.name,
                "version": ingredient.version,
                "options": dict(ingredient.options),
                "libraries": ingredient.software,
            }
            for ingredient in ingredients
        ],
        "versions": dict(versions),
        "recipe": dict(recipe),
    }


def _per_language(data: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for entry in data:
        total = totals.setdefault(entry["lang"], {"documents": 0, "text_bytes": 0, "validation": 0})
        total["documents"] += entry["rows"]
        total["text_bytes"] += entry["text_bytes"]
        total["validation"] += entry["rows"] if entry["split"] == "validation" else 0
    return totals
