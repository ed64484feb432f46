"""How many tokens of each language a training mix has: UniMax.

Chung et al. 2023, "UniMax: Fairer and More Effective Language Sampling for Large-Scale Multilingual
Pretraining" (ICLR 2023), algorithm 1: every language gets the same share of the budget, unless its
texts would then be repeated more often than a cap of epochs; what it cannot take goes to the others
in equal shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from corpuskit.errors import TokenizerError
from corpuskit.publish import Build
from corpuskit.publish.token_report import token_reports

EPOCHS: Final = 4.0
"""Muennighoff et al. 2023: up to four epochs, repeated data is nearly as good as new data. UniMax
itself was used with 1 to 10."""
BYTES: Final = "bytes"


@dataclass(frozen=True, slots=True)
class MixShare:
    """A language's part of a mix."""

    available: int
    """Tokens (or bytes) of its training texts."""
    amount: int
    """Tokens (or bytes) of it in the mix."""
    share: float
    """Of the mix: the probability with which it is sampled."""

    @property
    def epochs(self) -> float:
        """How often its texts are seen."""
        return self.amount / self.available if self.available else 0.0


def unimax(
    available: Mapping[str, int], budget: int | None = None, epochs: float = EPOCHS
) -> dict[str, MixShare]:
    """The mix of languages for a budget, by default as much as there is; in the order given.

    `available` are tokens or bytes by language. No language is repeated more than `epochs` times,
    so that the mix is smaller than a budget that all of them together cannot fill. ValueError for a
    budget or epochs that are not above 0.
    """
    total = sum(available.values()) if budget is None else budget
    if total < 0 or epochs <= 0 or (budget is not None and budget <= 0):
        raise ValueError("a mix needs a budget and epochs above 0")
    left, amounts = float(total), dict.fromkeys(available, 0.0)
    smallest_first = sorted(available, key=lambda lang: (available[lang], lang))
    for number, lang in enumerate(smallest_first):
        equal = left / (len(smallest_first) - number)
        amounts[lang] = min(equal, available[lang] * epochs)
        left -= amounts[lang]
    mixed = sum(amounts.values())
    return {
        lang: MixShare(available[lang], round(amount), amount / mixed if mixed else 0.0)
        for lang, amount in amounts.items()
    }


def available_amounts(
    builds: Sequence[Build], unit: str | None = None
) -> tuple[dict[str, int], str]:
    """Training tokens by language of some builds together, and the tokenizer that they are of.

    `unit` is the name of a tokenizer that `corpuskit tokens` measured on every build, or `bytes`;
    where all builds have one report it need not be named. Raises TokenizerError, which says what to
    run, if there is no such report or more than one.
    """
    amounts: dict[str, int] = {}
    names = set()
    for build in builds:
        name, of_build = _amounts(build, unit)
        names.add(name)
        for lang, amount in of_build.items():
            amounts[lang] = amounts.get(lang, 0) + amount
    if len(names) > 1:
        raise TokenizerError(
            f"the builds were measured with different tokenizers: {_listed(names)}"
        )
    return dict(sorted(amounts.items())), next(iter(names))


def _amounts(build: Build, unit: str | None) -> tuple[str, Mapping[str, int]]:
    if unit == BYTES:
        sizes: dict[str, int] = {}
        for entry in build.manifest["files"]:
            if entry["kind"] == "data" and entry["split"] == "train":
                sizes[entry["lang"]] = sizes.get(entry["lang"], 0) + entry["text_bytes"]
        return BYTES, sizes
    reports = token_reports(build)
    chosen = [report for report in reports if unit in (None, report.tokenizer)]
    if not chosen:
        wanted = unit or "train:unigram:32k"
        raise TokenizerError(
            f"nobody counted the tokens of {build.folder}; run `corpuskit tokens {build.folder} "
            f"--tokenizer {wanted}` first, or mix by --unit bytes"
        )
    if len({report.sha256 for report in chosen}) > 1:
        names = _listed({report.tokenizer for report in chosen})
        raise TokenizerError(f"{build.folder} was measured with {names}; name one with --unit")
    measured = chosen[-1]
    return measured.tokenizer, measured.train_tokens


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
