"""Checks of each [[source]]: the catalogue's entry, rights, the connector and its options."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from corpuskit import exclusions, registry
from corpuskit.connectors.object_paths import is_object_path
from corpuskit.connectors.paths import list_inputs
from corpuskit.errors import CatalogueError, CorpuskitError, Problem, SourceError
from corpuskit.languages import KnownSource, language
from corpuskit.licenses.expression import exact_license, nearest_license
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.recipe.messages import closest, guess, problems_of
from corpuskit.recipe.models import SourceTable

CONSENT: Final = "consent_required"
"""What `resolve` adds to a source: whether its catalogue entry asks for consent."""


def check_sources(data: dict[str, Any], file: str) -> Iterator[Problem]:
    """Mistakes in the [[source]] tables of a raw recipe."""
    names: set[str] = set()
    for key, table in source_tables(data):
        try:
            resolved = resolve(table)
        except CorpuskitError as error:
            yield Problem(file, f"{key}.use", str(error))
            continue
        missing = _to_fill(table)
        for option, about in missing.items():
            yield Problem(file, f"{key}.{option}", "missing", about)
        yield from _check_source(resolved, file, key, options=not missing)
        name = str(resolved.get("name"))
        if name in names:
            yield Problem(
                file, f"{key}.name", f"a second source named {name!r}", "give it a `name`"
            )
        names.add(name)


def source_tables(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables of [[source]] in a raw recipe, each with its key (`source[1]`)."""
    sources = data.get("source")
    for index, table in enumerate(sources if isinstance(sources, list) else []):
        if isinstance(table, dict):
            yield f"source[{index + 1}]", table


def check_paths(data: dict[str, Any], file: Path) -> Iterator[Problem]:
    """Sources whose `path` names no file, for a recipe that has other mistakes too: a build lists
    the inputs of every local source itself before anything runs."""
    for key, table in source_tables(data):
        path = table.get("path")
        if not isinstance(path, str) or table.get("connector") not in _READ_PATHS:
            continue
        if is_object_path(path):  # it is listed when it is fetched
            continue
        try:
            list_inputs(path, file.parent)
        except (SourceError, OSError, ValueError, RuntimeError) as error:
            yield Problem(str(file), f"{key}.path", str(error).removeprefix(f"path {path!r}: "))


_READ_PATHS: Final = ("files", "documents", "warc", "tables")
"""Built-in connectors whose option `path` names files on disk."""


def _to_fill(table: dict[str, Any]) -> dict[str, str]:
    """Options that a source of the catalogue needs and that the recipe does not give."""
    reference = table.get("use")
    wanted = catalogue_source(reference).fill if isinstance(reference, str) else {}
    return {option: about for option, about in wanted.items() if option not in table}


def _check_source(
    table: dict[str, Any], file: str, key: str, options: bool = True
) -> Iterator[Problem]:
    """`options`: whether the connector's options are checked."""
    misspelled = _misspelled(table).values()
    for name in ("name", "connector", "license"):
        if not table.get(name) and (name in table or name not in misspelled):
            about = SourceTable.model_fields[name].description
            yield Problem(file, f"{key}.{name}", "missing", about)
    yield from _check_license(table, file, key)
    yield from _check_rights(table, file, key)
    kind = table.get("connector")
    try:
        known = registry.connector(kind).Options if isinstance(kind, str) else None
    except CorpuskitError as error:
        known = None
        yield Problem(file, f"{key}.connector", str(error))
    if known is not None and options:
        yield from _check_options(table, known, file, key)
        yield from _check_captured(table, known, file, key)
        return
    for name, meant in _misspelled(table).items():
        yield Problem(file, f"{key}.{name}", "unknown key", f"did you mean {meant!r}?")


def _misspelled(table: dict[str, Any]) -> dict[str, str]:
    """Keys that look like a key of every source, each with that key. An option of a connector
    may be as close as `license_column` is to `license`: 0.67."""
    known = SourceTable.model_fields
    names = [name for name in table if name not in (*known, CONSENT)]
    return {name: meant for name in names if (meant := closest(name, known, cutoff=0.8))}


def _check_captured(
    table: dict[str, Any], options: type[BaseModel], file: str, key: str
) -> Iterator[Problem]:
    """Nothing is captured in the future. Days begin up to 14 hours before they do in UTC."""
    value = table.get("captured")
    if "captured" not in options.model_fields or value is None:
        return
    if isinstance(value, int | float):
        message = f"expected a date such as 2026-11-30, got {value!r}"
        yield Problem(file, f"{key}.captured", message)
        return
    with suppress(ValueError):
        day = date.fromisoformat(str(value)[:10])
        if day > (datetime.now(UTC) + timedelta(hours=14)).date():
            yield Problem(file, f"{key}.captured", f"{day} is in the future")


