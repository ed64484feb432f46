"""Licenses that pages state: precision and recall on labelled pages.

    python -m benchmarks.licenses ../shared/data/licenses

A page of gold.jsonl has the id that a reader finds for it, or null. Precision counts the ids that
were given and are right, recall the ids of the gold that were given. Two thirds of the pages are
constructed from a few templates; those of one kind stand or fall together.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpuskit.extract.html import extract_markup
from corpuskit.markup.decode import decode

PRECISION = 0.98
RECALL = 0.90


@dataclass
class Score:
    right: int = 0
    wrong: int = 0
    """Given, where the gold has another id or none."""
    missed: int = 0
    """Not given, or another one given, where the gold has an id."""
    pages: int = 0

    def add(self, gold: str | None, stated: str | None) -> None:
        self.pages += 1
        self.right += stated is not None and stated == gold
        self.wrong += stated is not None and stated != gold
        self.missed += gold is not None and stated != gold

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True)
class LabelledPage:
    path: Path
    kind: str
    gold: str | None

    def stated(self) -> str | None:
        """The license that is found in the page."""
        markup = decode(self.path.read_bytes(), None).markup
        return extract_markup(markup, "text/html").license.id


def labelled_pages(folder: Path) -> Iterator[LabelledPage]:
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kind = f"{row['kind']}: {row['placement']}"
        yield LabelledPage(folder / row["html"], kind, row["spdx"])


def measured(folder: Path) -> tuple[dict[str, Score], list[str]]:
    """Scores by kind of page, the whole under `all`, and a line for each page that is wrong."""
    scores: dict[str, Score] = defaultdict(Score)
    mistakes = []
    for page in labelled_pages(folder):
        stated = page.stated()
        scores[page.kind].add(page.gold, stated)
        scores["all"].add(page.gold, stated)
        if stated != page.gold:
            mistakes.append(f"{page.path.name}: {page.gold} expected, {stated} found")
    return scores, mistakes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with gold.jsonl")
    scores, mistakes = measured(parser.parse_args().folder)
    print(f"{'kind':62} pages precision recall")
    for kind in sorted(scores, key=lambda kind: (kind == "all", kind)):
        score = scores[kind]
        print(f"{kind:62} {score.pages:5} {score.precision:9.3f} {score.recall:6.3f}")
    print(f"goals: precision {PRECISION}, recall {RECALL}")
    for mistake in mistakes:
        print(mistake)


if __name__ == "__main__":
    main()
