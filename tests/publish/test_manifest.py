"""The manifest: what was built from what; it goes first and comes last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpuskit.identity import Ingredient, library_version
from corpuskit.publish.manifest import manifest, withdraw
from corpuskit.publish.published import RECORD
from corpuskit.store import LocalStore


def data(lang: str, split: str, rows: int, size: int) -> dict[str, Any]:
    return {"path": f"{lang}-{split}", "kind": "data", "lang": lang, "split": split, "rows": rows,
            "text_bytes": size}  # fmt: skip


FILES = [
    data("khm_Khmr", "train", 90, 9_000),
    data("khm_Khmr", "train", 80, 8_000),
    data("khm_Khmr", "validation", 10, 1_000),
    data("lao_Laoo", "train", 5, 50),
    {"path": "rejects", "kind": "rejects", "rows": 1_000},
    {"path": "ledger.json", "kind": "ledger"},
]
INPUTS = [{"source": "pages", "name": "a", "sha256": "0", "bytes": 3}]


def made(**changes: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "recipe": {"name": "khmer"},
        "recipe_sha256": "r",
        "build": "b",
        "version": "1.0.0",
        "profiles": {"khm_Khmr": {"name": "Khmer"}},
        "sources": [{"name": "pages", "about": "https://ann:hunter2@a.example/"}],
        "signals": {"politeness": "manners"},
        "inputs": INPUTS,
        "ingredients": [Ingredient("extract", "4", {"screen": True}, ("lxml",))],
        "versions": {"lxml": "5"},
        "model": {"name": "sea-2"},
        "policy": {"khm_Khmr": {"min_chars": 3.0}},
        "fact_rules": [["LicenseRule", {"licenses": ["CC0-1.0"]}]],
        "exclusions": {"pages": {"domains": 1, "urls": 0, "key": "k"}},
        "tombstones": {"takedowns": 0, "hashes": {}, "key": "t"},
        "all_compared": True,
        "files": FILES,
    }
    return manifest(**arguments | changes)


def test_what_a_manifest_says() -> None:
    assert made() == {
        "format": 3,
        "name": "khmer",
        "version": "1.0.0",
        "build_id": "b",
        "recipe_sha256": "r",
        "documents": 185,
        "text_bytes": 18_050,
        "languages": {
            "khm_Khmr": {"documents": 180, "text_bytes": 18_000, "validation": 10},
            "lao_Laoo": {"documents": 5, "text_bytes": 50, "validation": 0},
        },
        "files": FILES,
        "profiles": {"khm_Khmr": {"name": "Khmer"}},
        "sources": [{"name": "pages", "about": "https://***@a.example/"}],
        "signals": {"politeness": "manners"},
        "inputs": INPUTS,
        "identification_model": {"name": "sea-2"},
        "all_duplicate_candidates_compared": True,
        "policies": {"khm_Khmr": {"min_chars": 3.0}},
        "fact_rules": [["LicenseRule", {"licenses": ["CC0-1.0"]}]],
        "exclusions": {"pages": {"domains": 1, "urls": 0, "key": "k"}},
        "tombstones": {"takedowns": 0, "hashes": {}, "key": "t"},
        "stages": [
            {
                "stage": "extract",
                "version": "4",
                "options": {"screen": True},
                "libraries": {"lxml": library_version("lxml"), "python": library_version("python")},
            }
        ],
        "versions": {"lxml": "5"},
        "recipe": {"name": "khmer"},
    }
    assert made(all_compared=False)["all_duplicate_candidates_compared"] is False


def test_a_build_that_kept_nothing_has_no_languages() -> None:
    empty = made(files=FILES[4:])
    assert (empty["documents"], empty["text_bytes"], empty["languages"]) == (0, 0, {})


def test_a_manifest_is_taken_away_with_its_record(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    for name in ("manifest.json", RECORD, "README.md"):
        store.put(name, b"{}")
    withdraw(store)
    assert [output.name for output in store.list(".work")] == []
    assert not store.exists("manifest.json")
    assert store.exists("README.md")
    withdraw(store)
