"""A first recipe for a language, with what the catalogue knows written in."""

from __future__ import annotations

import json
from typing import Any

from corpuskit.languages import KnownSource, Language


def scaffold(profile: Language, operator: str, contact: str) -> str:
    """A recipe that is valid as soon as its paths exist."""
    lines = [
        f"# A corpus of {profile.name} ({profile.autonym}).",
        "# Every key is explained in docs/recipe.md.",
        "",
        f"name = {_toml(profile.code.lower())}",
        f"languages = [{_toml(profile.code)}]",
        f"operator = {{ name = {_toml(operator)}, contact = {_toml(contact)} }}",
        "",
        *(line for source in profile.sources for line in _known(profile.code, source)),
        *_own(),
        f"[quality.{profile.code}]",
        "# The profile's thresholds hold unless said otherwise here; false turns a rule off.",
        *(f"# {name} = {one.value:g}" for name, one in profile.thresholds.items()),
        "",
        "[dedup]",
        "threshold = 0.8",
        "",
        "[output]",
        'shard_size = "256MB"',
        "validation = 0.01",
        "",
    ]
    return "\n".join(lines)


def _known(code: str, source: KnownSource) -> list[str]:
    """A source of the catalogue; commented out where something must be fetched first."""
    lines = [f"# {source.about.rstrip('.')}. License: {source.license}."]
    lines += [f"# To have it: {source.obtain}"] if source.obtain else []
    table = ["[[source]]", f'use = "{code}/{source.name}"']
    table += [f"{key} = {_toml(value)}" for key, value in source.options.items()]
    return [*lines, *(f"# {line}" for line in table), ""]


def _own() -> list[str]:
    return [
        "# A source of your own: WARC files of a crawl, or a folder of HTML, text or JSONL.",
        "[[source]]",
        'name = "our-archive"',
        'connector = "files"                 # or "warc"',
        'path = "texts"                      # a folder, a file or a pattern, from this file on',
        'license = "NOASSERTION"             # SPDX id once somebody has verified it',
        '# license_verified_by = "name, date, what it rests on"',
        "",
    ]


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
