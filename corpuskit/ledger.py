"""The ledger: at every stage, read = passed on + the sum over reasons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from corpuskit.errors import LedgerError


@dataclass(slots=True)
class StageCount:
    """What one stage did: how many rows it read, passed on, and lost for which reason."""

    read: int = 0
    passed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def closes(self) -> bool:
        """Whether nothing was lost without a reason."""
        return self.read == self.passed + self.reasons.total()


@dataclass(slots=True)
class EditCount:
    """What one kind of edit did to the published documents."""

    documents: int = 0
    count: int = 0
    chars: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    """Removed passages by language, where it is known."""

    def add(self, other: EditCount) -> None:
        """Count another part of the corpus as well."""
        self.documents += other.documents
        self.count += other.count
        self.chars += other.chars
        self.languages.update(other.languages)

    def to_json(self) -> dict[str, Any]:
        """As it stands in ledger.json."""
        counts: dict[str, Any] = {
            "documents": self.documents,
            "count": self.count,
            "chars": self.chars,
        }
        return counts | (
            {"languages": dict(sorted(self.languages.items()))} if self.languages else {}
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EditCount:
        """Read what `to_json` wrote."""
        languages = Counter(data.get("languages", {}))
        return cls(data["documents"], data["count"], data["chars"], languages)

    def __str__(self) -> str:
        documents = f"{self.documents:,} document{'s' * (self.documents != 1)}"
        chars = f" · {self.chars:,} characters" if self.chars else ""
        languages = ", ".join(f"{code} {count:,}" for code, count in self.languages.most_common())
        return f"{self.count:,} in {documents}{chars}" + (f" ({languages})" if languages else "")


class Ledger:
    """Counts per stage in the order of the pipeline, in total and per source.

    `ledger["quality/chars"]` is how many documents were lost for that reason, `ledger.reasons`
    all reasons that occurred.
    """

    def __init__(self) -> None:
        self.stages: dict[str, StageCount] = {}
        self.sources: dict[str, dict[str, StageCount]] = {}
        self.edits: dict[str, EditCount] = {}
        """By `stage/kind`, what was done to the texts of the published documents."""
        self.meanings: dict[str, str] = {}
        """Reason code to its meaning, for every code that occurs."""

    def add(self, stage: str, reasons: Iterable[str | None], source: str) -> None:
        """Count rows that reached `stage`: None for those passed on, else the reason."""
        counted = Counter(reasons)
        passed = counted.pop(None, 0)
        lost: Counter[str] = Counter({str(reason): count for reason, count in counted.items()})
        self.add_counts(stage, StageCount(passed + lost.total(), passed, lost), source)

    def add_counts(self, stage: str, part: StageCount, source: str) -> None:
        """Add what a part of the corpus counted at `stage`."""
        for count in (
            self.stages.setdefault(stage, StageCount()),
            self.sources.setdefault(source, {}).setdefault(stage, StageCount()),
        ):
            count.read += part.read
            count.passed += part.passed
            count.reasons.update(part.reasons)

    def __getitem__(self, reason: str) -> int:
        """Documents lost for a reason, 0 if it did not occur; KeyError for a stage that the build
        does not have."""
        stage = reason.partition("/")[0]
        if self.stages and stage not in self.stages:
            raise KeyError(
                f"{reason!r}: a reason is STAGE/NAME, with a stage of {', '.join(self.stages)}"
            )
        return sum(count.reasons[reason] for count in self.stages.values())

    @property
    def reasons(self) -> Counter[str]:
        """Documents lost per reason over all stages."""
        total: Counter[str] = Counter()
        for count in self.stages.values():
            total.update(count.reasons)
        return total

    def check(self) -> None:
        """Raise LedgerError unless every stage closes and hands on what the next one reads."""
        for where, stages in [("all sources", self.stages), *self.sources.items()]:
            before: tuple[str, StageCount] | None = None
            for name, count in stages.items():
                if not count.closes:
                    raise LedgerError(
                        f"ledger of {where} does not close at {name!r}: read {count.read}, "
                        f"passed {count.passed}, reasons {dict(count.reasons)}"
                    )
                if before and before[1].passed != count.read:
                    raise LedgerError(
                        f"ledger of {where}: {before[0]!r} passed on {before[1].passed}, "
                        f"but {name!r} read {count.read}"
                    )
                before = (name, count)

    def to_json(self) -> dict[str, Any]:
        """The ledger as written to ledger.json."""
        edits = {code: count.to_json() for code, count in sorted(self.edits.items())}
        return {
            "stages": _stages_json(self.stages),
            "sources": {name: _stages_json(stages) for name, stages in self.sources.items()},
            **({"edits": edits} if edits else {}),
            "meanings": dict(sorted(self.meanings.items())),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ledger:
        """Read what `to_json` wrote."""
        ledger = cls()
        ledger.stages = _stages_from(data["stages"])
        ledger.sources = {name: _stages_from(rows) for name, rows in data["sources"].items()}
        ledger.edits = {
            code: EditCount.from_json(count) for code, count in data.get("edits", {}).items()
        }
        ledger.meanings = dict(data.get("meanings", {}))
        return ledger

    def __str__(self) -> str:
        return json.dumps(self.to_json(), indent=1)


def _stages_json(stages: Mapping[str, StageCount]) -> list[dict[str, Any]]:
    return [
        {
            "stage": name,
            "read": count.read,
            "passed": count.passed,
            "reasons": dict(sorted(count.reasons.items())),
        }
        for name, count in stages.items()
    ]


def _stages_from(rows: Iterable[Mapping[str, Any]]) -> dict[str, StageCount]:
    return {
        row["stage"]: StageCount(row["read"], row["passed"], Counter(row["reasons"]))
        for row in rows
    }
