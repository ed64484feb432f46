"""What is wrong with a recipe, in words: checks across keys, and against the catalogue."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from corpuskit import registry
from corpuskit.errors import Problem
from corpuskit.languages import language, language_codes, nearest
from corpuskit.licenses.expression import exact_license
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.names import DEFAULT_MODEL, EMBEDDED_MODEL_NAMES, REPLACED_MODELS
from corpuskit.recipe.messages import closest, dotted, guess, shown
from corpuskit.recipe.source_checks import check_sources, spelling_hint
from corpuskit.registry import BUILT_IN
from corpuskit.thresholds import RULES, SIGNALS, UNBOUNDED, check_keys

_LARGEST: Final = 2**63 - 1
"""TOML 1.0 asks for integers of 64 bits; larger ones are of no use in a recipe."""
_DEEPEST: Final = 50
"""Levels of tables and lists; a recipe has at most five, a plug-in's options may have some more."""


def check_values(data: dict[str, Any], file: str) -> list[Problem]:
    """Values that no key can hold: integers beyond 64 bits, tables and lists nested without end."""
    problems: list[Problem] = []
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), data)]
    while waiting:
        location, value = waiting.pop()
        if isinstance(value, dict | list | tuple) and len(location) > _DEEPEST:
            message = f"nested deeper than {_DEEPEST} levels"
            problems.append(Problem(file, dotted(location[:3]), message))
        elif isinstance(value, dict):
            waiting += [((*location, str(key)), inner) for key, inner in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [((*location, index), inner) for index, inner in enumerate(value)]
        elif isinstance(value, int) and abs(value) > _LARGEST:
            problems.append(Problem(file, dotted(location), "an integer beyond 64 bits"))
    return problems


def check(data: dict[str, Any], file: str) -> list[Problem]:
    """Checks that need the catalogue, the connectors and the rules; on raw data, so that a
    mistake elsewhere does not hide them."""
    return [
        *_check_languages(data, file),
        *_check_quality(data, file),
        *check_sources(data, file),
        *_check_model(data, file),
        *_check_stages(data, file),
        *_check_rules(data, file),
        *_check_policy(data, file),
    ]


def _wanted(data: dict[str, Any]) -> list[str]:
    """The recipe's languages; for a misspelled one that which it is closest to."""
    codes = data.get("languages")
    strings = [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []
    known = language_codes()
    return [code if code in known else closest(code, known) or code for code in strings]


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
    wanted = _wanted(data)
    for code, rules in tables.items() if isinstance(tables, dict) else ():
        if code not in wanted:
            yield Problem(
                file, f"quality.{code}", "not among `languages`", guess(str(code), wanted)
            )
        for rule, nearest_rule in check_keys(rules if isinstance(rules, dict) else []):
            hint = f"did you mean {nearest_rule!r}?" if nearest_rule else None
            yield Problem(file, f"quality.{code}.{rule}", "no such rule", hint)
        for rule, value in rules.items() if isinstance(rules, dict) else ():
            if mistake := _wrong_threshold(str(code), str(rule), value):
                yield Problem(file, f"quality.{code}.{rule}", mistake)
        yield from _check_signals(rules, file, f"quality.{code}")


def _check_signals(rules: Any, file: str, key: str) -> Iterator[Problem]:
    """Signals that two rules of a table bound: some value satisfies both."""
    bounds: dict[str, dict[str, Any]] = {}
    for name, value in rules.items() if isinstance(rules, dict) else ():
        if name in RULES and not isinstance(value, bool):
            rule = RULES[name]
            bounds.setdefault(rule.signal, {})[rule.bound] = value
    for signal, table in bounds.items():
        for problem in _check_bounds(table, file, key):
            yield Problem(file, key, f"{signal}: {problem.message}")


def _wrong_threshold(code: str, rule: str, value: Any) -> str | None:
    """What is wrong with a rule's value beside its type: it is out of bounds, or the language has
    no word list for the rule."""
    if value is False or rule not in RULES:
        return None
    if value is True or not isinstance(value, int | float):
        return f"expected a number or false, got {shown(value)}"
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
    """A name must be that of an embedded model; a file or URL needs its digest."""
    table = data.get("identify")
    if not isinstance(table, dict) or table.get("model", DEFAULT_MODEL) in EMBEDDED_MODEL_NAMES:
        return
    model = table["model"]
    if isinstance(model, str) and model in REPLACED_MODELS:
        message = f"{model!r} is no longer in the package; its successor was trained on more texts"
        hint = f'write model = "{REPLACED_MODELS[model]}"; documents will be identified again'
        yield Problem(file, "identify.model", message, hint)
    elif isinstance(model, str) and not _names_a_file(model, Path(file).parent):
        known = ", ".join(EMBEDDED_MODEL_NAMES)
        near = guess(model, EMBEDDED_MODEL_NAMES) or "a model of your own is a file or a URL"
        message = f"no embedded model {model!r}; there are {known}"
        yield Problem(file, "identify.model", message, near)
    elif isinstance(model, str) and "sha256" not in table:
        yield Problem(file, "identify.sha256", "needed beside a model of your own")


def _names_a_file(model: str, folder: Path) -> bool:
    """Whether a model's name is meant as a file or URL: it has a suffix or a folder, or exists."""
    if Path(model).suffix or "/" in model or "\\" in model:
        return True
    return "\0" not in model and (folder / model).exists()


def _check_stages(data: dict[str, Any], file: str) -> Iterator[Problem]:
    stages = data.get("stages")
    built_in = BUILT_IN[registry.STAGES].keys()
    for index, name in enumerate(stages if isinstance(stages, list) else []):
        if not isinstance(name, str):
            continue  # its type is reported elsewhere
        plug_ins = sorted(set(registry.names(registry.STAGES)) - built_in)
        if name in built_in:
            yield Problem(file, f"stages[{index + 1}]", f"{name!r} is built in and runs anyway")
        elif name not in plug_ins:
            known = f"there are {', '.join(plug_ins)}" if plug_ins else "none is installed"
            near = guess(name, plug_ins) or "a package offers one by an entry point"
            message = f"no stage {name!r} of a plug-in; {known}"
            yield Problem(file, f"stages[{index + 1}]", message, near)


def _check_rules(data: dict[str, Any], file: str) -> Iterator[Problem]:
    """Rules on plug-ins' signals: each bounds something, in a language that is wanted."""
    rules = data.get("rules")
    wanted = _wanted(data)
    for signal, table in rules.items() if isinstance(rules, dict) else ():
        if not isinstance(table, dict):
            continue
        yield from _check_bounds(table, file, f"rules.{signal}")
        for code, value in table.items():
            key = f"rules.{signal}.{code}"
            if code in ("min", "max", *wanted):
                continue
            if isinstance(value, dict):
                yield Problem(file, key, "not among `languages`", guess(str(code), wanted))
            else:
                near = guess(str(code), ("min", "max")) or "there are min and max"
                yield Problem(file, key, "unknown key", near)
        if signal in SIGNALS:
            hint = f"write it as [quality.LANG] min_{signal} or max_{signal}"
            yield Problem(file, f"rules.{signal}", "is a built-in signal", hint)


def _check_policy(data: dict[str, Any], file: str) -> Iterator[Problem]:
    """Licenses that documents may have are single ones, as SPDX spells them."""
    table = data.get("policy")
    licenses = table.get("licenses") if isinstance(table, dict) else None
    for index, license_ in enumerate(licenses if isinstance(licenses, list | tuple) else [], 1):
        if not isinstance(license_, str):
            continue  # its type is reported elsewhere
        key, exact = f"policy.licenses[{index}]", exact_license(license_)
        if exact == NOASSERTION:
            hint = 'unknown = "keep" keeps documents whose license nobody knows'
            yield Problem(file, key, f"{NOASSERTION} is not a license", hint)
        elif exact is None:
            message = f"expected an SPDX id or `LicenseRef-...`, got {license_!r}"
            yield Problem(file, key, message, spelling_hint(license_))
        elif " AND " in exact or " OR " in exact:
            hint = "list each license; an expression is permitted by the licenses in it"
            yield Problem(file, key, f"expected one license, got {license_!r}", hint)
    if licenses == []:
        yield Problem(file, "policy.licenses", "permits no license", "leave it out to permit any")


def _check_bounds(table: dict[str, Any], file: str, key: str) -> Iterator[Problem]:
    """A rule has a bound, and some value satisfies it."""
    if not table:
        yield Problem(file, key, "bounds nothing", "write `min` or `max`")
    least, most = table.get("min"), table.get("max")
    if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
        yield Problem(file, key, f"no value is at least {least} and at most {most}")
    for code, inner in table.items():
        if isinstance(inner, dict):
            yield from _check_bounds(inner, file, f"{key}.{code}")
