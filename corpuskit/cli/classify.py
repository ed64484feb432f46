"""corpuskit classify: a classifier of quality from judgments."""

from __future__ import annotations

from pathlib import Path

import click

from corpuskit.cli.output import counted, show


@click.group()
def classify() -> None:
    """Train a classifier of quality on judgments of native speakers.

    \b
    corpuskit review builds/khmer --export judgments.parquet
    corpuskit classify train judgments.parquet --out quality.json
    """


@classify.command()
@click.argument(
    "judgments",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("quality.json"),
    help="The model's file; its card is written beside it [quality.json].",
)
@click.option("--lang", "languages", multiple=True, metavar="CODE", help="Only this language.")
def train(judgments: tuple[Path, ...], out: Path, languages: tuple[str, ...]) -> None:
    """Train on files of judgments, as `corpuskit review --export` writes them, or of FineWeb-C.

    Needs 200 judged documents of two sources. A recipe uses the model with [classifier].

    \b
    corpuskit classify train judgments.parquet
    corpuskit classify train judgments.parquet fineweb-c.parquet --lang khm_Khmr --out khmer.json
    """
    from corpuskit.classify.card import model_card
    from corpuskit.classify.examples import read_examples
    from corpuskit.classify.training import train_classifier
    from corpuskit.errors import ClassifierError

    model = train_classifier(read_examples(judgments, languages))
    card = out.with_suffix(".md")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(model.to_bytes())
        card.write_text(model_card(model.about), encoding="utf-8")
    except OSError as error:
        raise ClassifierError(f"{out} cannot be written: {error.strerror}") from error
    about = model.about
    show(f"{counted(about['documents'], 'document')}, {about['good']:,} of them good")
    for code, count in about["languages"].items():
        auc = "-" if count["auc"] is None else f"{count['auc']:.3f}"
        show(f"  {code}  AUC {auc} over sources that the model did not see")
    show(f"  expected calibration error {about['calibration_error']:.3f}")
    show(f"{out} and its card {card}")
