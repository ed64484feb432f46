"""Which documents of a build reviewers see: a random sample of every stratum.

A stratum is what is said something about: the published documents of a source in a language
(`kept`), the documents that were rejected for one reason (`dropped`), documents that are near a
rule's threshold (`borderline`).
"""

from __future__ import annotations

import hashlib
import heapq
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.publish import Build
from corpuskit.review.intervals import sample_size
from corpuskit.review.texts import Details, read_details
from corpuskit.thresholds import RULES, SIGNALS

INTERVAL: Final = 0.15
"""Half-width of a stratum's interval unless the reviewer asks for another: 39 documents."""
OVERLAP: Final = 0.2
"""Share of documents that every reviewer sees: 20 % of 100 are enough for an alpha that is off by
some .1, and cost a second reviewer a fifth of the work."""
NEAR: Final = 0.2
"""A value is near a threshold if it is within a fifth of it: 40 clusters, 48 are near."""

NOT_JUDGED: Final = ("read", "policy", "takedown", "privacy", "dedup", "decontamination", "publish")
"""Stages of the ledger whose rejections nobody can judge from the text: rights, duplicates."""


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """What sample is drawn."""

    interval: float = INTERVAL
    overlap: float = OVERLAP
    limit: int | None = None
    """Most documents in all; every stratum gets its part."""
    seed: int = 0
    languages: tuple[str, ...] = ()
    """Only documents in these; empty for all."""


DEFAULT_SAMPLE: Final = SampleOptions()


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of the records of a build."""

    kind: str
    """`kept`, `dropped` or `borderline`."""
    name: str
    """`khm_Khmr/wikipedia`, a reason code, or a rule."""
    population: int
    """Records in it."""


@dataclass(frozen=True, slots=True)
class Item:
    """A sampled document."""

    id: str
    kind: str
    stratum: str
    language: str | None
    """As it was identified."""
    source: str
    reason: str | None
    """Why it was rejected; None for a published document."""
    shared: bool
    """Whether every reviewer is to see it."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the machine thought: signals that rules bound, rules that it broke, labels."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The documents to judge, in the order in which they are shown."""

    strata: tuple[Stratum, ...]
    items: tuple[Item, ...]
    details: Mapping[str, Details]
    """What is known of each, its text included."""
    without_text: int
    """Drawn records whose text is not kept, as after `prune --all`."""


class _Draw:
    """The records of one stratum with the smallest hashes, and how many there are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.population = 0
        self._heap: list[tuple[int, str]] = []

    def add(self, number: int, identifier: str) -> None:
        self.population += 1
        entry = (-number, identifier)
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, entry)
        elif entry > self._heap[0]:
            heapq.heapreplace(self._heap, entry)

    @property
    def ids(self) -> list[str]:
        """In random order."""
        return [identifier for _, identifier in sorted(self._heap, reverse=True)]


def draw_sample(build: Build, options: SampleOptions = DEFAULT_SAMPLE) -> Sample:
    """Draw a stratified sample; the same build and options give the same documents.

    ValueError for an interval that no sample can have.
    """
    most = sample_size(options.interval, 10**12)
    draws: dict[tuple[str, str], _Draw] = {}
    for kind, name, identifier in _memberships(build, options):
        draw = draws.setdefault((kind, name), _Draw(2 * most))
        draw.add(_hash(options.seed, identifier), identifier)
    chosen = _chosen(draws, options)
    wanted = {identifier for ids in chosen.values() for identifier in ids}
    details = read_details(build, wanted)
    strata: list[Stratum] = []
    items: list[Item] = []
    for kind, name in sorted(chosen, key=_order):
        ids = [identifier for identifier in chosen[kind, name] if identifier in details]
        if ids:
            strata.append(Stratum(kind, name, draws[kind, name].population))
            items += _items(kind, name, ids, details, options)
    items.sort(key=lambda item: _hash(options.seed + 1, item.id))
    return Sample(tuple(strata), tuple(items), details, len(wanted) - len(items))


_KINDS: Final = ("kept", "dropped", "borderline")


def _order(stratum: tuple[str, str]) -> tuple[int, str]:
    return _KINDS.index(stratum[0]), stratum[1]


