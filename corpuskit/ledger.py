"""The ledger: at every stage, read = passed on + the sum over reasons."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from corpuskit.errors import LedgerError

FOREIGN_LINE: Final = "language/foreign_line"
"""Reason code of a line that is taken out of a document that stays."""


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
class Removed:
    """What was taken out of published documents for one reason."""

    documents: int = 0
    lines: int = 0
    chars: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    """Lines by language."""

    def add(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Count the lines of one document, as the column `foreign_lines` has them."""
        self.documents += 1
        self.lines += len(lines)
        self.chars += sum(one["chars"] for one in lines)
        self.languages.update(one["lang"] for one in lines)

    def to_json(self) -> dict[str, Any]:
        """As it stands in ledger.json."""
        counts = {"documents": self.documents, "lines": self.lines, "chars": self.chars}
        return {**counts, "languages": dict(sorted(self.languages.items()))}

    def __str__(self) -> str:
        languages = ", ".join(f"{code} {count:,}" for code, count in self.languages.most_common())
        return (
            f"{self.lines:,} lines · {self.chars:,} characters of {self.documents:,} documents "
            f"({languages})"
        )


class Ledger:
    """Counts per stage in the order of the pipeline, in total and per source.

    `ledger["quality/chars"]` is how many documents were lost for that reason.
    """

    def __init__(self) -> None:
        self.stages: dict[str, StageCount] = {}
        self.sources: dict[str, dict[str, StageCount]] = {}
        self.removed: dict[str, Removed] = {}
        """By reason, what was taken out of the documents that were published."""

    def add(self, stage: str, reasons: Iterable[str | None], source: str) -> None:
        """Count rows that reached `stage`: None for those passed on, else the reason."""
        counted = Counter(reasons)
        passed = counted.pop(None, 0)
        lost: Counter[str] = Counter({str(reason): count for reason, count in counted.items()})
        for count in (
            self.stages.setdefault(stage, StageCount()),
            self.sources.setdefault(source, {}).setdefault(stage, StageCount()),
        ):
            count.read += passed + lost.total()
            count.passed += passed
            count.reasons.update(lost)

    def __getitem__(self, reason: str) -> int:
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
        removed = {reason: one.to_json() for reason, one in sorted(self.removed.items())}
        return {
            "stages": _stages_json(self.stages),
            "sources": {name: _stages_json(stages) for name, stages in self.sources.items()},
            **({"removed": removed} if removed else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ledger:
        """Read what `to_json` wrote."""
        ledger = cls()
        ledger.stages = _stages_from(data["stages"])
        ledger.sources = {name: _stages_from(rows) for name, rows in data["sources"].items()}
        ledger.removed = {
            reason: Removed(**{**counts, "languages": Counter(counts["languages"])})
            for reason, counts in data.get("removed", {}).items()
        }
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
