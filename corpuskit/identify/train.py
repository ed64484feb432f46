"""Train a compact fastText model from seeds (recipe measured on South-East Asian languages)."""

from __future__ import annotations

import hashlib
import random
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ModelError
from corpuskit.identify.evaluate import Evaluation, evaluate, report_lines
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.labels import Reading, is_negative
from corpuskit.identify.preprocess import lid_sea_1
from corpuskit.identify.seeds import NEGATIVE, Row, Seeds, read_seeds
from corpuskit.text import TextBatch
from corpuskit.text.words import words

PREPROCESS: Final = "lid-sea-1"
SETTINGS: Final[dict[str, Any]] = {
    "dim": 16, "minn": 2, "maxn": 5, "wordNgrams": 2, "bucket": 400_000,
    "lr": 0.5, "epoch": 15, "minCount": 2,
}  # fmt: skip
"""Measured on 8,237 texts in 48 languages: pairs of words bring Indonesian from .878 to .886 and
Malay from .800 to .834 (with 400,000 buckets, as pairs share the table with subwords)."""
QUANTIZE: Final[dict[str, Any]] = {"retrain": True, "qnorm": True, "cutoff": 50_000, "dsub": 2}
SMALLEST: Final = 500
"""Texts to which a class is upsampled."""
SMALLEST_NEGATIVE: Final = 300
CROP: Final = (4, 10)
"""Words of a crop, one per text: short texts are otherwise wrong in a fifth of the cases."""
_SEED: Final = 1


def example_lines(rows: Iterable[Row]) -> list[str]:
    """fastText's training lines: texts and crops, small classes upsampled, in a fixed order."""
    classes: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        classes[row.label].append(row.text)
    lines = [line for label in sorted(classes) for line in _class_lines(label, classes[label])]
    random.Random(_SEED).shuffle(lines)
    return lines


