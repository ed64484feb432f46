"""corpuskit languages, corpuskit sources."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

from corpuskit.cli.options import json_option, print_json

if TYPE_CHECKING:
    from corpuskit.exclusions import Excluded
    from corpuskit.languages import KnownSource, Language

_LABEL: Final = 16
_COLUMNS: Final = "{:<10}{:<29}{:<15}{:<14}{:>7}  {:<8}{:<10}{:>7}{:>6}"
"""The row of a language: 106 characters."""


@click.command()
@click.argument("lang", required=False)
@json_option
def languages(lang: str | None, as_json: bool) -> None:
    """List the languages of the catalogue, or show what LANG has and lacks.

    \b
    corpuskit languages
    corpuskit languages jav_Latn
    """
    from corpuskit.languages import languages as profiles

    found = profiles([lang] if lang else None)
    if as_json:
        print_json([one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in found])
    elif lang:
        _show(_profile(found[0]))
    else:
        names = ("identified by", "thresholds", "stop", "repairs", "words", "sources", "mind")
        click.echo(_COLUMNS.format("code", "name", *names))
        for one in found:
            click.echo(_row(one))
        click.echo(
            "\nidentified by: models in the package; stop: stop words, in brackets where no rule "
            "looks at\nthem; repairs: of the script, beside the common ones; mind: caveats and "
            "what is missing,\nwhich `corpuskit languages LANG` tells."
        )


def _row(one: Language) -> str:
    return _COLUMNS.format(
        one.code,
        one.name,
        ", ".join(one.embedded_models) or "none",
        _thresholds(one),
        _stop_words(one),
        _repairs(one),
        one.segmentation,
        len(one.sources) or "none",
        len(one.caveats) + len(one.lacks) or "",
    )


def _stop_words(one: Language) -> str:
    count = len(one.stop_words.values) if one.stop_words else 0
    if not count:
        return "none"
    return f"{count}" if "min_stop_words" in one.thresholds else f"({count})"


def _thresholds(one: Language) -> str:
    """`8 measured`, `5 inherited`, `3 + 5 inh.`: how many, and how they came about."""
    from corpuskit.languages import all_thresholds

    measured = len(one.thresholds)
    inherited = len(all_thresholds(one)) - measured
    if inherited and measured:
        return f"{measured} + {inherited} inh."
    if inherited:
        return f"{inherited} inherited"
    return f"{measured} measured" if measured else "none"


def _from(one: Language, code: str) -> str:
    return "" if code == one.code else f"inherited from {code}: "


def _unset(one: Language) -> list[str]:
    """Rules without a threshold, those of one reason together; of stop words `lacks` tells."""
    reasons: dict[str, list[str]] = {}
    for rule, why in one.unset.items():
        if "stop_word" not in rule:
            reasons.setdefault(why, []).append(rule)
    return [f"{', '.join(rules)}: {why}" for why, rules in reasons.items()]


def _repairs(one: Language) -> str:
    from corpuskit.normalize.rules import SCRIPT_RULES

    return one.script if one.script in SCRIPT_RULES else "common"


def _profile(one: Language) -> list[tuple[str, str]]:
    """Everything that a profile says, what it lacks said as well."""
    from corpuskit.languages import all_thresholds

    lines = [
        ("code", one.code),
        ("name", f"{one.name} · {one.autonym}"),
        ("declared as", ", ".join(one.bcp47)),
        ("written", f"{one.script}, {one.direction}; words by {one.segmentation}"),
        ("repairs", f"of the script {one.script}" if _repairs(one) != "common" else "common ones"),
        ("fonts", ", ".join(one.fonts) or "none named"),
        ("domains", ", ".join(f".{name}" for name in one.cctld) or "none"),
        ("confusable", ", ".join(one.confusable) or "with none"),
    ]
    lines += [(f"in {name}", ", ".join(labels)) for name, labels in one.labels.items()]
    lines += [("mind", caveat) for caveat in one.caveats]
    lines += [("lacks", missing) for missing in one.lacks]
    lines += [
        ("threshold", f"{name} = {bound.value:g}, {_from(one, code)}{bound.origin}")
        for name, (bound, code) in all_thresholds(one).items()
    ]
    lines += [("not set", told) for told in _unset(one)]
    if one.stop_words:
        words = ", ".join(one.stop_words.values)
        lines.append(("stop words", f"{words} ({one.stop_words.origin})"))
    if one.specific_words:
        words = ", ".join(one.specific_words.values)
        against = ", ".join(one.specific_words.against)
        lines.append(("specific", f"{words} ({one.specific_words.origin}; against {against})"))
    lines += [(f"no {kind}", why) for kind, why in one.without.items()]
    lines += [("source", f"{one.code}/{source.name}") for source in one.sources] or [
        ("source", "none known yet")
    ]
    return lines


@click.command()
@click.argument("lang")
@json_option
def sources(lang: str, as_json: bool) -> None:
    """List the sources that the catalogue knows for LANG, and what must not be used.

    \b
    corpuskit sources khm_Khmr
    """
    from corpuskit.exclusions import exclusions
    from corpuskit.languages import language

    profile = language(lang)
    if as_json:
        print_json([one.model_dump(mode="json") for one in profile.sources])
        return
    if not profile.sources:
        click.echo(f"the catalogue knows no source for {lang} yet; describe your own in the recipe")
    for one in profile.sources:
        click.secho(f"{lang}/{one.name}", bold=True)
        _show(_facts(one), indent="  ")
        click.echo()
    for kind, why in profile.without.items():
        click.secho(f"no {kind}", bold=True)
        _show([("because", why)], indent="  ")
        click.echo()
    for entry in exclusions(lang):
        click.secho(f"must not be used: {entry.name}", bold=True)
        _show(_ban(entry), indent="  ")
        click.echo()


def _facts(one: KnownSource) -> list[tuple[str, str]]:
    facts = [
        ("gives", one.about),
        ("connector", one.connector),
        ("license", one.license),
        ("evidence", one.license_evidence),
        _verified(one.license_verified_by),
        ("homepage", one.homepage),
        ("mind", one.restrictions),
        ("consent", "ask for it, and say in the recipe who gave it" * one.consent_required),
        ("first", one.obtain),
        *(("give", f"{name}: {about}") for name, about in one.fill.items()),
        ("ready", "runs as it is" * one.ready),
    ]
    return [(label, value) for label, value in facts if value]


def _verified(by: str) -> tuple[str, str]:
    """Who verified it; or, under a label that says that nobody has, what it rests on."""
    rest = by.removeprefix("not verified")
    if rest == by:
        return "verified", by
    return "not verified", rest.removeprefix(" here").lstrip(":;, ")


def _ban(one: Excluded) -> list[tuple[str, str]]:
    facts = [
        ("is", one.about),
        ("why", one.why),
        ("evidence", one.evidence),
        _verified(one.verified_by),
        ("domains", ", ".join(one.domains)),
        ("data sets", ", ".join(one.hubs)),
    ]
    return [(label, value) for label, value in facts if value]


def _show(facts: Iterable[tuple[str, str]], indent: str = "") -> None:
    """A line or more per fact, wrapped to the terminal under its label."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    for label, value in facts:
        lines = textwrap.wrap(
            value,
            max(width - _LABEL - len(indent), 40),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, line in enumerate(lines or [""]):
            click.echo(f"{indent}{label if not number else '':<{_LABEL}}{line}")
