"""What `corpuskit tokens` measured of a build: typed, and kept beside it in `.work/tokens/`.

    for report in token_reports(build):
        for lang, counts in report.languages().items():
            counts.fertility, counts.bits_per_byte, report.train_tokens[lang]

Nothing of it is in the published bytes: a build has as many reports as tokenizers were tried.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from corpuskit import logs
from corpuskit.publish.read import Build
from corpuskit.store import as_json

FOLDER: Final = ".work/tokens"
FORMAT: Final = 1

_log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Texts of one language and source, cut into tokens."""

    lang: str
    source: str
    documents: int = 0
    words: int = 0
    """Of a dictionary where a script writes no spaces (corpuskit.segmentation)."""
    characters: int = 0
    """Code points."""
    text_bytes: int = 0
    """In UTF-8."""
    tokens: int = 0
    unknown: int = 0
    """Tokens that stand for what the tokenizer does not know."""
    bits: float | None = None
    """What all tokens cost in a unigram model whose frequencies are those of the language's
    training texts, in bits; None where there are none."""

    @property
    def fertility(self) -> float | None:
        """Tokens per word (Rust et al. 2021); None without words."""
        return self.tokens / self.words if self.words else None

    @property
    def bytes_per_token(self) -> float | None:
        """How much text a token holds; None without tokens."""
        return self.text_bytes / self.tokens if self.tokens else None

    @property
    def bits_per_byte(self) -> float | None:
        """`bits` per byte of text: comparable between tokenizers; None where not known."""
        return self.bits / self.text_bytes if self.bits is not None and self.text_bytes else None

    @property
    def unknown_share(self) -> float:
        """Share of tokens that are unknown."""
        return self.unknown / self.tokens if self.tokens else 0.0

    def __add__(self, other: TokenCounts) -> TokenCounts:
        bits = None if self.bits is None or other.bits is None else self.bits + other.bits
        return TokenCounts(
            self.lang,
            self.source if self.source == other.source else "",
            self.documents + other.documents,
            self.words + other.words,
            self.characters + other.characters,
            self.text_bytes + other.text_bytes,
            self.tokens + other.tokens,
            self.unknown + other.unknown,
            bits,
        )


@dataclass(frozen=True, slots=True)
class TokenReport:
    """A tokenizer measured on a build."""

    key: str
    build_id: str
    tokenizer: str
    """Name of its file, or how it was trained (`train:unigram:32k`)."""
    sha256: str
    vocabulary: int
    trained: bool
    """Whether it was trained on this build's training texts."""
    split: str
    """What it was measured on: validation, or train where there is no validation split."""
    counts: tuple[TokenCounts, ...]
    """By language and source, sorted."""
    train_bytes: Mapping[str, int]
    """Bytes of training text by language, all of it."""

    def languages(self) -> dict[str, TokenCounts]:
        """The counts of each language, all sources together."""
        totals: dict[str, TokenCounts] = {}
        for counts in self.counts:
            known = totals.get(counts.lang)
            totals[counts.lang] = known + counts if known else counts
        return totals

    @property
    def train_tokens(self) -> dict[str, int]:
        """Tokens of the training texts by language, estimated from bytes per token as measured."""
        measured = self.languages()
        return {
            lang: round(size / per_token)
            for lang, size in self.train_bytes.items()
            if lang in measured and (per_token := measured[lang].bytes_per_token)
        }

    def to_json(self) -> dict[str, Any]:
        """As plain data, with the ratios."""
        return {
            **{name: value for name, value in asdict(self).items() if name != "counts"},
            "train_tokens": self.train_tokens,
            "languages": [_row(counts) for counts in self.languages().values()],
            "counts": [_row(counts) for counts in self.counts],
        }


def _row(counts: TokenCounts) -> dict[str, Any]:
    return {
        **asdict(counts),
        "fertility": counts.fertility,
        "bytes_per_token": counts.bytes_per_token,
        "bits_per_byte": counts.bits_per_byte,
        "unknown_share": counts.unknown_share,
    }


def token_reports(build: Build) -> list[TokenReport]:
    """The reports of this very build, in the order of tokenizers' names; none where `.work` was
    deleted. A report that cannot be read is left out, and the log says so."""
    reports = []
    for output in build.store.list(FOLDER):
        if not output.name.endswith(".json"):
            continue
        try:
            report = _report(json.loads(build.store.get(output.name)))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("%s cannot be read: %s", output.name, error)
            continue
        if report is not None and report.build_id == build.manifest["build_id"]:
            reports.append(report)
    return sorted(reports, key=lambda report: (report.tokenizer, report.key))


def keep_report(build: Build, report: TokenReport) -> None:
    """Keep a report beside the build."""
    content = {"format": FORMAT, **asdict(report)}
    build.store.put(f"{FOLDER}/{report.key}.json", as_json(content))


def _report(data: Mapping[str, Any]) -> TokenReport | None:
    if data.get("format") != FORMAT:
        return None
    names = [field.name for field in fields(TokenReport)]
    values = {name: data[name] for name in names}
    values["counts"] = tuple(TokenCounts(**counts) for counts in data["counts"])
    return TokenReport(**values)
