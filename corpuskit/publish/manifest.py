"""manifest.json: what was built from what, with which versions, digests and options."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from corpuskit import about
from corpuskit.workspace import task_key

FORMAT: Final = 1
_VERSIONED: Final = (
    "trafilatura", "beautifulsoup4", "lxml", "fasttext-community", "datasketch", "icu4py",
    "pyarrow", "fastwarc", "numpy",
)  # fmt: skip


def versions() -> dict[str, str]:
    """Versions of what can change a build's bytes."""
    found = {"python": platform.python_version(), "corpuskit": about.version()}
    for name in _VERSIONED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def build_id(recipe_sha256: str, inputs: Iterable[Mapping[str, Any]], stages: Any) -> str:
    """Twelve hex digits over recipe, inputs and stages: the same for the same corpus."""
    digests = [[one["source"], one["name"], one["sha256"]] for one in inputs]
    return task_key(recipe_sha256, digests, stages)[:12]


def manifest(
    *,
    recipe: Mapping[str, Any],
    recipe_sha256: str,
    build: str,
    inputs: Sequence[Mapping[str, Any]],
    stages: Sequence[Any],
    model: Mapping[str, Any],
    policies: Mapping[str, Any],
    all_compared: bool,
    files: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The manifest; holds no time of day, so that the same build gives the same bytes."""
    data = [one for one in files if one["kind"] == "data"]
    return {
        "format": FORMAT,
        "name": recipe["name"],
        "build_id": build,
        "recipe_sha256": recipe_sha256,
        "documents": sum(one["rows"] for one in data),
        "text_bytes": sum(one["text_bytes"] for one in data),
        "languages": _per_language(data),
        "files": list(files),
        "inputs": list(inputs),
        "identification_model": dict(model),
        "all_duplicate_candidates_compared": all_compared,
        "policies": {code: dict(rules) for code, rules in policies.items()},
        "stages": [{"stage": name, "version": number, "options": o} for name, number, o in stages],
        "versions": versions(),
        "recipe": dict(recipe),
    }


def _per_language(data: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for one in data:
        total = totals.setdefault(one["lang"], {"documents": 0, "text_bytes": 0, "validation": 0})
        total["documents"] += one["rows"]
        total["text_bytes"] += one["text_bytes"]
        total["validation"] += one["rows"] if one["split"] == "validation" else 0
    return totals
