"""corpuskit tokens and corpuskit mix: what a corpus is worth, and how its languages are mixed."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.options import NumberRange, PlaceType, build_argument, json_option
from corpuskit.cli.output import print_json, show
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.publish.token_report import TokenCounts, TokenReport
    from corpuskit.store_url import StoreUrl

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


class AmountType(click.ParamType):  # type: ignore[type-arg]  # generic in newer click only
    """A number such as 500M or 1.5B."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number that was written."""
        match = re.fullmatch(r"(\d{1,18}(?:\.\d{1,9})?)([kmbt]?)", str(value).strip().lower())
        if not match or not (amount := int(float(match[1]) * _UNITS[match[2]])):
            self.fail(f"{value!r} is not an amount such as 500M, 1.5B or 20000000", param, ctx)
        return amount


@click.command()
@build_argument
@click.option(
    "--tokenizer",
    required=True,
    metavar="FILE|train:unigram:32k",
    help="A model of SentencePiece or a tokenizer.json; or train one (unigram or bpe, any size).",
)
@click.option(
    "--split",
    type=click.Choice(["validation", "train"]),
    default="validation",
    help="What is measured [validation].",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write the model that was trained.",
)
@json_option
def tokens(
    build: Path | StoreUrl, tokenizer: str, split: str, save: Path | None, as_json: bool
) -> None:
    """Count tokens by language and source: how well a tokenizer fits, and what a corpus is worth.

    Fertility is tokens per word. Bits per byte are those of a unigram model whose frequencies come
    from the training texts: they compare tokenizers of any kind. Up to 20 MB of text of each
    language are looked at. The report is kept beside the build, for `mix` and the report page.

    \b
    corpuskit tokens builds/khmer --tokenizer train:unigram:32k --save khmer.model
    corpuskit tokens builds/khmer --tokenizer llama/tokenizer.json
    """
    from corpuskit.publish import Build
    from corpuskit.tokens import count_tokens, trained_model

    if save is not None and not tokenizer.startswith("train:"):
        raise click.UsageError("--save is for a tokenizer that is trained: --tokenizer train:...")
    opened = Build(build)
    report = count_tokens(opened, tokenizer, split=split)
    if save is not None:
        from corpuskit.store import disk_errors

        with disk_errors(save):
            save.parent.mkdir(parents=True, exist_ok=True)
            save.write_bytes(trained_model(opened, report))
    if as_json:
        print_json(report.to_json())
        return
    _print_report(report)
    if save is not None:
        show()
        show(f"wrote {save}")


def _print_report(report: TokenReport) -> None:
    trained = " · trained on the training texts" if report.trained else ""
    show(f"{report.tokenizer} · {report.vocabulary:,} tokens{trained} · {report.split} split")
    show()
    names = [f"{counts.lang} {counts.source}" for counts in report.counts]
    width = max(map(len, [*names, "language"])) + 1
    show(
        f"  {'language':<{width}}{'documents':>10}{'text':>11}{'tokens':>12}{'per word':>10}"
        f"{'bytes each':>11}{'bits/byte':>10}{'unknown':>9}{'training tokens':>17}"
    )
    estimates = report.train_tokens
    for lang, total in report.languages().items():
        show(_row(lang, total, width) + f"{estimates.get(lang, 0):>17,}")
        of_sources = [counts for counts in report.counts if counts.lang == lang]
        for counts in of_sources if len(of_sources) > 1 else ():
            show(_row(f"  {counts.source}", counts, width))
    show()
    show("  training tokens: those of all training texts, estimated from bytes per token")


def _row(name: str, counts: TokenCounts, width: int) -> str:
    def ratio(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    return (
        f"  {name:<{width}}{counts.documents:>10,}{data_size(counts.text_bytes):>11}"
        f"{counts.tokens:>12,}{ratio(counts.fertility):>10}{ratio(counts.bytes_per_token):>11}"
        f"{ratio(counts.bits_per_byte):>10}{counts.unknown_share:>9.2%}"
    )


@click.command()
@click.argument("builds", nargs=-1, required=True, type=PlaceType(exists=True))
@click.option(
    "--budget",
    type=AmountType(),
    metavar="N",
    help="Tokens of the mix, as 500M or 10B [as many as there are].",
)
@click.option(
    "--epochs",
    type=NumberRange(min=0, min_open=True),
    default=4.0,
    help="How often a text may be repeated [4].",
)
@click.option(
    "--unit",
    metavar="TOKENIZER|bytes",
    help="Count by this tokenizer, as `tokens` names it, or by bytes of text.",
)
@json_option
def mix(
    builds: tuple[Path | StoreUrl, ...],
    budget: int | None,
    epochs: float,
    unit: str | None,
    as_json: bool,
) -> None:
    """Share a budget of tokens among languages by UniMax (Chung et al. 2023): the same for each,
    but none repeated more than --epochs times.

    Needs `corpuskit tokens` of each build, or --unit bytes.

    \b
    corpuskit mix builds/khmer builds/lao --budget 10B --epochs 4
    """
    from corpuskit.mixing import available_amounts, unimax
    from corpuskit.publish import Build

    amounts, name = available_amounts([Build(build) for build in builds], unit)
    shares = unimax(amounts, budget, epochs)
    mixed = sum(share.amount for share in shares.values())
    if as_json:
        languages = {
            lang: {**asdict(share), "epochs": share.epochs} for lang, share in shares.items()
        }
        print_json({
            "unit": name, "budget": budget, "epochs": epochs, "mixed": mixed,
            "languages": languages,
        })  # fmt: skip
        return
    what = "bytes" if name == "bytes" else "tokens"
    show(f"UniMax · {mixed:,} {what} · up to {epochs:g} epochs · counted by {name}")
    show()
    show(f"  {'language':<12}{'available':>18}{'in the mix':>18}{'epochs':>8}{'share':>9}")
    for lang, share in shares.items():
        show(
            f"  {lang:<12}{share.available:>18,}{share.amount:>18,}{share.epochs:>8.2f}"
            f"{share.share:>9.2%}"
        )
    if budget is not None and mixed < budget * 0.999:
        show()
        show(
            f"  {budget - mixed:,} {what} of the budget are left: every language is at its cap; "
            "allow more --epochs or find more text"
        )
