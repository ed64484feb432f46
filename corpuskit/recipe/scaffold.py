"""A first recipe for a language, and how a recipe uses a source of the catalogue."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Final

from corpuskit.languages import KnownSource, Language
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.recipe.models import Recipe

WIDTH: Final = 96

_SHOWN: Final = ("path", "crawl", "index", "rows", "max_records")
"""Options that operators often change."""


def scaffold(profile: Language, operator: str, contact: str, models: Sequence[str]) -> str:
    """A recipe that is valid as it is and reads the operator's own files, without a network.

    The catalogue's sources are listed below it as comments. `models` are the models in the package
    that know the language.
    """
    name = profile.code.lower()
    lines = [
        f"# A corpus of {profile.name} ({profile.autonym}). docs/recipe.md explains every key.",
        *(line for caveat in profile.caveats for line in _comment(f"Note: {caveat}.")),
        "",
        f"name = {_toml(name)}    # the corpus will be in builds/{name}",
        f"languages = [{_toml(profile.code)}]",
        "# Who builds the corpus. Every server that is asked for pages is told both.",
        f"operator = {{ name = {_toml(operator)}, contact = {_toml(contact)} }}",
        "",
        *_model(profile, models),
        *_files(),
        *_catalogue(profile),
        "# Thresholds of the quality rules; those of the profile hold where none is given here.",
        f"# `corpuskit languages {profile.code}` lists them; false turns a rule off.",
        f"# [quality.{profile.code}]",
        *(f"# {name} = {bound.value:g}" for name, bound in [*profile.thresholds.items()][:1]),
        "",
        "[output]",
        "validation = 0.01    # share of the corpus that is set apart for validation",
        "",
    ]
    return "\n".join(lines)


def _model(profile: Language, known: Sequence[str]) -> list[str]:
    """The model for the language, if the default model does not know it."""
    default = Recipe.model_fields["identify"].get_default().model
    if set(known) & set(default.split("+")):
        return []
    if known:
        return ["[identify]", f"model = {_toml(known[0])}    # {default} does not know it", ""]
    problem = profile.lacking(known)[0]
    return [
        *_comment(f"{problem[:1].upper()}{problem[1:]}. A build needs one."),
        "# [identify]",
        '# model = "path/or/URL/of/model.bin"',
        '# sha256 = "..."',
        "",
    ]


def _files() -> list[str]:
    return [
        "# Your own texts: a folder of HTML, text, Markdown or JSONL files. Other connectors read",
        '# other files: "warc" WARC, "tables" CSV, TSV and Parquet, "documents" PDF, DOCX, EPUB.',
        "[[source]]",
        'name = "our-archive"',
        'connector = "files"',
        'path = "texts"               # a folder, a file or a pattern, relative to this file',
        f'license = "{NOASSERTION}"      # an SPDX id once somebody has verified it',
        '# license_verified_by = "name, date, basis"',
        "",
    ]


def _catalogue(profile: Language) -> Iterator[str]:
    """The known sources, a line each; the first one that needs no preparation as an example."""
    if not profile.sources:
        return
    code = profile.code
    yield from _comment(
        f"Known sources of {profile.name}, which are fetched or downloaded. `corpuskit sources "
        f"{code}` shows the license, the restrictions and the preparation of each, and what must "
        "not be used."
    )
    example = next((source for source in profile.sources if source.ready), profile.sources[0])
    for line in source_lines(code, example):
        yield f"# {line}"
    width = max(len(source.name) for source in profile.sources)
    for source in profile.sources:
        about = textwrap.shorten(source.about, WIDTH - width - 9, placeholder=" ...")
        yield f"#   {source.name:<{width}}  {about}"
    yield ""


def source_lines(code: str, source: KnownSource) -> list[str]:
    """The [[source]] table that uses a source of the catalogue, line by line.

    `...` stands where the recipe must give a value.
    """
    table = ["[[source]]", f'use = "{code}/{source.name}"']
    if source.consent_required:
        table.append('consent = "WHO CONSENTED, WHEN, HOW"')
    table += [f"{name} = ...    # {about}" for name, about in source.fill.items()]
    table += [
        f"{name} = {_toml(value)}"
        for name, value in source.options.items()
        if name in _SHOWN and not source.ready
    ]
    return table


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text.replace("..", "."),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
