"""What is said of a model that was trained: its label table, its report, what was thin."""

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


def warnings(rows: Sequence[SeedRow]) -> list[str]:
    """What is thin: languages with few texts or with one source only, no negative languages."""
    found = []
    counted = sources_of(rows)
    for label in sorted(counted):
        if label.startswith(NEGATIVE):
            continue
        sources = counted[label]
        if sources.total() < THIN:
            found.append(f"{label}: {sources.total()} texts; {THIN} or more are needed")
        if len(sources) == 1:
            found.append(f"{label}: only {min(sources)}; a second kind of source is needed")
    if not any(label.startswith(NEGATIVE) for label in counted):
        found.append("no negative languages: texts in any other will be taken for one of these")
    return found


def label_table(seeds: Seeds, done: Trained) -> str:
    """The TOML that stands beside the model."""
    read = done.reading
    numbers = "".join(f"{name} = {value}\n" for name, value in read.as_options().items()
                      if isinstance(value, int | float))  # fmt: skip
    thin = f"thin = {json.dumps(list(read.thin))}\n" if read.thin else ""
    return (
        f"# Labels of {seeds.model.name}: codes already.\n[model]\n"
        f'name = "{seeds.model.name}"\nlicense = "{seeds.model.license}"\n'
        f'sha256 = "{done.sha256}"\npreprocess = "{read.preprocess}"\n{numbers}{thin}\n[labels]\n'
    )


def report(given: SeedSet, done: Trained) -> Iterator[str]:
    """Lines of Markdown: what it was made of, how it does, what was thin."""
    seeds, read = given.seeds, done.reading
    yield f"# {seeds.model.name}\n"
    yield f"License {seeds.model.license}; sha256 `{done.sha256}`."
    yield f"Answers `und` below a score of {read.min_score}, where the negative labels leave less"
    yield f"than {read.min_known} to the known languages, and to texts of fewer than"
    yield f"{read.few_letters} letters ({read.short} if the score is below {read.short_score}) and"
    yield f"those of whose words the language has fewer than {read.min_words} in its seeds, in"
    yield "a script that several of its languages use."
    if seeds.model.alike:
        yield f"The words of {', '.join(seeds.model.alike)} have a second say."
    yield "\n| source | license | texts | from |\n|---|---|--:|---|"
    counts = Counter(row.source for row in given.rows)
    for words in given.lists:
        counts[words.source] += len(words.shares)
    for one in seeds.source:
        unit = " words" if any(words.source == one.name for words in given.lists) else ""
        yield f"| {one.name} | {one.license} | {counts[one.name]:,}{unit} | {one.url} |"
    for name, found in done.evaluations.items():
        yield f"\n## {name.capitalize()}\n"
        yield from report_lines(found)
    yield "\n## Thin\n"
    yield from (f"- {one}" for one in done.warnings)
