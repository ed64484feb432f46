"""What the description files are made of: manifest, ledger, counts and a few samples.

All of it is in a published folder, so the files can be written again without `.work`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from corpuskit.ledger import Ledger
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.counts import Count, Counts, published_parquet
from corpuskit.store import Store

SAMPLES: Final = 2
"""Documents of each language that the card shows."""
SAMPLE_CHARS: Final = 300
"""Characters of each sample: enough to see what the texts are like."""


@dataclass(frozen=True, slots=True)
class TextSample:
    """The beginning of a published document."""

    lang: str
    identifier: str
    text: str


@dataclass(frozen=True)
class PublishedFacts:
    """A published build, as its description files see it."""

    manifest: Mapping[str, Any]
    """As published, without the entries of the description files."""
    ledger: Ledger
    counts: Counts
    samples: Sequence[TextSample] = ()

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """The recipe's `[about]`; empty values are left out."""
        table = self.manifest["recipe"].get("about") or {}
        return {key: value for key, value in table.items() if value}

    @property
    def operator(self) -> Mapping[str, str]:
        """Who builds the corpus: `name` and `contact`."""
        operator: Mapping[str, str] = self.manifest["recipe"]["operator"]
        return operator

    @property
    def removal_contact(self) -> str:
        """Whom to ask for the removal of a text."""
        return str(self.about.get("removal_contact") or self.operator["contact"])

    @property
    def sources(self) -> Sequence[Mapping[str, Any]]:
        """Every source of the recipe, resolved against the catalogue."""
        sources: Sequence[Mapping[str, Any]] = self.manifest["sources"]
        return sources

    @property
    def profiles(self) -> Mapping[str, Mapping[str, Any]]:
        """What the catalogue says of each wanted language, by code."""
        profiles: Mapping[str, Mapping[str, Any]] = self.manifest["profiles"]
        return profiles

    @property
    def documents(self) -> int:
        """Number of published documents."""
        return int(self.manifest["documents"])

    @property
    def text_bytes(self) -> int:
        """Bytes of their texts in UTF-8."""
        return int(self.manifest["text_bytes"])

    @property
    def description(self) -> str:
        """The corpus in a sentence: the recipe's words, else languages and sources."""
        if stated := self.about.get("description"):
            return str(stated)
        languages = ", ".join(
            str(self.profiles.get(code, {}).get("name", code))
            for code in self.manifest["languages"]
        )
        return (
            f"Text corpus of {languages or 'no language yet'}: {self.documents:,} documents, "
            f"{self.text_bytes:,} bytes of text, from {len(self.sources)} "
            f"source{'s' * (len(self.sources) != 1)}."
        )

    @cached_property
    def stages(self) -> list[tuple[str, str]]:
        """Steps and stages that made the corpus, each with its version, in order and once."""
        stages = ((entry["stage"], entry["version"]) for entry in self.manifest["stages"])
        return list(dict.fromkeys(stages))

    @cached_property
    def licenses(self) -> dict[str, Count]:
        """Published documents by license, most first."""
        return self.counts.of(groups.LICENSE)

    @cached_property
    def captured(self) -> tuple[str, str] | None:
        """First and last day on which published documents were captured; None if nobody noted."""
        days = sorted(day for day in self.counts.of(groups.CAPTURED) if day != groups.NO_VALUE)
        return (days[0], days[-1]) if days else None

    @cached_property
    def searched_documents(self) -> int:
        """Published documents in which personal data was searched for."""
        return self.counts.of(groups.SEARCHED).get("true", Count()).documents

    def profile_name(self, code: str) -> str:
        """`Khmer (ភាសាខ្មែរ)`, or the code of a language without a profile."""
        profile = self.profiles.get(code)
        return f"{profile['name']} ({profile['autonym']})" if profile else code


def read_samples(store: Store, manifest: Mapping[str, Any]) -> list[TextSample]:
    """The first documents of each language's first shard, by id: a fixed choice."""
    samples: list[TextSample] = []
    for lang in manifest["languages"]:
        shards = [
            entry
            for entry in manifest["files"]
            if entry["kind"] == "data" and entry["lang"] == lang and entry["rows"]
        ]
        for entry in shards[:1]:
            with published_parquet(store, entry["path"]) as file:
                batches = file.iter_batches(batch_size=SAMPLES, columns=["id", "text"])
                samples += [
                    TextSample(lang, row["id"], _beginning(row["text"]))
                    for row in next(batches).to_pylist()
                ]
    return samples


def _beginning(text: str) -> str:
    line = " ".join(text[: 4 * SAMPLE_CHARS].split())
    return line if len(line) <= SAMPLE_CHARS else f"{line[: SAMPLE_CHARS - 1]}…"
