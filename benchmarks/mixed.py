"""What becomes of mixed documents: made on purpose of clean lines in two languages.

    python -m benchmarks.mixed ../shared/data

For each pair of a wanted and another language, documents of about 1,500 characters in which 10 to
50 % of the letters are in the other one, in one run of lines, or in lines here and there. Printed
are, of documents and letters: how far `lang_line_share` is from the truth; how many documents are
in the wanted language as they are, and once foreign lines were removed; how much of the foreign
text is removed, and how much of the own is lost. Then the same of documents that nobody mixed:
clean text, of which nothing should be lost, and web pages, where what was left untranslated counts
as own. Last, what the stage costs.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.clean_text import Clean, identification, labelled, pages
from corpuskit.chain import run_chain
from corpuskit.identify import Identify
from corpuskit.identify.line_stage import Lines
from corpuskit.languages import language
from corpuskit.stage import Batch
from corpuskit.text import TextBatch

PAIRS = (
    ("khm_Khmr", "eng_Latn"), ("lao_Laoo", "tha_Thai"), ("tha_Thai", "lao_Laoo"),
    ("tha_Thai", "eng_Latn"), ("mya_Mymr", "eng_Latn"), ("mya_Mymr", "shn_Mymr"),
    ("vie_Latn", "eng_Latn"), ("ind_Latn", "eng_Latn"), ("zsm_Latn", "eng_Latn"),
    ("tgl_Latn", "eng_Latn"), ("jav_Latn", "eng_Latn"), ("jav_Latn", "ind_Latn"),
    ("sun_Latn", "ind_Latn"), ("ban_Latn", "ind_Latn"), ("min_Latn", "ind_Latn"),
    ("ind_Latn", "jav_Latn"), ("ind_Latn", "zsm_Latn"), ("ceb_Latn", "tgl_Latn"),
)  # fmt: skip
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)
DOCUMENTS = 20
"""Per pair, share and layout."""
LENGTH = 1500
SHORTEST = 30
"""Code points of a line that is used; the text has shorter ones, which nobody judges."""


class Mixed(NamedTuple):
    """A document, and whether each of its lines is in the other language."""

    lines: list[str]
    foreign: list[bool]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def line_pool(data: Path) -> dict[str, list[str]]:
    """Lines of clean text by language, each once."""
    lines_of: dict[str, dict[str, None]] = defaultdict(dict)
    for document in [*labelled(data), *identification(data, "eval")]:
        for line in document.text.split("\n"):
            if len(line) >= SHORTEST:
                lines_of[document.lang][line] = None
    return {lang: list(lines) for lang, lines in lines_of.items()}


def mixed(wanted: list[str], other: list[str], share: float, run: bool, seed: str) -> Mixed:
    """One document; `run` says whether the foreign lines follow each other."""
    chance = random.Random(seed)
    mine = _some(wanted, LENGTH * (1 - share), chance)
    theirs = _some(other, LENGTH * share, chance)
    places = [chance.randint(0, len(mine))] * len(theirs)
    if not run:
        places = sorted(chance.randint(0, len(mine)) for _ in theirs)
    lines, foreign = list(mine), [False] * len(mine)
    for place, line in zip(reversed(places), reversed(theirs), strict=True):
        lines.insert(place, line)
        foreign.insert(place, True)
    return Mixed(lines, foreign)


def _some(lines: Sequence[str], length: float, chance: random.Random) -> list[str]:
    """Lines that together have about so many code points, at least one."""
    picked: list[str] = []
    while sum(map(len, picked)) < length or not picked:
        picked.append(chance.choice(lines))
    return picked


@dataclass
class Figures:
    """Sums over documents; letters of lines."""

    documents: int = 0
    kept: int = 0
    rescued: int = 0
    """In the wanted language only when foreign lines are removed."""
    errors: list[float] = field(default_factory=list)
    own: int = 0
    own_lost: int = 0
    foreign: int = 0
    foreign_removed: int = 0

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def row(self) -> str:
        error = f"{sum(self.errors) / len(self.errors):.3f}" if self.errors else "-"
        cells = (
            f"{self.documents:,}", f"{self.kept / self.documents:.1%}",
            f"{(self.kept + self.rescued) / self.documents:.1%}", error,
            f"{self.foreign_removed / self.foreign:.1%}" if self.foreign else "-",
            f"{self.own_lost / self.own:.2%}" if self.own else "-",
        )  # fmt: skip
        return " | ".join(cells)


def stages(lang: str, what: str) -> list[Any]:
    wanted = {lang: list(language(lang).confusable)}
    return [Identify(), Lines(languages=wanted, foreign_lines=what)]  # type: ignore[arg-type]


def judged(documents: Sequence[Mixed], lang: str) -> Figures:
    """Figures of documents of which `lang` is wanted."""
    batch = Batch.of_texts([document.text for document in documents])
    as_is = run_chain(stages(lang, "keep"), batch)
    cleaned = run_chain(stages(lang, "remove"), batch)
    sums = Figures()
    for row, document in enumerate(documents):
        letters = TextBatch(document.lines).script_counts.sum(axis=1).tolist()
        foreign = sum(n for n, other in zip(letters, document.foreign, strict=True) if other)
        before, after = (result["lang"][row] == lang for result in (as_is, cleaned))
        sums.documents += 1
        sums.kept += before
        sums.rescued += after and not before
        if (share := as_is["lang_line_share"][row]) is not None:
            sums.errors.append(abs(share - (1 - foreign / sum(letters))))
        if after:
            gone = {cut["line"] - 1 for cut in cleaned["removed"][row] or ()}
            sums.foreign += foreign
            sums.own += sum(letters) - foreign
            sums.foreign_removed += sum(letters[at] for at in gone if document.foreign[at])
            sums.own_lost += sum(letters[at] for at in gone if not document.foreign[at])
    return sums


def pair_rows(pool: dict[str, list[str]]) -> Iterator[str]:
    for lang, other in PAIRS:
        for run in (True, False):
            sums = Figures()
            for share in SHARES:
                documents = [
                    mixed(pool[lang], pool[other], share, run, f"{lang} {other} {share} {number}")
                    for number in range(DOCUMENTS)
                ]
                sums.add(judged(documents, lang))
            yield f"| {lang} | {other} | {'run' if run else 'scattered'} | {sums.row()} |"


def clean_rows(documents: Iterable[Clean]) -> Iterator[str]:
    """Documents as they are, by language; all their lines count as own."""
    by_lang: dict[str, list[Mixed]] = defaultdict(list)
    for document in documents:
        lines = document.text.split("\n")
        by_lang[document.lang].append(Mixed(lines, [False] * len(lines)))
    for lang in sorted({wanted for wanted, _ in PAIRS} & by_lang.keys()):
        yield f"| {lang} | {judged(by_lang[lang], lang).row()} |"


def cost_rows(documents: Sequence[Clean]) -> Iterator[str]:
    """Processor time of the stage by that of `identify`, per language."""
    for lang in sorted({wanted for wanted, _ in PAIRS} & {document.lang for document in documents}):
        batch = Batch.of_texts([document.text for document in documents if document.lang == lang])
        best: dict[str, float] = {}
        for what in ("keep", "remove") * 3:
            identify, lines = stages(lang, what)
            start = time.process_time()
            run_chain([identify], Batch(batch.columns))
            middle = time.process_time()
            run_chain([identify, lines], Batch(batch.columns))
            taken = {"identify": middle - start, what: time.process_time() - 2 * middle + start}
            best = {**best, **{key: min(best.get(key, one), one) for key, one in taken.items()}}
        rest = f"{best['keep'] / best['identify']:.2f} | {best['remove'] / best['identify']:.2f}"
        yield f"| {lang} | {len(batch):,} | {rest} |"


HEAD = "documents | found as they are | once removed | error of share | foreign removed | own lost"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    print(f"| wanted | other | layout | {HEAD} |\n|---|---|---|--:|--:|--:|--:|--:|--:|")
    for row in pair_rows(line_pool(data)):
        print(row, flush=True)
    clean = [*labelled(data), *identification(data, "eval")]
    web = [*pages(data)]
    for title, documents in (("clean text", clean), ("web pages", web)):
        print(f"\n{title}\n\n| language | {HEAD} |\n|---|--:|--:|--:|--:|--:|--:|")
        for row in clean_rows(documents):
            print(row, flush=True)
        print(f"\n| language | {title} | keep | remove |\n|---|--:|--:|--:|")
        for row in cost_rows(documents):
            print(row, flush=True)


if __name__ == "__main__":
    main()
