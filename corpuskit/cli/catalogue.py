"""corpuskit languages, corpuskit sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.options import json_option, print_json

if TYPE_CHECKING:
    from corpuskit.languages import KnownSource, Language


@click.command()
@json_option
def languages(as_json: bool) -> None:
    """List the languages of the catalogue and what each has and lacks.

    \b
    corpuskit languages
    """
    from corpuskit.languages import languages as profiles

    found = profiles()
    if as_json:
        print_json([one.model_dump(mode="json", exclude_none=True) for one in found])
        return
    click.echo(
        f"{'code':<10}{'name':<14}{'words':<9}{'thresholds':>11}{'stop words':>12}"
        f"{'sources':>9}  in its own words"
    )
    for one in found:
        click.echo(_row(one))


def _row(one: Language) -> str:
    words = len(one.stop_words.values) if one.stop_words else 0
    return (
        f"{one.code:<10}{one.name:<14}{one.segmentation:<9}{len(one.thresholds) or 'none':>11}"
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
