"""The documents of a trained model: its label table, its report, warnings about thin data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from corpuskit.identify.labels import Reading
from corpuskit.identify.training.calibration import THIN
from corpuskit.identify.training.evaluate import Evaluation, report_lines
from corpuskit.identify.training.examples import sources_of
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow, Seeds, SeedSet


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A trained model's digest, reading, evaluations and warnings."""

    sha256: str
    reading: Reading
    evaluations: dict[str, Evaluation]
    """On held-out texts (`held out`) and on each left-out source (`without NAME`)."""
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        """Everything, for a machine."""
        evaluations = {name: evaluation.as_json() for name, evaluation in self.evaluations.items()}
        return {
            "sha256": self.sha256,
            **self.reading.as_options(),
            "evaluations": evaluations,
            "warnings": self.warnings,
        }


def warnings(rows: Sequence[SeedRow]) -> list[str]:
    """Warnings about thin data: few texts, a single source, no negative languages."""
    messages = []
    by_label = sources_of(rows)
    for label in sorted(by_label):
        if label.startswith(NEGATIVE):
            continue
        sources = by_label[label]
        if sources.total() < THIN:
            messages.append(f"{label}: {sources.total()} texts; {THIN} or more are needed")
        if len(sources) == 1:
            messages.append(f"{label}: only {min(sources)}; a second kind of source is needed")
    if not any(label.startswith(NEGATIVE) for label in by_label):
        messages.append("no negative languages: texts in any other will be taken for one of these")
    return messages


def label_table(seeds: Seeds, model: TrainedModel) -> str:
    """The TOML file to be written beside the model."""
    reading = model.reading
    numbers = "".join(f"{name} = {value}\n" for name, value in reading.as_options().items()
                      if isinstance(value, int | float))  # fmt: skip
    thin = f"thin = {json.dumps(list(reading.thin))}\n" if reading.thin else ""
    relatives = "".join(
        f"{label} = {json.dumps(list(codes))}\n" for label, codes in reading.relatives
    )
    related = f"\n[relatives]\n{relatives}" if relatives else ""
    return (
        f"# Labels of {seeds.model.name}: codes already.\n[model]\n"
        f'name = "{seeds.model.name}"\nlicense = "{seeds.model.license}"\n'
        f'sha256 = "{model.sha256}"\npreprocess = "{reading.preprocess}"\n'
        f"{numbers}{thin}\n[labels]\n{related}"
    )


def report(seed_set: SeedSet, model: TrainedModel) -> Iterator[str]:
    """Lines of Markdown: data, evaluations and warnings."""
    seeds, reading = seed_set.seeds, model.reading
    yield f"# {seeds.model.name}\n"
    yield f"License {seeds.model.license}; sha256 `{model.sha256}`."
    yield f"Answers `und` if the score is below {reading.min_score} or the known languages together"
    yield f"score less than {reading.min_known}. In scripts that several of its languages use, also"
    yield f"for texts of fewer than {reading.few_letters} letters ({reading.short} if the score is"
    yield f"below {reading.short_score}), and if the language's seeds have less than a share of"
    yield f"{reading.min_words} of the text's words."
    if seeds.model.alike:
        yield f"{', '.join(seeds.model.alike)} are also told apart by their words."
    yield "\n| source | license | texts | from |\n|---|---|--:|---|"
    counts = Counter(row.source for row in seed_set.rows)
    for words in seed_set.lists:
        counts[words.source] += len(words.shares)
    for source in seeds.source:
        unit = " words" if any(words.source == source.name for words in seed_set.lists) else ""
        yield f"| {source.name} | {source.license} | {counts[source.name]:,}{unit} | {source.url} |"
    for name, evaluation in model.evaluations.items():
        yield f"\n## {name.capitalize()}\n"
        yield from report_lines(evaluation)
    yield "\n## Thin\n"
    yield from (f"- {warning}" for warning in model.warnings)
