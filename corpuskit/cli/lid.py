"""corpuskit lid train, eval, predict, labels, words: identification models."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from corpuskit.cli.options import json_option
from corpuskit.cli.output import excerpt, print_json, show

if TYPE_CHECKING:
    from corpuskit.identify.identification import Identifier

_file = click.Path(path_type=Path, exists=True, dir_okay=False)
_labels = click.option(
    "--labels", help="TOML that maps the model's labels [the model's name with .toml]."
)


@click.group()
def lid() -> None:
    """Train, evaluate and use identification models.

    \b
    corpuskit lid train seeds.toml --out mine.ftz
    corpuskit lid eval mine.ftz test.tsv.gz
    corpuskit lid predict mine.ftz texts.txt
    corpuskit lid labels sea-2
    corpuskit lid words seeds.toml --out words.toml
    """


@lid.command()
@click.argument("seeds", type=_file)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Model file (.ftz).")
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder that the seeds' paths start from [that of SEEDS].")  # fmt: skip
@click.option("--leave-out", multiple=True, metavar="SOURCE",
              help="Also train without this source and evaluate on it; repeatable [the two sources "
              "that share most with others]. `none` trains no such model.")  # fmt: skip
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1),
              help="More threads are faster, but then no two models are the same.")  # fmt: skip
@json_option
def train(
    seeds: Path, out: Path, data: Path | None, leave_out: tuple[str, ...], threads: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Train a compact model from the texts that SEEDS (TOML) names.

    Also writes its label table (.toml), to be named in a recipe, and a report (.report.md):
    scores on held-out texts, unknown languages, confusions, warnings about thin data.

    \b
    corpuskit lid train seeds.toml --out mine.ftz
    corpuskit lid train seeds.toml --out mine.ftz --leave-out nusax
    """
    from corpuskit.identify.training.train import train as run

    left_out = [source for source in leave_out if source != "none"] if leave_out else None
    model = run(seeds, out, root=data, leave_out=left_out, threads=threads)
    if as_json:
        print_json(model.as_json())
        return
    for warning in model.warnings:
        show(f"warning: {warning}", err=True)
    show(f"model       {out} ({out.stat().st_size:,} bytes, sha256 {model.sha256})")
    show(f"labels      {out.with_suffix('.toml')}")
    show(f"report      {out.with_suffix('.report.md')}")
    for name, evaluation in model.evaluations.items():
        show(
            f"{name:<23} macro-F1 {evaluation.macro_f1:.3f}, recall {evaluation.recall:.3f} over "
            f"{len(evaluation.scores)} languages; "
            f"unknown languages accepted {evaluation.open_acceptance:.1%}"
        )


@lid.command("eval")
@click.argument("model")
@click.argument("data", nargs=-1, required=True, type=_file)
@_labels
@json_option
def evaluate_command(model: str, data: tuple[Path, ...], labels: str | None, as_json: bool) -> None:
    """Evaluate MODEL (a file, or one in the package by name) on DATA: .tsv with columns lang, text.

    Texts in languages that the model does not know, and those with a language such as
    `other:fra`, show how often the model mistakes such a text for a known language.

    \b
    corpuskit lid eval mine.ftz test.tsv.gz
    corpuskit lid eval sea-2 test.tsv.gz --json
    """
    from corpuskit.errors import ModelError
    from corpuskit.identify.training.evaluate import evaluate, report_lines
    from corpuskit.identify.training.seeds import read_rows

    rows = [row for path in data for row in read_rows(path)]
    if not rows:
        raise ModelError(f"no texts in {', '.join(map(str, data))}")
    evaluation = evaluate(_model(model, labels), rows)
    if as_json:
        print_json(evaluation.as_json())
    else:
        for line in "\n".join(report_lines(evaluation)).split("\n"):
            show(line)


@lid.command()
@click.argument("model")
@click.argument("texts", type=click.File(encoding="utf-8"), default="-")
@_labels
@json_option
def predict(model: str, texts: TextIO, labels: str | None, as_json: bool) -> None:
    """Print the language of each line of TEXTS (a file, or standard input).

    For a line without a language (`und`) also its likeliest languages, and the rule that none of
    them passed.

    \b
    corpuskit lid predict sea-2 texts.txt
    """
    from corpuskit.errors import ModelError
    from corpuskit.identify.labels import UNDETERMINED
    from corpuskit.identify.undetermined import undetermined_because
    from corpuskit.text import TextBatch

    try:
        lines = [line.rstrip("\n") for line in texts]
    except UnicodeDecodeError as error:
        raise ModelError(f"texts {texts.name}: not UTF-8 ({error})") from error
    identifier = _model(model, labels)
    answers = identifier.identify(TextBatch(lines))
    reasons = [
        list(undetermined_because(identifier, line)) if answer.lang == UNDETERMINED else []
        for answer, line in zip(answers, lines, strict=True)
    ]
    if as_json:
        print_json(
            [
                {"lang": answer.lang, "score": answer.score, "text": line, "because": why}
                for answer, line, why in zip(answers, lines, reasons, strict=True)
            ]
        )
        return
    for answer, line, why in zip(answers, lines, reasons, strict=True):
        show(f"{answer.lang:<10}{answer.score:6.3f}  {excerpt(line, 80)}")
        for reason in why:
            show(f"{'':<18}{reason}")


