"""A first recipe for a language, filled in from the catalogue."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from corpuskit.languages import KnownSource, Language
from corpuskit.licenses import NOASSERTION
from corpuskit.recipe.models import Recipe
from corpuskit.thresholds import NEAR_DUPLICATE

WIDTH: Final = 96

_SHOWN: Final = ("path", "crawl", "index", "rows", "max_records")
"""Options that operators often change."""


def scaffold(profile: Language, operator: str, contact: str) -> str:
    """A recipe that is valid as it is.

    Sources that need no preparation are active; the others are comments that say what to do. If
    no source is active, a folder of the operator's own texts is.
    """
    active = any(source.ready for source in profile.sources)
    lines = [
        f"# A corpus of {profile.name} ({profile.autonym}).",
        "# Every key is explained in docs/recipe.md. `corpuskit fetch RECIPE --dry-run` shows what",
        f"# would be requested, `corpuskit sources {profile.code}` also what must not be used.",
        *(line for caveat in profile.caveats for line in _comment(f"Mind: {caveat}.")),
        "",
        f"name = {_toml(profile.code.lower())}",
        f"languages = [{_toml(profile.code)}]",
        f"operator = {{ name = {_toml(operator)}, contact = {_toml(contact)} }}",
        "",
        *_model(profile),
        *(line for source in profile.sources for line in _known(profile.code, source)),
        *_own(commented=active),
        f"[quality.{profile.code}]",
        "# Thresholds here replace the profile's; false turns a rule off.",
        *(f"# {name} = {threshold.value:g}" for name, threshold in profile.thresholds.items()),
        "",
        "[dedup]",
        f"threshold = {NEAR_DUPLICATE}",
        "",
        "[output]",
        'shard_size = "256MB"',
        "validation = 0.01",
        "",
    ]
    return "\n".join(lines)


def _model(profile: Language) -> list[str]:
    """The model for the language, if the default model does not know it."""
    default = Recipe.model_fields["identify"].get_default().model
    known = profile.embedded_models
    if set(known) & set(default.split("+")):
        return []
    if known:
        return ["[identify]", f"model = {_toml(known[0])}    # {default} does not know it", ""]
    problem = profile.lacks[0]
    return [
        *_comment(f"{problem[:1].upper()}{problem[1:]}. A build needs one."),
        "# [identify]",
        '# model = "path/or/URL/of/model.bin"',
        '# sha256 = "..."',
        "",
    ]


def _known(code: str, source: KnownSource) -> Iterator[str]:
    """A source of the catalogue; commented out if something must be done first."""
    yield from _comment(f"{source.about}. License: {source.license} ({source.license_evidence}).")
    if source.restrictions:
        yield from _comment(f"Mind: {source.restrictions}.")
    if source.obtain:
        yield from _comment(f"First: {source.obtain}.")
    table = ["[[source]]", f'use = "{code}/{source.name}"']
    if source.consent_required:
        table.append('consent = "WHO CONSENTED, WHEN, HOW"')
    table += [f"{name} = ...    # {about}" for name, about in source.fill.items()]
    table += [
        f"{name} = {_toml(value)}"
        for name, value in source.options.items()
        if name in _SHOWN and not source.ready
    ]
    yield from (line if source.ready else f"# {line}" for line in table)
    yield ""


def _own(commented: bool) -> list[str]:
    table = [
        "[[source]]",
        'name = "our-archive"',
        'connector = "files"                 # or "warc"',
        'path = "texts"                      # folder, file or pattern, relative to this file',
        f'license = "{NOASSERTION}"             # SPDX id once somebody has verified it',
        '# license_verified_by = "name, date, basis"',
    ]
    return [
        "# A source of your own: WARC files of a crawl, or a folder of HTML, text or JSONL.",
        *(f"# {line}" if commented else line for line in table),
        "",
    ]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text.replace("..", "."),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
