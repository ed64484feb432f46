"""Train a compact fastText model from seeds (recipe measured on South-East Asian languages)."""

from __future__ import annotations

import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ModelError
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.labels import Reading
from corpuskit.identify.preprocess import lid_sea_2
from corpuskit.identify.training.calibration import calibrate, reading, split
from corpuskit.identify.training.evaluate import Evaluation, evaluate
from corpuskit.identify.training.examples import example_lines, sources_of
from corpuskit.identify.training.report import TrainedModel, label_table, report, warnings
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow, SeedSet, WordList, read_seeds
from corpuskit.identify.vocabulary import BloomVocabulary
from corpuskit.identify.word_table import WordTable, mixed, word_shares

PREPROCESS: Final = "lid-sea-2"
SETTINGS: Final[dict[str, Any]] = {
    "dim": 16, "minn": 2, "maxn": 5, "wordNgrams": 2, "bucket": 400_000,
    "lr": 0.5, "epoch": 15, "minCount": 2,
}  # fmt: skip
"""Measured on 8,237 texts in 48 languages: pairs of words bring Indonesian from .878 to .886 and
Malay from .800 to .834 (with 400,000 buckets, as pairs share the table with subwords)."""
QUANTIZE: Final[dict[str, Any]] = {"retrain": True, "qnorm": True, "cutoff": 50_000, "dsub": 2}
LEFT_OUT: Final = 2
"""Sources that are left out in turn if none is named: those with the most texts in languages that
another source gives too. Each costs as long as the training."""


def train_model(rows: Sequence[SeedRow], out: Path, *, lists: Sequence[WordList] = (),
                alike: Sequence[str] = (), quantize: bool = True, threads: int = 1,
                **changed: Any) -> None:  # fmt: skip
    """Write a model there (`.ftz`); with one thread the same texts give the same bytes.

    Behind it are put the words of the languages `alike`, if two or more have texts, and the
    vocabulary of all languages.
    """
    import fasttext

    lines = example_lines(rows, lists)
    if len({row.label for row in rows}) < 2:
        raise ModelError("a model needs texts in two languages or more")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "train.txt"
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        settings = {**SETTINGS, **changed, "thread": threads, "verbose": 0}
        model = fasttext.train_supervised(str(source), **settings)
        if quantize:
            model.quantize(str(source), **QUANTIZE, thread=threads, verbose=0)
        model.save_model(str(out))
    with out.open("ab") as file:
        file.write(behind(rows, lists, alike))


def behind(rows: Sequence[SeedRow], lists: Sequence[WordList], alike: Sequence[str]) -> bytes:
    """What the words of the languages say beside the model."""
    lines: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if not row.label.startswith(NEGATIVE):
            lines[row.label].append(lid_sea_2(row.text))
    shares = {code: word_shares(words_of) for code, words_of in lines.items()}
    listed = {word_list.label: word_list.shares for word_list in lists}
    words = {
        code: words_of.keys() | listed.get(code, {}).keys() for code, words_of in shares.items()
    }
    group = {code: mixed(shares[code], listed.get(code, {})) for code in alike if code in shares}
    table = WordTable.of(group).to_bytes() if len(group) > 1 else b""
    return table + BloomVocabulary.of(words).to_bytes()


def train(
    seeds: Path, out: Path, *, root: Path | None = None, leave_out: Sequence[str] | None = None,
    threads: int = 1, **changed: Any,
) -> TrainedModel:  # fmt: skip
    """Train the model that a seeds TOML describes; writes it, its label table and its report.

    For each source of `leave_out` (None: see LEFT_OUT) another model is trained without it and
    judged on it. `changed` are settings of fastText in place of SETTINGS. ModelError on a mistake.
    """
    seed_set = read_seeds(seeds, root)
    left_out = _left_out(seed_set.rows) if leave_out is None else leave_out
    names = [source.name for source in seed_set.seeds.source]
    if unknown := [name for name in left_out if name not in names]:
        raise ModelError(f"seeds {seeds}: no source {unknown[0]!r}; there are {', '.join(names)}")
    out.parent.mkdir(parents=True, exist_ok=True)
    fit, held = split(seed_set.rows)
    alike = seed_set.seeds.model.alike
    train_model(fit, out, lists=seed_set.lists, alike=alike, threads=threads, **changed)
    calibrated = reading(PREPROCESS, seed_set.rows, seed_set.lists)
    calibrated = calibrate(FastTextModel(out, {}, calibrated), held, calibrated)
    evaluations = {"held out": evaluate(FastTextModel(out, {}, calibrated), held)}
    for name in left_out:
        evaluations[f"without {name}"] = without(
            name, seed_set, calibrated, threads=threads, **changed
        )
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    model = TrainedModel(digest, calibrated, evaluations, warnings(seed_set.rows))
    out.with_suffix(".toml").write_text(label_table(seed_set.seeds, model), encoding="utf-8")
    page = "\n".join(report(seed_set, model)) + "\n"
    out.with_suffix(".report.md").write_text(page, encoding="utf-8")
    return model


def _left_out(rows: Sequence[SeedRow]) -> list[str]:
    """The sources with the most texts in languages that another source gives too."""
    shared: dict[str, int] = {}
    for label, counts in sources_of(rows).items():
        for source, texts in counts.items():
            if len(counts) > 1 and not label.startswith(NEGATIVE):
                shared[source] = shared.get(source, 0) + texts
    return sorted(sorted(shared), key=lambda name: -shared[name])[:LEFT_OUT]


def without(
    name: str, seed_set: SeedSet, calibrated: Reading, *, threads: int = 1, **changed: Any
) -> Evaluation:
    """Train without a source, judge on it in the languages that others give too.

    Unquantized: judged are the texts, the words and the bounds of `read`, not the packing.
    """
    rest = seed_set.without(name)
    known = {row.label for row in rest.rows}
    test = [row for row in seed_set.rows if row.source == name and row.label in known]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.bin"
        train_model(rest.rows, path, lists=rest.lists, alike=seed_set.seeds.model.alike,
                    quantize=False, threads=threads, **changed)  # fmt: skip
        return evaluate(FastTextModel(path, {}, calibrated), test)
