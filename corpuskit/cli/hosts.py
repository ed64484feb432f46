"""corpuskit hosts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import NumberRange, json_option
from corpuskit.cli.output import print_json, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpuskit.connectors.commoncrawl.hosts import HostCount


@click.command()
@click.option("--lang", required=True, help="Language, as `khm` or `khm_Khmr`.")
@click.option("--crawl", "crawls", multiple=True, help="Crawl, as CC-MAIN-2026-43; repeatable.")
@click.option(
    "--index",
    multiple=True,
    metavar="PLACE",
    help="Instead of --crawl: files of the columnar index, a folder, or a list of paths.",
)
@click.option("--tld", "tlds", multiple=True, help="Only hosts below this top-level domain.")
@click.option("--operator", help="Who asks; sent to Common Crawl's server.")
@click.option("--contact", help="E-mail address or URL; sent to Common Crawl's server.")
@click.option(
    "--work",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("hosts"),
    show_default=True,
    help="Folder for what the index said; the same command goes on from it.",
)
@click.option("--data-url", default="https://data.commoncrawl.org", help="Where the crawls are.")
@click.option(
    "--delay",
    type=NumberRange(min=0, max=3600),
    default=1.0,
    help="Seconds between two requests [1].",
)
@click.option(
    "--min-pages", type=click.IntRange(min=1), default=10, show_default=True, help="Of a host."
)
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Hosts.")
@click.option("--seeds", is_flag=True, help="Print addresses only, one a line, without excluded.")
@json_option
def hosts(
    lang: str,
    crawls: tuple[str, ...],
    index: tuple[str, ...],
    tlds: tuple[str, ...],
    operator: str | None,
    contact: str | None,
    work: Path,
    data_url: str,
    delay: float,
    min_pages: int,
    limit: int,
    seeds: bool,
    as_json: bool,
) -> None:
    """List the hosts that have most pages in a language, out of Common Crawl's columnar index.

    Seeds for a crawl of your own. Only the columns that decide are read, of some 300 files a crawl;
    an interrupted command goes on where it stopped. The index names a page's languages by CLD2,
    which confuses neighbors and knows few: look at the hosts before you crawl them.

    \b
    corpuskit hosts --lang khm --crawl CC-MAIN-2026-43 --operator "Institute of Technology"
        --contact corpus@example.org --seeds > seeds.txt
    """
    from dataclasses import asdict

    from pydantic import ValidationError

    from corpuskit.connectors.base import Agent
    from corpuskit.connectors.commoncrawl.hosts import hosts_in_language, index_of, seeds_of
    from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions, is_url

    if bool(crawls) == bool(index):
        raise click.UsageError("name a --crawl, or an --index in its place")
    places = [index_of(crawl, data_url) for crawl in crawls] or list(index)
    if any(map(is_url, places)) and not (operator and contact):
        raise click.UsageError("servers are told who asks: add --operator and --contact")
    try:
        options = CommonCrawlOptions.model_validate(
            {
                "languages": [lang.partition("_")[0]],
                "index": places,
                "tld": list(tlds),
                "data_url": data_url,
                "delay": delay,
            }
        )
    except ValidationError as error:
        raise click.UsageError("; ".join(item["msg"] for item in error.errors())) from error
    agent = Agent(operator or "nobody", contact or "no server is asked")
    counts = hosts_in_language(options, agent, work, lambda line: show(line, err=True))
    chosen = [count for count in counts if count.pages >= min_pages][:limit]
    if seeds:
        for address in seeds_of(chosen):
            show(address)
    elif as_json:
        print_json([asdict(count) for count in chosen])
    else:
        _print(chosen, len(counts))


def _print(counts: Sequence[HostCount], total: int) -> None:
    show(f"{'pages':>10} {'first':>10} {'MB':>8}  host")
    for count in counts:
        note = f"  (excluded: {count.excluded})" if count.excluded else ""
        size = f"{count.bytes / 1e6:,.1f}"
        show(f"{count.pages:>10,} {count.first:>10,} {size:>8}  {count.host}{note}")
    show(f"{len(counts):,} of {total:,} hosts", err=True)