@lid.command("labels")
@click.argument("model", required=False)
@_labels
@json_option
def labels_command(model: str | None, labels: str | None, as_json: bool) -> None:
    """List the labels of MODEL with their language codes; without MODEL of those in the package.

    A label with several codes stands for the one in the text's script. `und_fra_Latn` is a
    language that the model tells apart and does not accept.

    \b
    corpuskit lid labels
    corpuskit lid labels sea-2
    corpuskit lid labels mine.ftz --labels mine.toml
    """
    from corpuskit.identify.fasttext_model import FastTextModel
    from corpuskit.identify.model_labels import EMBEDDED_FILES, embedded_labels
    from corpuskit.names import EMBEDDED_MODEL_NAMES

    if model is None or model in EMBEDDED_MODEL_NAMES:
        names = EMBEDDED_FILES if model is None else model.split("+")
        tables = {name: dict(embedded_labels(name)) for name in names}
    else:
        loaded = _model(model, labels)
        tables = {model: dict(loaded.labels)} if isinstance(loaded, FastTextModel) else {}
    if as_json:
        print_json(tables)
        return
    for name, table in tables.items():
        for label, codes in table.items():
            show(f"{name:<8}{label:<16}{', '.join(codes)}")


@lid.command()
@click.argument("seeds", type=_file)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False),
              help="TOML file for the lists: word, specificity, count, sources.")  # fmt: skip
@click.option("--lang", "langs", multiple=True, metavar="CODE",
              help="Only this language; repeatable [all whose profile names languages that they "
              "are confused with].")  # fmt: skip
@click.option("--against", multiple=True, metavar="CODE",
              help="Compare with this language; repeatable [those of the profile].")  # fmt: skip
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder that the seeds' paths start from [that of SEEDS].")  # fmt: skip
@click.option("--write", "in_place", is_flag=True, help="Write the lists into the profiles.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]),
              help="Date to write into the lists [today].")  # fmt: skip
def words(
    seeds: Path, out: Path, langs: tuple[str, ...], against: tuple[str, ...], data: Path | None,
    in_place: bool, day: datetime | None,
) -> None:  # fmt: skip
    """List the words that distinguish a language from those it is confused with.

    SEEDS is a TOML as for `train`, or a .tsv with columns lang, text, source. A word is listed if
    at least 85 % of its occurrences, in equally much text of each language, are in this one.

    \b
    corpuskit lid words seeds.toml --out words.toml
    corpuskit lid words seeds.toml --lang ind_Latn --against zsm_Latn --out words.toml --write
    """
    from corpuskit.calibrate.specific_lists import lists_toml, specific_lists_of, write_lists

    today = (day or datetime.now(UTC)).date()
    lists = specific_lists_of(seeds, langs, against, data)
    out.write_text(lists_toml(lists, today), encoding="utf-8")
    for word_list in lists:
        shown = ", ".join(word.word for word in word_list.words[:8])
        show(f"{word_list.language:<10}{len(word_list.words):>5} words  {shown}")
        for warning in word_list.warnings:
            show(f"warning: {word_list.language}: {warning}", err=True)
    if in_place:
        show(f"wrote the profiles of {', '.join(write_lists(lists, today)) or 'none'}")


def _model(model: str, labels: str | None) -> Identifier:
    """An embedded model by name, or a file with the label table next to it."""
    from corpuskit.errors import ModelError
    from corpuskit.identify.model_file import EMBEDDED_MODELS
    from corpuskit.identify.model_spec import ModelSpec, model_options

    sha256 = None
    if model not in EMBEDDED_MODELS:
        path = Path(model)
        if not path.is_file():
            raise ModelError(
                f"model {model}: no such file; the embedded models are {', '.join(EMBEDDED_MODELS)}"
            )
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        beside = path.with_suffix(".toml")
        labels = labels or (str(beside) if beside.is_file() else None)
    _, options, places = model_options(model, sha256=sha256, labels=labels, root=Path())
    return ModelSpec.of(**options, **places).load()
