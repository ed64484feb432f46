"""Languages that are confused with one another: the catalogue's groups, and a model's confusions
within them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from corpuskit.languages import languages

Answers = Counter[tuple[str, str]]
"""Texts by true language and answer."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two languages, and how many texts of each were mistaken for the other."""

    first: str
    second: str
    first_taken: int
    second_taken: int


@dataclass(frozen=True, slots=True)
class Group:
    """The results for texts in languages of one group only."""

    languages: tuple[str, ...]
    texts: int
    macro_f1: float
    """Over the languages of the group that the model knows, on these texts alone."""
    undetermined: int
    """Texts that got no language."""
    outside: int
    """Texts mistaken for a language outside the group."""
    pairs: tuple[Pair, ...]
    """Pairs with confusions, the most frequent first."""

    def as_json(self) -> dict[str, Any]:
        """Everything, for a machine."""
        return asdict(self)


def confusable_groups() -> list[tuple[str, ...]]:
    """The catalogue's confusable languages; those that share a neighbor are one group."""
    groups: list[set[str]] = []
    for profile in languages():
        joined = {profile.code, *profile.confusable}
        apart = [group for group in groups if group.isdisjoint(joined)]
        joined.update(*(group for group in groups if not group.isdisjoint(joined)))
        groups = [*apart, joined]
    return sorted(tuple(sorted(group)) for group in groups if len(group) > 1)


def measured_groups(answers: Answers, known: Collection[str], none: str) -> tuple[Group, ...]:
    """The groups with texts in two languages or more."""
    there = {true for true, _ in answers}
    present = ([code for code in group if code in there] for group in confusable_groups())
    return tuple(_group(answers, codes, known, none) for codes in present if len(codes) > 1)


def _group(answers: Answers, codes: Sequence[str], known: Collection[str], none: str) -> Group:
    of_group = Counter({pair: n for pair, n in answers.items() if pair[0] in codes})
    scores = [f1(of_group, code) for code in codes if code in known]
    return Group(
        tuple(codes),
        of_group.total(),
        sum(scores) / len(scores) if scores else 0.0,
        sum(n for (_, answer), n in of_group.items() if answer == none),
        sum(n for (_, answer), n in of_group.items() if answer not in (*codes, none)),
        tuple(_pairs(of_group, codes)),
    )


def f1(answers: Answers, code: str) -> float:
    """F1 of one language; 0 if no text and no answer is in it."""
    texts = sum(n for (true, _), n in answers.items() if true == code)
    named = sum(n for (_, answer), n in answers.items() if answer == code)
    return 2 * answers[code, code] / (texts + named) if texts + named else 0.0


def _pairs(answers: Answers, codes: Sequence[str]) -> list[Pair]:
    pairs = [Pair(a, b, answers[a, b], answers[b, a]) for a, b in combinations(codes, 2)]
    taken = [pair for pair in pairs if pair.first_taken or pair.second_taken]
    return sorted(taken, key=lambda pair: -(pair.first_taken + pair.second_taken))


def group_lines(groups: Sequence[Group]) -> Iterator[str]:
    """The groups as Markdown."""
    for group in groups:
        yield f"\nAmong {', '.join(group.languages)}: macro-F1 {group.macro_f1:.3f} on"
        yield f"{group.texts:,} texts; {group.undetermined:,} got no language and"
        yield f"{group.outside:,} one outside the group."
        if group.pairs:
            yield "\n| | | first taken for second | second for first |\n|---|---|--:|--:|"
        for pair in group.pairs:
            yield f"| {pair.first} | {pair.second} | {pair.first_taken} | {pair.second_taken} |"
