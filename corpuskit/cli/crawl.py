"""corpuskit crawl."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.completing import complete_language
from corpuskit.cli.options import NumberRange, allow_empty_option, local_option, out_option

if TYPE_CHECKING:
    from corpuskit.store_url import StoreUrl


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option(
    "--lang",
    "languages",
    multiple=True,
    required=True,
    shell_complete=complete_language,
    help="Language to keep.",
)
@click.option("--operator", required=True, help="Who crawls; sent to every server.")
@click.option("--contact", required=True, help="E-mail address or URL; sent to every server.")
@click.option("--name", help="The build's name [HOST-LANG, of the first URL].")
@out_option
@local_option
@click.option("--max-pages", type=click.IntRange(min=1), help="Largest number of pages to keep.")
@click.option(
    "--delay",
    type=NumberRange(min=0, max=3600),
    metavar="SECONDS",
    help="Seconds between two requests to a host [1]; public hosts get 1 at least.",
)
@click.option("--domain", "domains", multiple=True, help="Domain to stay within [seeds' hosts].")
@click.option(
    "--recrawl",
    type=click.IntRange(min=0),
    metavar="N",
    help="How often the crawl has been repeated; one more than before asks for all pages again.",
)
@click.option(
    "--allow-private",
    multiple=True,
    metavar="HOST",
    help="Host of your own network or machine that may be crawled.",
)
@allow_empty_option
@click.option("--quiet", "-q", is_flag=True, help="Print only errors.")
def crawl(
    urls: tuple[str, ...],
    languages: tuple[str, ...],
    operator: str,
    contact: str,
    name: str | None,
    out: Path | StoreUrl | None,
    local: Path | None,
    max_pages: int | None,
    delay: float | None,
    domains: tuple[str, ...],
    recrawl: int | None,
    allow_private: tuple[str, ...],
    allow_empty: bool,
    quiet: bool,
) -> int:
    """Crawl once from URL... and build a corpus in the wanted languages.

    Robots and opt-outs are obeyed. The same command continues after an interruption, and asks
    again for what failed for a reason that may have passed. A folder belongs to one site and its
    languages. For more than a trial, write a recipe with a source of connector `web`.

    \b
    corpuskit crawl https://example.gov.kh --lang khm_Khmr --operator "Institute of Technology"
        --contact corpus@example.org --max-pages 500
    """
    from corpuskit.build import build
    from corpuskit.cli.build import exit_code, print_summary
    from corpuskit.cli.progress import watcher
    from corpuskit.recipe.oneoff import (
        check_addresses,
        check_languages,
        crawl_name,
        crawl_recipe,
    )

    name = name or crawl_name(urls, languages)
    check_languages(out or Path("builds") / name, languages)
    recipe = crawl_recipe(
        urls,
        languages,
        operator=operator,
        contact=contact,
        name=name,
        max_pages=max_pages,
        delay=delay,
        domains=list(domains) or None,
        allow_private=list(allow_private) or None,
        recrawl=recrawl,
    )
    check_addresses(urls, allow_private)
    with watcher(quiet=quiet) as progress:
        finished = build(recipe, out, local=local, progress=progress, allow_empty=allow_empty)
    if not quiet:
        print_summary(finished, allow_empty=allow_empty)
    return exit_code(finished, allow_empty=allow_empty)
