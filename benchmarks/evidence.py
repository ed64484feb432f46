"""The value of a page's country code, declared language and specific words as evidence.

    python -m benchmarks.evidence ../shared/data [pages] [weights] [words]

`pages`: how often pages of the html sets declare the language that they are in, and what changes
if it counts. `weights`: the evaluation sentences of `benchmarks.lid`, as if they were on pages with
a country code or a declared language, correct or that of a language they are confused with (a
simulation: no data set has labelled pages under country codes), or as if all pages of a country
declared its national language, as pages in small languages may. Texts in languages that no model
knows get a random country or language. `words`: the catalogue's lists of specific words on texts
that no list was made from.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.identification import Labelled, documents, sentences
from benchmarks.lid import evaluation_rows, never_seen
from corpuskit.identify.combined import CombinedModel
from corpuskit.identify.identification import (
    Guess,
    Guesser,
    Identification,
    PerText,
    identify_batch,
)
from corpuskit.identify.model_spec import ModelSpec, embedded_file
from corpuskit.identify.priors import Priors, prior_options
from corpuskit.identify.training.evaluate import Evaluation, evaluate
from corpuskit.identify.training.seeds import SeedRow
from corpuskit.languages import language, language_codes, languages, specific_lists
from corpuskit.quality.specific import SpecificLists, specific_shares
from corpuskit.quality.word_counts import WordCounts
from corpuskit.text import TextBatch

WEIGHTS = (0.7, 1.1, 2.0, 3.0)
WRONG = (0.0, 0.1, 0.25, 0.5)
MANY = 80
"""Texts of a language needed to report a change of its F1."""
NATIONAL = {
    "id": "ind", "my": "zsm", "ph": "tgl", "mm": "mya", "la": "lao", "th": "tha", "kh": "khm",
    "vn": "vie", "bt": "dzo",
}  # fmt: skip
"""The national language by country, which templates may declare on every page."""
PLACES = ("id", "my", "ph", "mm", "th", "la", "kh", "vn", "bn", "sg", "tl")
SPOKEN_IN = {
    **dict.fromkeys(("abs_Latn", "mui_Latn", "rej_Latn", "bhp_Latn", "bjn_Arab", "ace_Arab"), "id"),
    **dict.fromkeys(("blt_Tavt", "hni_Latn"), "vn"),
    **dict.fromkeys(("ctd_Latn", "lus_Latn"), "mm"),
}
"""Countries of languages that sea-2 knows but the catalogue does not."""


class MemoizedModel:
    """A model that keeps its guesses for each text, since only their evaluation changes."""

    def __init__(self, name: str) -> None:
        self._model = embedded_file(name)
        self._known: dict[str, list[Guess]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def guess(self, texts: Sequence[str]) -> list[list[Guess]]:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(new, self._model.guess(new), strict=True))
        return [self._known[text] for text in texts]

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        return identify_batch(texts, self, evidence)


@dataclass
class WithEvidence:
    """The default model with evidence for one list of texts."""

    model: CombinedModel | MemoizedModel
    codes: frozenset[str]
    evidence: PerText = ()
    thin: frozenset[str] = frozenset()

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        return self.model.identify(texts, self.evidence)

    @property
    def members(self) -> Sequence[Guesser]:
        return self.model.members


def pages(data: Path) -> Iterator[str]:
    """Pages with a known language: the declared and the real one."""
    declared = list(_declared(data))
    for english in (True, False):
        kinds = Counter(right for tag, _, right, _ in declared if tag.startswith("en") == english)
        name = "English" if english else "another language"
        yield f"declare {name}: {kinds[True]} rightly, {kinds[False]} wrongly"
    texts = TextBatch([text for *_, text in declared])
    before = ModelSpec.of().load().identify(texts)
    for weight in WEIGHTS:
        priors = Priors.of(prior_options({"declared": weight}, languages()))
        evidence = [priors.of_page(None, tag) for tag, *_ in declared]
        after = ModelSpec.of().load().identify(texts, evidence)
        changed = [
            f"{tag}: {old.lang} to {new.lang} (is {truth})"
            for (tag, truth, *_), old, new in zip(declared, before, after, strict=True)
            if old.lang != new.lang
        ]
        labels = f"{len(changed)} of {len(declared)} labels change"
        yield f"weight {weight}: {labels}; {'; '.join(changed)}"


def _declared(data: Path) -> Iterator[tuple[str, str, bool, str]]:
    """Tag, language, whether they agree, text; no pages of two languages."""
    for path in sorted(data.glob("html-*/gold*.jsonl")):
        for row in map(json.loads, path.open(encoding="utf-8")):
            kind, tag = row.get("kind") or "", row.get("lang_declared")
            if not tag or not (kind.startswith("in-language") or "wrong" in kind):
                continue
            locale = row.get("lang") or row.get("locale")
            english = locale is not None and tag.startswith(
                "en"
            )  # a locale's page, or an English one
            if english:
                yield (
                    tag,
                    "eng" if "wrong" in kind else str(locale),
                    "wrong" in kind,
                    row["gold_text"],
                )
            else:
                wrong = "wrong" in kind
                yield tag, "eng" if wrong else str(locale), not wrong, row["gold_text"]


def weights(data: Path) -> Iterator[str]:
    """Macro-F1, Indonesian and Malay, by kind, weight and how often the evidence is wrong."""
    regional = MemoizedModel("sea-2")
    model = CombinedModel(regional, MemoizedModel("lid176"))  # type: ignore[arg-type]
    both, alone = WithEvidence(model, regional.codes), WithEvidence(regional, regional.codes)
    rows, strange = evaluation_rows(data), never_seen(data)
    yield "| evidence | weight | wrong | macro-F1 | ind | zsm | loses most | unknown accepted |"
    yield "|---|--:|--:|--:|--:|--:|---|--:|"
    before = evaluate(both, rows)
    yield _cells("none", 0, 0, before, before, evaluate(alone, strange))
    for kind in ("cctld", "declared"):
        for weight in WEIGHTS:
            priors = Priors.of(prior_options({kind: weight}, languages()))
            chance = random.Random(1)
            alone.evidence = [_page(priors, kind, row, 1.0, chance) for row in strange]
            accepted = evaluate(alone, strange)
            for wrong in WRONG if kind == "cctld" else (*WRONG, None):
                chance = random.Random(1)
                both.evidence = [_page(priors, kind, row, wrong, chance) for row in rows]
                yield _cells(kind, weight, wrong, before, evaluate(both, rows), accepted)


def _cells(
    kind: str,
    weight: float,
    wrong: float | None,
    before: Evaluation,
    after: Evaluation,
    strange: Evaluation,
) -> str:
    was = {score.language: score.f1 for score in before.scores}
    f1 = {score.language: score.f1 for score in after.scores}
    lost, most = min((f1[score.language] - was[score.language], score.language)
                     for score in after.scores if score.texts >= MANY)  # fmt: skip
    cells = (f"{after.macro_f1:.4f}", f"{f1['ind_Latn']:.3f}", f"{f1['zsm_Latn']:.3f}",
             f"{most} {lost:+.3f}" if lost < 0 else "none")  # fmt: skip
    how = "all national" if wrong is None else f"{wrong:.0%}"
    accepted = f"{strange.open_accepted} of {strange.open_texts}"
    return f"| {kind} | {weight} | {how} | {' | '.join(cells)} | {accepted} |"


def _page(
    priors: Priors, kind: str, row: SeedRow, wrong: float | None, chance: random.Random
) -> tuple[Any, ...]:
    """The evidence of a page that the text might be from."""
    places = _places(row.label)
    if wrong is None:
        return priors.of_page(None, NATIONAL.get("".join(places[:1]), row.label[:3]))
    wrongly, pick = chance.random() < wrong, chance.random()
    near = _near(row.label)
    if kind == "cctld":
        others = [place for code in near for place in _places(code) if place not in places]
        choice = (
            (others or [place for place in PLACES if place not in places])
            if wrongly
            else places[:1]
        )
        choice = choice or list(PLACES)
        return priors.of_page(f"https://example.{choice[int(pick * len(choice))]}/", None)
    tags = [code[:3] for code in near] or ["ind", "zsm", "tgl"]
    return priors.of_page(None, tags[int(pick * len(tags))] if wrongly else row.label[:3])


@cache
def _near(code: str) -> list[str]:
    known = code in language_codes()
    return [
        neighbor
        for neighbor in (language(code).confusable if known else ())
        if neighbor[:3] != "eng"
    ]


@cache
def _places(code: str) -> list[str]:
    if code in language_codes():
        return list(language(code).cctld)
    return [SPOKEN_IN[code]] if code in SPOKEN_IN else []


def words(data: Path) -> Iterator[str]:
    """Texts that the model takes for a language with a list, sentences and documents."""
    rows = list(_unseen(data))
    for name, level in (("sentences of 20 words", rows), ("documents", documents(rows))):
        yield f"\n## {name}\n"
        yield from _level(level)


def _level(rows: Sequence[Labelled]) -> Iterator[str]:
    """Per language, texts rightly and wrongly taken for it, and how many lack its words."""
    lists = {
        code: listed for code in language_codes() if (listed := specific_lists(language(code)))
    }
    texts = TextBatch([row.text for row in rows])
    labels = [answer.lang for answer in ModelSpec.of().load().identify(texts)]
    counts = WordCounts.of(texts)
    specific = {code: SpecificLists.of(code, listed) for code, listed in lists.items()}
    shares = specific_shares(counts, labels, specific)
    yield "| label | words listed | right | without | 1 % have less than | wrong | without |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for code in lists:
        judged = [
            (row.code == code, share)
            for row, lang, share in zip(rows, labels, shares, strict=True)
            if lang == code and not np.isnan(share)
        ]
        yield _row(code, len(lists[code][code]), judged)
    yield from _rivals(rows, labels, counts, lists)


def _row(code: str, listed: int, judged: Sequence[tuple[bool, float]]) -> str:
    right_shares = [share for right, share in judged if right]
    wrong_shares = [share for right, share in judged if not right]
    low = f"{np.quantile(right_shares, 0.01):.3f}" if right_shares else ""
    cells = (
        listed,
        len(right_shares),
        right_shares.count(0),
        low,
        len(wrong_shares),
        wrong_shares.count(0),
    )
    return f"| {code} | {' | '.join(map(str, cells))} |"


def _rivals(
    rows: Sequence[Labelled],
    labels: Sequence[str],
    words: WordCounts,
    lists: dict[str, dict[str, tuple[str, ...]]],
) -> Iterator[str]:
    """Texts with more words of another language's list than of its label's: who is right."""
    outcomes: Counter[str] = Counter()
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    for row, lang, known in zip(rows, labels, words.kinds, strict=True):
        seen = {word.casefold() for word in known}
        counts = {code: len(seen & set(listed)) for code, listed in lists.get(lang, {}).items()}
        best = max(counts, key=lambda code: (counts[code], code == lang), default=lang)
        if best != lang:
            who = {lang: "label", best: "list"}.get(row.code, "neither")
            outcomes[who] += 1
            pairs[f"{lang} listed {best}"][who] += 1
    yield f"more words of another list: right is {dict(outcomes)}"
    yield "; ".join(f"{pair} {dict(who)}" for pair, who in sorted(pairs.items()))


def _unseen(data: Path) -> Iterator[Labelled]:
    """Labelled texts that are not among the seeds of the lists; Batak of NusaWrites is Toba's."""
    with gzip.open(data / "lid" / "train.tsv.gz", "rt", encoding="utf-8") as file:
        seeds = {line.split("\t")[1] for line in file}
    for row in sentences(data):
        if row.text not in seeds:
            yield replace(row, code="bbc_Latn") if row.code[:4] in ("btk_", "bbc?") else row


PARTS = {"pages": pages, "weights": weights, "words": words}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("part", nargs="*", help=", ".join(PARTS))
    arguments = parser.parse_args()
    for part in arguments.part or PARTS:
        print(f"\n# {part}\n", flush=True)
        for line in PARTS[part](arguments.data):
            print(line, flush=True)


if __name__ == "__main__":
    main()