def _class_lines(label: str, texts: Sequence[str]) -> Iterator[str]:
    chance = random.Random(zlib.crc32(label.encode()))
    least = SMALLEST_NEGATIVE if label.startswith(NEGATIVE) else SMALLEST
    for round_ in range(max(1, -(-least // len(texts)))):
        for text in texts:
            if round_ == 0:
                yield f"__label__{label} {lid_sea_1(text)}"
            yield f"__label__{label} {lid_sea_1(crop(text, chance))}"


def crop(text: str, chance: random.Random) -> str:
    """4 to 10 words from somewhere in the text, cut where its script separates words."""
    length = chance.randint(*CROP)
    spaced = text.split()
    if len(spaced) > CROP[0] or not _unspaced(text):
        start = chance.randint(0, max(0, len(spaced) - length))
        return " ".join(spaced[start : start + length])
    found = words(text)
    start = chance.randint(0, max(0, len(found) - length))
    return "".join(found[start : start + length])


def _unspaced(text: str) -> bool:
    return len(text) > 20 * (text.count(" ") + 1)


def train_model(rows: Sequence[Row], out: Path, *, quantize: bool = True, threads: int = 1,
                **changed: Any) -> None:  # fmt: skip
    """Write a model there (`.ftz`); with one thread the same texts give the same bytes."""
    import fasttext

    lines = example_lines(rows)
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


HELD: Final = 10
"""One text of so many is held out, for thresholds and the report."""
HELD_NEGATIVE: Final = 10
"""One negative language of so many is held out wholly, as a language never seen."""
MIN_SCORE: Final = 0.5
"""Below, no language has a majority: with it macro-F1 is .976, without .975."""
BOUNDS: Final = (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995)
MAX_LOSS: Final = 0.01
"""Measured with a model of 130 negative languages on 151 others: from .5 to .99, which costs .009
of recall, the texts taken for a known language fall from 7.3 to 2.4 %."""
MIN_RECALL: Final = 0.95
"""The recall that a corpus can afford."""
THIN: Final = 300
"""Texts below which a language is warned of: measured out of domain, macro-F1 is .61 with 25
texts, .75 with 100, .82 with 300 and .82 with 600."""


def split(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What is trained on and what is held out, by the digest of text or negative language."""
    parts: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        if row.label.startswith(NEGATIVE) and row.source:
            held = zlib.crc32(row.label.encode()) % HELD_NEGATIVE == 0
        else:
            held = zlib.crc32(row.text.encode()) % HELD == 0
        parts[held].append(row)
    return parts


def warnings(rows: Sequence[Row]) -> list[str]:
    """What is thin: languages with few texts, or with one source only."""
    texts: Counter[str] = Counter(row.label for row in rows)
    sources: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        sources[row.label].add(row.source)
    found = []
    for label in sorted(texts):
        if label.startswith(NEGATIVE):
            continue
        if texts[label] < THIN:
            found.append(f"{label}: {texts[label]} texts; {THIN} or more are needed")
        if len(sources[label]) == 1:
            found.append(f"{label}: only {min(sources[label])}; a second kind of source is needed")
    return found


def calibrate(model: FastTextModel, held: Sequence[Row]) -> Reading:
    """How much the known languages must have together for an answer to be believed.

    As much as costs at most MAX_LOSS of the known texts and leaves MIN_RECALL, each language with
    one vote. Held-out negatives cannot say it: they are few, and kin of those trained on.
    """
    texts = TextBatch([row.text for row in held])
    known: dict[str, list[float]] = defaultdict(list)
    for row, one in zip(held, model.identify(texts), strict=True):
        if row.label in model.codes:
            together = sum(score for code, score in one.top if not is_negative(code))
            known[row.label].append(together if one.lang == row.label else 0.0)
    least = max(MIN_RECALL, _share(known, MIN_SCORE) - MAX_LOSS)
    best = max((bound for bound in BOUNDS if _share(known, bound) >= least), default=0.0)
    return Reading(PREPROCESS, MIN_SCORE, (), best)


def _share(scores: dict[str, list[float]], bound: float) -> float:
    shares = [sum(one >= bound for one in found) / len(found) for found in scores.values()]
    return sum(shares) / len(shares) if shares else 0.0


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was trained, and what is known of it."""

    sha256: str
    reading: Reading
    evaluations: dict[str, Evaluation]
    """On held-out texts (`held out`) and on each source left out (`without NAME`)."""
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a machine."""
        found = {name: one.as_json() for name, one in self.evaluations.items()}
        return {
            "sha256": self.sha256,
            **self.reading.as_options(),
            "evaluations": found,
            "warnings": self.warnings,
        }


def train(
    seeds: Path, out: Path, *, root: Path | None = None, leave_out: Sequence[str] = (),
    threads: int = 1, **changed: Any,
) -> Trained:  # fmt: skip
    """Train the model that a seeds TOML describes; writes it, its label table and its report.

    For each source of `leave_out` another model is trained without it and judged on it.
    `changed` are settings of fastText in place of SETTINGS. ModelError on a mistake.
    """
    given = read_seeds(seeds, root)
    names = [one.name for one in given.seeds.source]
    if unknown := [one for one in leave_out if one not in names]:
        raise ModelError(f"seeds {seeds}: no source {unknown[0]!r}; there are {', '.join(names)}")
    out.parent.mkdir(parents=True, exist_ok=True)
    fit, held = split(given.rows)
    train_model(fit, out, threads=threads, **changed)
    reading = calibrate(FastTextModel(out, {}, Reading(PREPROCESS, MIN_SCORE)), held)
    found = {"held out": evaluate(FastTextModel(out, {}, reading), held)}
    for name in leave_out:
        found[f"without {name}"] = _without(name, given.rows, reading, threads, changed)
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    done = Trained(digest, reading, found, warnings(given.rows))
    out.with_suffix(".toml").write_text(_label_table(given.seeds, done), encoding="utf-8")
    report = "\n".join(_report(given.seeds, given.rows, done)) + "\n"
    out.with_suffix(".report.md").write_text(report, encoding="utf-8")
    return done


def _without(
    name: str, rows: Sequence[Row], reading: Reading, threads: int, changed: dict[str, Any]
) -> Evaluation:
    """Judge on a source that the model has not seen, in the languages that others give too."""
    fit = [row for row in rows if row.source != name]
    known = {row.label for row in fit}
    test = [row for row in rows if row.source == name and row.label in known]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.bin"
        train_model(fit, path, quantize=False, threads=threads, **changed)
        return evaluate(FastTextModel(path, {}, reading), test)


def _label_table(seeds: Seeds, done: Trained) -> str:
    return (
        f"# Labels of {seeds.model.name}: codes already.\n[model]\n"
        f'name = "{seeds.model.name}"\nlicense = "{seeds.model.license}"\n'
        f'sha256 = "{done.sha256}"\npreprocess = "{PREPROCESS}"\n'
        f"min_score = {done.reading.min_score}\nmin_known = {done.reading.min_known}\n\n[labels]\n"
    )


def _report(seeds: Seeds, rows: Sequence[Row], done: Trained) -> Iterator[str]:
    yield f"# {seeds.model.name}\n"
    yield f"License {seeds.model.license}; sha256 `{done.sha256}`."
    yield f"Answers `und` below a score of {done.reading.min_score}, and where all known languages"
    yield f"have less than {done.reading.min_known} together."
    yield "\n| source | license | texts | from |\n|---|---|--:|---|"
    counts = Counter(row.source for row in rows)
    for one in seeds.source:
        yield f"| {one.name} | {one.license} | {counts[one.name]:,} | {one.url} |"
    for name, found in done.evaluations.items():
        yield f"\n## {name.capitalize()}\n"
        yield from report_lines(found)
    yield "\n## Thin\n"
    yield from (f"- {one}" for one in done.warnings)
