"""What a shell completes: languages, reasons, sources, rules, tokenizers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from corpuskit.store_url import is_store_url

if TYPE_CHECKING:
    from corpuskit.publish import Build


def complete_language(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Codes of languages with their names; of a build those that it has."""
    from corpuskit.languages import languages

    names = {profile.code: profile.name for profile in languages()}
    build = _build(ctx)
    if build is not None:
        wanted = build.manifest["recipe"].get("languages", ())
        names = {code: names.get(code, "") for code in wanted}
    found = _matching(names.items(), incomplete)
    by_name = [
        CompletionItem(code, help=name)
        for code, name in names.items()
        if len(incomplete) > 1 and name.lower().startswith(incomplete.lower())
    ]
    return found or by_name


def complete_reason(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Reason codes with their meaning; of a build those that occur in it, and their stages."""
    build = _build(ctx)
    if build is not None:
        codes = {code: build.ledger.meanings.get(code, "") for code in build.ledger.reasons}
    else:
        from corpuskit.pipeline.reasons import reasons

        codes = {code: text for of_stage in reasons().values() for code, text in of_stage.items()}
    stages = dict.fromkeys((code.partition("/")[0] for code in codes), "every reason of this stage")
    return _matching({**codes, **stages}.items(), incomplete)


def complete_source(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of a build's sources."""
    build = _build(ctx)
    sources = build.manifest.get("sources", ()) if build is not None else ()
    return _matching(((source["name"], source["connector"]) for source in sources), incomplete)


def complete_rule(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Rules with what they bound; of a build those in force."""
    from corpuskit.thresholds import RULES

    names = {name: rule.description for name, rule in RULES.items()}
    build = _build(ctx)
    if build is not None:
        policies = build.manifest["policies"].values()
        names = {rule: names.get(rule, "") for policy in policies for rule in policy}
    return _matching(names.items(), incomplete)


def _matching(names: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    return [
        CompletionItem(name, help=" ".join(text.split()) or None)
        for name, text in sorted(names)
        if name.startswith(incomplete)
    ]


def _build(ctx: click.Context) -> Build | None:
    """The build that the command line names; None for none, one in an object store (which would
    have to be asked over the network) or one that cannot be read."""
    from corpuskit.errors import CorpuskitError
    from corpuskit.publish import Build

    place = ctx.params.get("build")
    if place is None and ctx.args:  # click takes no arguments where an option has no value yet
        place = None if is_store_url(ctx.args[0]) else Path(ctx.args[0])
    if not isinstance(place, Path):
        return None
    try:
        build = Build(place)
        build.manifest, build.ledger  # noqa: B018 - damaged ones raise here
    except (CorpuskitError, OSError):
        return None
    return build
