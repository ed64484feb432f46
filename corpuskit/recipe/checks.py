"""What is wrong with a recipe, in words: pydantic's errors made plain, and checks across keys."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from corpuskit import exclusions, registry
from corpuskit.errors import CatalogueError, CorpuskitError, Problem
from corpuskit.languages import KnownSource, language, language_codes, nearest
from corpuskit.licenses import NOASSERTION
from corpuskit.names import DEFAULT_MODEL, EMBEDDED_MODEL_NAMES
from corpuskit.recipe.models import Recipe, SourceTable
from corpuskit.registry import BUILT_IN
from corpuskit.thresholds import RULES, SIGNALS, UNBOUNDED, check_keys

CONSENT = "consent_required"
"""What `resolve` adds to a source: whether its catalogue entry asks for consent."""


def guess(word: str, known: Iterable[str]) -> str | None:
    """`did you mean 'x'?`, or None."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else None


def explain(error: ValidationError, data: dict[str, Any], file: str) -> list[Problem]:
    """One Problem per error of pydantic."""
    return [_problem(one, data, file, Recipe) for one in error.errors(include_url=False)]


def _problem(error: Any, data: dict[str, Any], file: str, model: type[BaseModel]) -> Problem:
    location = error["loc"]
    key = dotted(location)
    kind = error["type"]
    if kind == "extra_forbidden":
        known = _keys_beside(location, model)
        return Problem(
            file, key, "unknown key", guess(str(location[-1]), known) or _there_are(known)
        )
    if kind == "missing":
        return Problem(file, key, "missing", _described(location, model))
    message = error["msg"].removeprefix("Value error, ")
    given = error.get("input")
    return Problem(file, key, f"expected {_expected(message)}, got {given!r}")


_PREFIXES = (
    "Input should be ", "String should match pattern ", "String should have ", "String should ",
    "List should have ",
)  # fmt: skip
"""Of pydantic's messages, which go on after "expected"."""


def _expected(message: str) -> str:
    for prefix in _PREFIXES:
        if message.startswith(prefix):
            return message.removeprefix(prefix)
    return message[:1].lower() + message[1:]


def dotted(location: Iterable[str | int]) -> str:
    """('source', 0, 'path') as source[1].path: people count from one."""
    key = ""
    for part in location:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        else:
            key += f".{part}" if key else part
    return key


def _model_at(location: Iterable[str | int], model: type[BaseModel]) -> type[BaseModel] | None:
    """The table's model that a location leads into."""
    for part in location:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        if field is None:
            return None
        inner = field.annotation
        candidates = [inner, *getattr(inner, "__args__", ())]
        tables = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        if not tables:
            return None
        model = tables[0]
    return model


def _keys_beside(location: tuple[str | int, ...], model: type[BaseModel]) -> list[str]:
    table = _model_at(location[:-1], model)
    return [name for name in table.model_fields if name != "path"] if table else []


def _there_are(known: list[str]) -> str | None:
    return f"there are {', '.join(known)}" if known else None


def _described(location: tuple[str | int, ...], model: type[BaseModel]) -> str | None:
    table = _model_at(location[:-1], model)
    field = table.model_fields.get(str(location[-1])) if table else None
    return field.description if field else None


def check(data: dict[str, Any], file: str) -> list[Problem]:
    """Checks that need the catalogue, the connectors and the rules; on raw data, so that a
    mistake elsewhere does not hide them."""
    return [
        *_check_languages(data, file),
        *_check_quality(data, file),
        *_check_sources(data, file),
        *_check_model(data, file),
        *_check_stages(data, file),
        *_check_rules(data, file),
    ]


def _check_languages(data: dict[str, Any], file: str) -> Iterator[Problem]:
    known = set(language_codes())
    codes = data.get("languages")
    for index, code in enumerate(codes if isinstance(codes, list) else []):
        if isinstance(code, str) and code not in known:
            yield Problem(
                file, f"languages[{index + 1}]", f"no language {code!r}", nearest(code)[2:]
            )


def _check_quality(data: dict[str, Any], file: str) -> Iterator[Problem]:
    tables = data.get("quality")
    wanted = data.get("languages") or []
    for code, rules in tables.items() if isinstance(tables, dict) else ():
        if code not in wanted:
            yield Problem(
                file, f"quality.{code}", "not among `languages`", guess(str(code), wanted)
            )
        for rule, nearest_rule in check_keys(rules if isinstance(rules, dict) else []):
            hint = f"did you mean {nearest_rule!r}?" if nearest_rule else None
            yield Problem(file, f"quality.{code}.{rule}", "no such rule", hint)
        for rule, value in rules.items() if isinstance(rules, dict) else ():
            if said := _wrong_threshold(str(code), str(rule), value):
                yield Problem(file, f"quality.{code}.{rule}", said)


def _wrong_threshold(code: str, rule: str, value: Any) -> str | None:
    """What is wrong with a rule's value, beside its type: out of bounds, or nothing to look at."""
    if value is True:
        return "expected a number or false"
    if value is False or rule not in RULES or not isinstance(value, int | float):
        return None
    if not math.isfinite(value):
        return "expected a finite number or false"
    signal = SIGNALS[RULES[rule].signal]
    if not 0 <= value <= signal.highest:
        highest = "" if signal.highest == UNBOUNDED else f", at most {signal.highest:g}"
        return f"expected {signal.unit}: 0 or more{highest}, got {value!r}"
    known = signal.name != "specific_word_share" or code not in language_codes()
    if known or language(code).specific_words:
        return None
    return f"{code} has no list of specific words to look for; `corpuskit lid words` makes them"