def _hash(seed: int, identifier: str) -> int:
    digest = hashlib.sha256(f"{seed}:{identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _chosen(
    draws: Mapping[tuple[str, str], _Draw], options: SampleOptions
) -> dict[tuple[str, str], list[str]]:
    """The ids of each stratum; a document is in one stratum only, the random ones first."""
    keys = sorted(draws, key=_order)
    sizes = {key: sample_size(options.interval, draws[key].population) for key in keys}
    total = sum(sizes.values())
    if options.limit is not None and total > options.limit:
        part = options.limit / total
        sizes = {key: max(1, math.floor(size * part)) for key, size in sizes.items()}
    taken: set[str] = set()
    chosen: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        free = [identifier for identifier in draws[key].ids if identifier not in taken]
        chosen[key] = free[: sizes[key]]
        taken.update(chosen[key])
    return chosen


def _items(
    kind: str, name: str, ids: Sequence[str], details: Mapping[str, Details], options: SampleOptions
) -> Iterator[Item]:
    shared = math.ceil(options.overlap * len(ids))
    for number, identifier in enumerate(ids):
        about = details[identifier]
        yield Item(
            identifier, kind, name, about.language, about.source, about.reason,
            number < shared, about.facts,
        )  # fmt: skip


def _memberships(build: Build, options: SampleOptions) -> Iterator[tuple[str, str, str]]:
    """(kind, stratum, id) of every record; one near several thresholds comes several times."""
    policies: Mapping[str, Mapping[str, float]] = build.manifest.get("policies") or {}
    columns = ["id", "source", "lang", "lang_score", "script_ratio", "lang_line_share"]
    quality = ["quality"] if "quality" in build.dataset.schema.names else []
    for batch in build.documents([*columns, *quality]):
        yield from _of_documents(batch, policies, options)
    for batch in build.rejects(["id", "lang", "reason", "broken"]):
        yield from _of_rejects(batch, options)


def _of_documents(
    batch: pa.RecordBatch, policies: Mapping[str, Mapping[str, float]], options: SampleOptions
) -> Iterator[tuple[str, str, str]]:
    ids, langs = batch["id"].to_pylist(), batch["lang"].to_pylist()
    wanted = [not options.languages or lang in options.languages for lang in langs]
    for identifier, lang, source, is_wanted in zip(
        ids, langs, batch["source"].to_pylist(), wanted, strict=True
    ):
        if is_wanted:
            yield "kept", f"{lang}/{source}", identifier
    for lang, rules in policies.items():
        here = np.array([is_it == lang for is_it in langs]) & np.array(wanted, dtype=bool)
        for rule, threshold in rules.items():
            values = _values(batch, rule) if here.any() else None
            if values is not None:
                for row in np.flatnonzero(here & _near(values, threshold)):
                    yield "borderline", rule, ids[row]


def _values(batch: pa.RecordBatch, rule: str) -> Any:
    """The values of a built-in rule's signal; None for what published rows do not have."""
    if rule not in RULES:
        return None
    signal = RULES[rule].signal
    if SIGNALS[signal].stage == "language":
        return batch[signal].to_numpy(zero_copy_only=False)
    names = [item.name for item in batch["quality"].type] if "quality" in batch.schema.names else []
    if signal not in names:
        return None
    return pc.struct_field(batch["quality"], signal).to_numpy(zero_copy_only=False)


def _near(values: Any, threshold: float) -> Any:
    numbers = np.array(values, dtype=np.float64)  # None becomes NaN, which is near nothing
    return np.abs(numbers - threshold) <= NEAR * abs(threshold)


def _of_rejects(batch: pa.RecordBatch, options: SampleOptions) -> Iterator[tuple[str, str, str]]:
    for row in batch.to_pylist():
        identifier, reason = row["id"], row["reason"]
        if not identifier or reason.partition("/")[0] in NOT_JUDGED:
            continue
        is_language = reason.startswith("language/")
        if options.languages and row["lang"] not in options.languages and not is_language:
            continue
        yield "dropped", reason, identifier
        broken = row["broken"] or []
        if len(broken) == 1 and broken[0]["value"] is not None:
            rule, threshold = broken[0]["rule"], broken[0]["threshold"]
            if abs(broken[0]["value"] - threshold) <= NEAR * abs(threshold):
                yield "borderline", rule, identifier


def facts_text(facts: Mapping[str, Any]) -> str:
    """Facts as the database keeps them."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)
