"""corpuskit languages, corpuskit sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.options import json_option, print_json

if TYPE_CHECKING:
    from corpuskit.languages import KnownSource, Language


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
        for label, value in _profile(found[0]):
            click.echo(f"{label:<12}{value}")
    else:
        click.echo(
            f"{'code':<10}{'name':<14}{'words':<10}{'thresholds':>11}{'stop words':>12}"
            f"{'sources':>9}  in its own words"
        )
        for one in found:
            click.echo(_row(one))


def _profile(one: Language) -> list[tuple[str, str]]:
    """Everything that a profile says, what it lacks said as well."""
    stop_words = one.stop_words
    lines = [
        ("code", one.code),
        ("name", f"{one.name} · {one.autonym}"),
        ("declared as", ", ".join(one.bcp47)),
        ("written", f"{one.script}, {one.direction}, words by {one.segmentation}"),
        ("fonts", ", ".join(one.fonts) or "none named"),
        ("domains", ", ".join(f".{name}" for name in one.cctld) or "none"),
        ("confusable", ", ".join(one.confusable) or "with none"),
    ]
    lines += [("model", f"{name}: {', '.join(labels)}") for name, labels in one.labels.items()]
    lines += [("model", "none knows it: name one in the recipe")] if not one.labels else []
    lines += [("caveat", caveat) for caveat in one.caveats]
    lines += [
        ("threshold", f"{name} = {bound.value:g}, {bound.origin}")
        for name, bound in one.thresholds.items()
    ] or [("threshold", "none of its own: the defaults hold")]
    if stop_words:
        lines.append(("stop words", f"{', '.join(stop_words.values)} ({stop_words.origin})"))
    else:
        lines.append(("stop words", "none"))
    lines += [("source", f"{one.code}/{source.name}") for source in one.sources] or [
        ("source", "none known yet")
    ]
    return lines


def _row(one: Language) -> str:
    words = len(one.stop_words.values) if one.stop_words else 0
    return (
        f"{one.code:<10}{one.name:<14}{one.segmentation:<10}{len(one.thresholds) or 'none':>11}"
        f"{words or 'none':>12}{len(one.sources) or 'none':>9}  {one.autonym}"
    )


@click.command()
@click.argument("lang")
@json_option
def sources(lang: str, as_json: bool) -> None:
    """List the sources that the catalogue knows for LANG, with their licences.

    \b
    corpuskit sources khm_Khmr
    """
    from corpuskit.languages import language

    profile = language(lang)
    if as_json:
        print_json([one.model_dump(mode="json") for one in profile.sources])
        return
    if not profile.sources:
        click.echo(f"the catalogue knows no source for {lang} yet; describe your own in the recipe")
    for number, one in enumerate(profile.sources):
        if number:
            click.echo()
        click.echo(f"{lang}/{one.name}")
        for label, value in _facts(one):
            click.echo(f"  {label:<12}{value}")


def _facts(one: KnownSource) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        ("gives", one.about),
        ("connector", one.connector),
        ("licence", f"{one.license}: {one.license_evidence}"),
        ("verified", one.license_verified_by),
        ("homepage", one.homepage),
        ("obtain", one.obtain),
        ("restricted", one.restrictions),
        ("consent", "the operator must ask first" if one.consent_required else None),
    ]
    return [(label, value) for label, value in facts if value]
