"""Evidence from outside a text: the country of its address, the language that its page declares.

Evidence is added to a model's scores in log-odds, and only for labels that the model considers:
it can decide between Indonesian and Malay on a page of `.my`, or lift a text that is just below a
bound; it never turns Khmer into Thai. A label with score s and evidence of weight w gets the score

    s e^w / (1 + sum of s (e^w - 1) over the labels that are kept in `lid_top`)

so that the decision follows from the columns `lid_top` and `lang_evidence`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from corpuskit.languages import Language
from corpuskit.stage import Batch
from corpuskit.urls import host_of

CCTLD: Final = "cctld"
DECLARED: Final = "declared"
NOT_BELIEVED: Final = frozenset({"en", "eng"})
"""Languages that templates declare: of 52 pages that declare English, 27 are in another language
(benchmarks/evidence.py). Wrong as often as right, the declaration is no evidence."""


class LanguageEvidence(NamedTuple):
    """One piece of evidence for some languages."""

    kind: str
    """`cctld` or `declared`."""
    value: str
    """As read: `my`, `ms-MY`."""
    labels: frozenset[str]
    """The languages it is evidence for."""
    weight: float
    """In log-odds."""


@dataclass(frozen=True, slots=True)
class Priors:
    """What counts as evidence, for which languages, and with which weight."""

    weights: Mapping[str, float]
    """Per kind; a kind without one does not count."""
    codes: Mapping[str, Mapping[str, frozenset[str]]]
    """Per kind, the languages of a top-level domain or a primary language subtag."""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Priors:
        """From the option of a stage, as `prior_options` makes it."""
        return cls(
            dict(options["weights"]),
            {
                kind: {value: frozenset(codes) for value, codes in table.items()}
                for kind, table in options["codes"].items()
            },
        )

    def of_pages(self, batch: Batch) -> list[tuple[LanguageEvidence, ...]]:
        """The evidence for every document of a batch, by its `url` and `lang_declared`."""
        pairs = zip(batch.get("url"), batch.get("lang_declared"), strict=True)
        return [self.of_page(url, declared) for url, declared in pairs]

    def of_page(self, url: str | None, declared: str | None) -> tuple[LanguageEvidence, ...]:
        """The evidence for one document."""
        host = host_of(url) or ""
        tag = (declared or "").strip()
        readings = (
            (CCTLD, host.rpartition(".")[2], host.rpartition(".")[2]),
            (DECLARED, tag, tag.replace("_", "-").partition("-")[0].lower()),
        )
        return tuple(
            LanguageEvidence(kind, value, codes, self.weights[kind])
            for kind, value, key in readings
            if self.weights.get(kind) and (codes := self.codes[kind].get(key))
        )


def prior_options(weights: Mapping[str, float], profiles: Iterable[Language]) -> dict[str, Any]:
    """Option of the stage `identify` from the catalogue, as JSON; part of a task's key.

    `weights` are log-odds by kind.
    """
    tables: dict[str, dict[str, list[str]]] = {
        CCTLD: defaultdict(list),
        DECLARED: defaultdict(list),
    }
    for profile in profiles:
        for place in profile.cctld:
            tables[CCTLD][place].append(profile.code)
        for tag in {*profile.bcp47, profile.code[:3]} - NOT_BELIEVED:
            tables[DECLARED][tag].append(profile.code)
    codes = {kind: dict(sorted(table.items())) for kind, table in tables.items()}
    return {"weights": dict(weights), "codes": codes}


def weighed(
    scores: Sequence[tuple[Sequence[str], float]], evidence: Sequence[LanguageEvidence], best: int
) -> list[float]:
    """The scores of labels after the evidence, which applies to the first `best` of them.

    `scores` has for each label the codes it may stand for and its score. The difference of their
    sum to 1 belongs to labels without evidence.
    """
    raised = [
        score * (math.exp(_weight(codes, evidence)) if place < best else 1.0)
        for place, (codes, score) in enumerate(scores)
    ]
    whole = 1.0 + sum(raised) - sum(score for _, score in scores)
    return [score / whole for score in raised]


def _weight(codes: Sequence[str], evidence: Sequence[LanguageEvidence]) -> float:
    return sum(item.weight for item in evidence if not item.labels.isdisjoint(codes))


def evidence_rows(
    per_text: Iterable[Sequence[LanguageEvidence]],
) -> list[list[dict[str, Any]] | None]:
    """Values of the column `lang_evidence`."""
    return [
        [{**item._asdict(), "labels": sorted(item.labels)} for item in evidence] or None
        for evidence in per_text
    ]
