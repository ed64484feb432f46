"""corpuskit languages, corpuskit sources."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import click

from corpuskit.cli.completing import complete_language
from corpuskit.cli.options import json_option
from corpuskit.cli.output import print_json, show

if TYPE_CHECKING:
    from corpuskit.exclusions import Excluded
    from corpuskit.languages import KnownSource, Language

_LABEL: Final = 16
_COLUMNS: Final = "{:<10}{:<29}{:<15}{:<14}{:>7}  {:<8}{:<10}{:>7}{:>6}"
"""The row of a language: 106 characters."""
_LEGEND: Final = (
    "identified by: models in the package; stop: stop words, in brackets if no rule uses them;",
    "repairs: for the script, besides the common ones; mind: caveats and missing parts,",
    "which `corpuskit languages LANG` shows.",
)


@click.command()
@click.argument("lang", required=False, shell_complete=complete_language)
@json_option
def languages(lang: str | None, as_json: bool) -> None:
    """List the languages of the catalogue, or show LANG's profile and what it lacks.

    \b
    corpuskit languages
    corpuskit languages jav_Latn
    """
    from corpuskit.languages import languages as profiles

    listed = profiles([lang] if lang else None)
    if as_json:
        print_json(
            [
                profile.model_dump(mode="json", by_alias=True, exclude_none=True)
                for profile in listed
            ]
        )
    elif lang:
        _show(_profile(listed[0]))
    else:
        names = ("identified by", "thresholds", "stop", "repairs", "words", "sources", "mind")
        show(_COLUMNS.format("code", "name", *names))
        for profile in listed:
            show(_row(profile))
        show()
        for line in _LEGEND:
            show(line)


def _row(profile: Language) -> str:
    from corpuskit.identify.model_labels import models_that_know

    return _COLUMNS.format(
        profile.code,
        profile.name,
        ", ".join(models := models_that_know(profile.code)) or "none",
        _thresholds(profile),
        _stop_words(profile),
        _repairs(profile),
        profile.segmentation,
        len(profile.sources) or "none",
        len(profile.caveats) + len(profile.lacking(models)) or "",
    )


def _stop_words(profile: Language) -> str:
    count = len(profile.stop_words.values) if profile.stop_words else 0
    if not count:
        return "none"
    return f"{count}" if "min_stop_words" in profile.thresholds else f"({count})"


def _thresholds(profile: Language) -> str:
    """The number of thresholds and their origin: `8 measured`, `5 inherited`, `3 + 5 inh.`."""
    from corpuskit.languages import all_thresholds

    measured = len(profile.thresholds)
    inherited = len(all_thresholds(profile)) - measured
    if inherited and measured:
        return f"{measured} + {inherited} inh."
    if inherited:
        return f"{inherited} inherited"
    return f"{measured} measured" if measured else "none"


def _from(profile: Language, code: str) -> str:
    return "" if code == profile.code else f"inherited from {code}: "


def _unset(profile: Language) -> list[str]:
    """Rules without a threshold, grouped by reason; `lacks` covers those on stop words."""
    reasons: dict[str, list[str]] = {}
    for rule, why in profile.unset.items():
        if "stop_word" not in rule:
            reasons.setdefault(why, []).append(rule)
    return [f"{', '.join(rules)}: {why}" for why, rules in reasons.items()]


def _repairs(profile: Language) -> str:
    from corpuskit.normalize.rules import SCRIPT_RULES

    return profile.script if profile.script in SCRIPT_RULES else "common"


def _profile(profile: Language) -> list[tuple[str, str]]:
    """Everything in a profile, and what it lacks."""
    from corpuskit.identify.model_labels import models_that_know
    from corpuskit.languages import all_thresholds

    lines = [
        ("code", profile.code),
        ("name", f"{profile.name} · {profile.autonym}"),
        ("declared as", ", ".join(profile.bcp47)),
        ("written", f"{profile.script}, {profile.direction}; words by {profile.segmentation}"),
        (
            "repairs",
            f"of the script {profile.script}" if _repairs(profile) != "common" else "common ones",
        ),
        ("fonts", ", ".join(profile.fonts) or "none named"),
        ("domains", ", ".join(f".{name}" for name in profile.cctld) or "none"),
        ("confusable", ", ".join(profile.confusable) or "with none"),
    ]
    labels = _labels(profile)
    lines += [(f"in {name}", ", ".join(values)) for name, values in labels.items()]
    lines += [("mind", caveat) for caveat in profile.caveats]
    models = models_that_know(profile.code)
    lines += [("lacks", missing) for missing in profile.lacking(models)]
    lines += [
        ("threshold", f"{name} = {bound.value:g}, {_from(profile, code)}{bound.origin}")
        for name, (bound, code) in all_thresholds(profile).items()
    ]
    lines += [("not set", reason) for reason in _unset(profile)]
    if profile.stop_words:
        words = ", ".join(profile.stop_words.values)
        lines.append(("stop words", f"{words} ({profile.stop_words.origin})"))
    if profile.specific_words:
        words = ", ".join(profile.specific_words.values)
        against = ", ".join(profile.specific_words.against)
        lines.append(("specific", f"{words} ({profile.specific_words.origin}; against {against})"))
    lines += [(f"no {kind}", why) for kind, why in profile.without.items()]
    lines += [("source", f"{profile.code}/{source.name}") for source in profile.sources] or [
        ("source", "none known yet")
    ]
    return lines


def _labels(profile: Language) -> dict[str, tuple[str, ...]]:
    """The language's labels per model: the profile's, and those of the models themselves."""
    from corpuskit.identify.model_labels import embedded_labels, models_that_know

    labels = {name: values for name, values in profile.labels.items() if values}
    for model in models_that_know(profile.code):
        table = embedded_labels(model).items()
        labels.setdefault(model, tuple(label for label, codes in table if profile.code in codes))
    return labels


@click.command()
@click.argument("lang", shell_complete=complete_language)
@json_option
def sources(lang: str, as_json: bool) -> None:
    """List the catalogue's sources for LANG, and sources that must not be used.

    \b
    corpuskit sources khm_Khmr
    """
    from corpuskit.exclusions import exclusions
    from corpuskit.languages import language
    from corpuskit.recipe.scaffold import source_lines

    profile = language(lang)
    if as_json:
        print_json([source.model_dump(mode="json") for source in profile.sources])
        return
    if not profile.sources:
        show(f"the catalogue has no source for {lang} yet; describe your own in the recipe")
    for source in profile.sources:
        show(f"{lang}/{source.name}", bold=True)
        _show(_facts(source), indent="  ")
        for number, line in enumerate(source_lines(lang, source)):
            show(f"  {'recipe' if not number else '':<{_LABEL}}{line}")
        show()
    for kind, why in profile.without.items():
        show(f"no {kind}", bold=True)
        _show([("because", why)], indent="  ")
        show()
    for entry in exclusions(lang):
        show(f"must not be used: {entry.name}", bold=True)
        _show(_ban(entry), indent="  ")
        show()


def _facts(source: KnownSource) -> list[tuple[str, str]]:
    facts = [
        ("gives", source.about),
        ("connector", source.connector),
        ("license", source.license),
        ("evidence", source.license_evidence),
        _verified(source.license_verified_by),
        ("homepage", source.homepage),
        ("mind", source.restrictions),
        ("consent", "ask for it, and state in the recipe who gave it" * source.consent_required),
        ("first", source.obtain),
        *(("give", f"{name}: {about}") for name, about in source.fill.items()),
        ("ready", "runs as it is" * source.ready),
    ]
    return [(label, value) for label, value in facts if value]


def _verified(by: str) -> tuple[str, str]:
    """Who verified it; if nobody did, the basis of the entry under the label `not verified`."""
    rest = by.removeprefix("not verified")
    if rest == by:
        return "verified", by
    return "not verified", rest.removeprefix(" here").lstrip(":;, ")


def _ban(entry: Excluded) -> list[tuple[str, str]]:
    facts = [
        ("is", entry.about),
        ("why", entry.why),
        ("evidence", entry.evidence),
        _verified(entry.verified_by),
        ("domains", ", ".join(entry.domains)),
        ("data sets", ", ".join(entry.hubs)),
    ]
    return [(label, value) for label, value in facts if value]


def _show(facts: Iterable[tuple[str, str]], indent: str = "") -> None:
    """Print each fact under its label, wrapped to the terminal."""
    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    for label, value in facts:
        lines = textwrap.wrap(
            value,
            max(width - _LABEL - len(indent), 40),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, line in enumerate(lines or [""]):
            show(f"{indent}{label if not number else '':<{_LABEL}}{line}")