def _check_model(data: dict[str, Any], file: str) -> Iterator[Problem]:
    table = data.get("identify")
    if not isinstance(table, dict) or table.get("model", DEFAULT_MODEL) in EMBEDDED_MODEL_NAMES:
        return
    if "sha256" not in table:
        yield Problem(file, "identify.sha256", "needed beside a model of your own")


def _check_stages(data: dict[str, Any], file: str) -> Iterator[Problem]:
    stages = data.get("stages")
    for index, name in enumerate(stages if isinstance(stages, list) else []):
        own = sorted(set(registry.names(registry.STAGES)) - BUILT_IN[registry.STAGES].keys())
        if name in BUILT_IN[registry.STAGES]:
            yield Problem(file, f"stages[{index + 1}]", f"{name!r} is built in and runs anyway")
        elif name not in own:
            there = f"there are {', '.join(own)}" if own else "none is installed"
            near = guess(str(name), own) or "a package offers one by an entry point"
            message = f"no stage {name!r} of a plug-in; {there}"
            yield Problem(file, f"stages[{index + 1}]", message, near)


def _check_rules(data: dict[str, Any], file: str) -> Iterator[Problem]:
    """Rules on signals of one's own: each bounds something, in a language that is wanted."""
    rules = data.get("rules")
    wanted = data.get("languages") or []
    for signal, table in rules.items() if isinstance(rules, dict) else ():
        if not isinstance(table, dict):
            continue
        yield from _check_bounds(table, file, f"rules.{signal}")
        for code in table:
            if code not in ("min", "max") and code not in wanted:
                near = guess(str(code), ["min", "max", *wanted])
                yield Problem(file, f"rules.{signal}.{code}", "not among `languages`", near)
        built_in = signal in SIGNALS
        if built_in:
            hint = f"write it as [quality.LANG] min_{signal} or max_{signal}"
            yield Problem(file, f"rules.{signal}", "is a built-in signal", hint)


def _check_bounds(table: dict[str, Any], file: str, key: str) -> Iterator[Problem]:
    """A rule bounds something, and leaves something."""
    if not table:
        yield Problem(file, key, "bounds nothing", "write `min` or `max`")
    least, most = table.get("min"), table.get("max")
    if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
        yield Problem(file, key, f"no value is at least {least} and at most {most}")
    for code, inner in table.items():
        if isinstance(inner, dict):
            yield from _check_bounds(inner, file, f"{key}.{code}")


def _check_sources(data: dict[str, Any], file: str) -> Iterator[Problem]:
    names: set[str] = set()
    sources = data.get("source")
    for index, table in enumerate(sources if isinstance(sources, list) else []):
        if not isinstance(table, dict):
            continue
        key = f"source[{index + 1}]"
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


def _to_fill(table: dict[str, Any]) -> dict[str, str]:
    """Options that a source of the catalogue needs and that the recipe does not give."""
    reference = table.get("use")
    wanted = catalogue_source(reference).fill if isinstance(reference, str) else {}
    return {option: about for option, about in wanted.items() if option not in table}


def _check_source(
    table: dict[str, Any], file: str, key: str, options: bool = True
) -> Iterator[Problem]:
    """`options`: whether those of the connector are looked at."""
    if missing := [k for k in ("name", "connector", "license") if not table.get(k)]:
        for one in missing:
            yield Problem(
                file, f"{key}.{one}", "missing", SourceTable.model_fields[one].description
            )
    if table.get("license", NOASSERTION) != NOASSERTION and not table.get("license_verified_by"):
        hint = SourceTable.model_fields["license_verified_by"].description
        yield Problem(file, f"{key}.license_verified_by", "missing", hint)
    yield from _check_rights(table, file, key)
    kind = table.get("connector")
    if not isinstance(kind, str):
        return
    try:
        known = registry.connector(kind).Options
    except CorpuskitError as error:
        yield Problem(file, f"{key}.connector", str(error))
        return
    if options:
        yield from _check_options(table, known, file, key)


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
        if entry.name not in allowed:
            hint = f'with a license of your own: allow_excluded = ["{entry.name}"]'
            yield Problem(file, key, f"{entry.name} must not be used: {entry.why}", hint)


def _excluded_in(table: dict[str, Any]) -> list[exclusions.Excluded]:
    """Entries of the list that the source's options name, whatever the options are called: a
    connector of somebody else's has its own names for what it asks."""
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
    apart = (*SourceTable.model_fields, CONSENT)
    own = {name: value for name, value in table.items() if name not in apart}
    try:
        options.model_validate(own)
    except ValidationError as error:
        known = [*options.model_fields, *SourceTable.model_fields]
        for one in error.errors(include_url=False):
            problem = _problem(one, own, file, options)
            hint = guess(str(one["loc"][-1]), known) if problem.message == "unknown key" else None
            yield Problem(file, f"{key}.{problem.key}", problem.message, hint or problem.hint)


def catalogue_source(reference: str) -> KnownSource:
    """`khm_Khmr/libreoffice-help` from the catalogue; CatalogueError names what there is."""
    code, _, name = reference.partition("/")
    sources = {source.name: source for source in language(code).sources}
    if name not in sources:
        there = ", ".join(f"{code}/{one}" for one in sources) or "none yet"
        raise CatalogueError(f"no source {reference!r} in the catalogue; there are: {there}")
    return sources[name]


def resolve(table: dict[str, Any]) -> dict[str, Any]:
    """A [[source]] with what the catalogue says of it filled in; the recipe's own keys win."""
    reference = table.get("use")
    if not isinstance(reference, str):
        return dict(table)
    known = catalogue_source(reference)
    catalogue = {
        "name": known.name,
        "connector": known.connector,
        "license": known.license,
        "license_verified_by": known.license_verified_by,
        **known.options,
    }
    own = {key: value for key, value in table.items() if key != "use"}
    return {**catalogue, **own, CONSENT: known.consent_required}