def _check_license(table: dict[str, Any], file: str, key: str) -> Iterator[Problem]:
    """A license is written as SPDX writes it, and somebody verified it."""
    license_ = table.get("license")
    if isinstance(license_, str) and license_ and exact_license(license_) is None:
        message = f"expected an SPDX id, `LicenseRef-...` or `{NOASSERTION}`, got {license_!r}"
        yield Problem(file, f"{key}.license", message, spelling_hint(license_))
        return
    verified = table.get("license_verified_by")
    is_blank = not verified or (isinstance(verified, str) and not verified.strip())
    if is_blank and license_ not in (None, "", NOASSERTION):
        about = SourceTable.model_fields["license_verified_by"].description
        yield Problem(file, f"{key}.license_verified_by", "missing", about)


def spelling_hint(license_: str) -> str:
    """What to write for a license that is not spelled as SPDX spells it."""
    nearest = nearest_license(license_)
    if nearest.startswith("LicenseRef-"):
        return f"`{NOASSERTION}` where nobody knows, {nearest!r} for a license without an SPDX id"
    return f"did you mean {nearest!r}?"


def _check_rights(table: dict[str, Any], file: str, key: str) -> Iterator[Problem]:
    """Consent that is asked for, and what must not be used."""
    if table.get(CONSENT) and not table.get("consent"):
        hint = "ask, then write who consented, when and how"
        yield Problem(file, f"{key}.consent", "this source needs consent", hint)
    allowed = table.get("allow_excluded") or ()
    known = [entry.name for entry in exclusions.exclusions()]
    for name in allowed if isinstance(allowed, list | tuple) else ():
        if name not in known:
            near = guess(str(name), known)
            yield Problem(file, f"{key}.allow_excluded", f"nothing excluded is {name!r}", near)
    if allowed and table.get("license", NOASSERTION) == NOASSERTION:
        yield Problem(file, f"{key}.license", "needed beside allow_excluded", "say which you have")
    for entry in _excluded_in(table):
        if not isinstance(allowed, list | tuple) or entry.name not in allowed:
            hint = f'with a license of your own: allow_excluded = ["{entry.name}"]'
            yield Problem(file, key, f"{entry.name} must not be used: {entry.why}", hint)


def _excluded_in(table: dict[str, Any]) -> list[exclusions.Excluded]:
    """Entries of the list that the source's options name. Every option is searched, because a
    plug-in connector has its own names for what it asks."""
    options = {name: value for name, value in table.items() if name not in SourceTable.model_fields}
    entries = [
        entry
        for text in _strings(options)
        for entry in (exclusions.of_hub(text), exclusions.of_host(text))
        if entry
    ]
    return list({entry.name: entry for entry in entries}.values())


def _strings(value: Any) -> Iterator[str]:
    """Every string in an option's value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _check_options(
    table: dict[str, Any], options: type[BaseModel], file: str, key: str
) -> Iterator[Problem]:
    common = (*SourceTable.model_fields, CONSENT)
    connector_options = {name: value for name, value in table.items() if name not in common}
    try:
        options.model_validate(connector_options)
    except ValidationError as error:
        known = [*options.model_fields, *SourceTable.model_fields]
        for problem in problems_of(error, file, options, connector_options):
            hint = problem.hint
            if problem.message == "unknown key":
                hint = guess(problem.key.rpartition(".")[2], known) or hint
            place = f"{key}.{problem.key}" if problem.key else key
            yield Problem(file, place, problem.message, hint)


def catalogue_source(reference: str) -> KnownSource:
    """`khm_Khmr/libreoffice-help` from the catalogue; CatalogueError names what there is."""
    code, _, name = reference.partition("/")
    sources = {source.name: source for source in language(code).sources}
    if name not in sources:
        known = ", ".join(f"{code}/{known_name}" for known_name in sources) or "none yet"
        raise CatalogueError(f"no source {reference!r} in the catalogue; there are: {known}")
    return sources[name]


def resolve(table: dict[str, Any]) -> dict[str, Any]:
    """A [[source]] completed from the catalogue; the recipe's own keys win.

    Whoever verified the catalogue's license has not verified another one that the recipe states.
    A license is spelled as SPDX spells it.
    """
    table = dict(table)
    if isinstance(license_ := table.get("license"), str):
        table["license"] = exact_license(license_) or license_
    reference = table.get("use")
    if not isinstance(reference, str):
        return table
    known = catalogue_source(reference)
    catalogue = {
        "name": known.name,
        "connector": known.connector,
        "license": known.license,
        "license_verified_by": known.license_verified_by,
        **known.options,
    }
    if table.get("license", known.license) != known.license:
        del catalogue["license_verified_by"]
    recipe_keys = {key: value for key, value in table.items() if key != "use"}
    return {**catalogue, **recipe_keys, CONSENT: known.consent_required}
