"""manifest.json: what was built from what, with which versions, digests and options."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from corpuskit.display import mask_values
from corpuskit.identity import Ingredient
from corpuskit.publish.published import (
    RECORD,
    PublishedFile,
    is_published_path,
    note_name,
    read_note,
    write_note,
)
from corpuskit.store import Store

NAME: Final = "manifest.json"
FORMAT: Final = 3


def withdraw(store: Store) -> None:
    """Take the manifest away before anything that it lists is replaced.

    The files that it lists are noted first, where they are not: so they are removed if the next
    build does not publish them, even where a user deleted the notes with `.work`.
    """
    for path in _listed(store):
        if read_note(store, note_name(path)) is None:
            write_note(store, PublishedFile(path, "data", "", store.size(path) or 0, "", 0))
    store.delete(RECORD)
    store.delete(NAME)


def _listed(store: Store) -> Iterator[str]:
    try:
        files = json.loads(store.get(NAME))["files"]
        paths = [entry["path"] for entry in files]
    except (OSError, ValueError, TypeError, KeyError):
        return
    yield from (path for path in paths if is_published_path(path))


def manifest(
    *,
    recipe: Mapping[str, Any],
    recipe_sha256: str,
    build: str,
    version: str,
    profiles: Mapping[str, Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
    signals: Mapping[str, str],
    inputs: Sequence[Mapping[str, Any]],
    ingredients: Sequence[Ingredient],
    versions: Mapping[str, str],
    model: Mapping[str, Any],
    policy: Mapping[str, Any],
    fact_rules: Sequence[Any],
    exclusions: Mapping[str, Any],
    tombstones: Mapping[str, Any],
    all_compared: bool,
    contamination: Mapping[str, Any] | None = None,
    earlier: Sequence[Mapping[str, Any]] = (),
    files: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The manifest; holds no time of day, so that the same build gives the same bytes.

    `version` is the corpus's (see publish/version.py), `profiles` what the catalogue says of each
    language, `sources` the recipe's sources as resolved, `signals` the columns that plug-in stages
    add, each with its stage, `fact_rules` the policy's rules over other facts, as it writes them,
    `earlier` the corpora that documents were kept out for.
    Credentials in the recipe's options and in the inputs are masked.
    """
    return {
        "format": FORMAT,
        "name": recipe["name"],
        "version": version,
        "build_id": build,
        "recipe_sha256": recipe_sha256,
        **totals(files),
        "files": list(files),
        "profiles": {code: dict(profile) for code, profile in profiles.items()},
        "sources": mask_values(sources),
        "signals": dict(signals),
        "inputs": mask_values(inputs),
        "identification_model": mask_values(model),
        "all_duplicate_candidates_compared": all_compared,
        "policies": {code: dict(rules) for code, rules in policy.items()},
        "fact_rules": mask_values(list(fact_rules)),
        "exclusions": dict(exclusions),
        "tombstones": dict(tombstones),
        **({} if contamination is None else {"contamination": dict(contamination)}),
        **({"earlier": [dict(corpus) for corpus in earlier]} if earlier else {}),
        "stages": [
            {
                "stage": ingredient.name,
                "version": ingredient.version,
                "options": mask_values(ingredient.options),
                "libraries": ingredient.software,
            }
            for ingredient in ingredients
        ],
        "versions": dict(versions),
        "recipe": mask_values(recipe),
    }


def totals(files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`documents`, `text_bytes` and `languages` of a manifest, from its entries of files."""
    data = [entry for entry in files if entry["kind"] == "data"]
    return {
        "documents": sum(entry["rows"] for entry in data),
        "text_bytes": sum(entry["text_bytes"] for entry in data),
        "languages": _per_language(data),
    }


def _per_language(data: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for entry in data:
        total = totals.setdefault(entry["lang"], {"documents": 0, "text_bytes": 0, "validation": 0})
        total["documents"] += entry["rows"]
        total["text_bytes"] += entry["text_bytes"]
        total["validation"] += entry["rows"] if entry["split"] == "validation" else 0
    return totals
