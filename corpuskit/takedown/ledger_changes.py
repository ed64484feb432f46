"""The ledger after a takedown: what a build that obeys the tombstones would count.

A record that reached the decisions is lost at the stage `takedown`, not at the later stage that
lost it before, nor published. A record that was lost earlier stays as it is: no build would decide
on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from corpuskit.ledger import EditCount, Ledger, StageCount
from corpuskit.policy.takedowns import REASONS, STAGE, TAKEN_DOWN
from corpuskit.takedown.selection import TakenRow

PUBLISHED: Final = None
"""In place of the reason of a record that was lost: it was published."""


def ledger_after(
    ledger: Ledger,
    documents: Iterable[TakenRow],
    rejects: Iterable[TakenRow],
    edits: Mapping[str, EditCount],
) -> Ledger:
    """The ledger without some documents and rejected records.

    `edits` are those of the documents that go. Raises LedgerError if it does not balance.
    """
    changed = Ledger.from_json(ledger.to_json())
    moved: Counter[tuple[str, str | None]] = Counter()
    moved.update((row.source, PUBLISHED) for row in documents)
    moved.update((row.source, row.reason) for row in rejects if decided_later(ledger, row.reason))
    with_stage(changed.stages)
    for source, stages in changed.sources.items():
        with_stage(stages)
        for (name, reason), count in moved.items():
            if name == source:
                _move(stages, reason, count)
                _move(changed.stages, reason, count)
    for code, gone in edits.items():
        _subtract(changed, code, gone)
    changed.meanings |= REASONS
    changed.meanings = {
        code: text for code, text in changed.meanings.items() if changed.reasons[code]
    }
    changed.check()
    return changed


def decided_later(ledger: Ledger, reason: str | None) -> bool:
    """Whether a record was lost behind the place of the stage `takedown`."""
    stages = with_stage(dict(ledger.stages))
    names = list(stages)
    lost_at = (reason or "").partition("/")[0]
    return lost_at in names and names.index(lost_at) > names.index(STAGE)


def with_stage(stages: dict[str, StageCount]) -> dict[str, StageCount]:
    """The stages with `takedown`, behind `policy` as in a build that obeys tombstones."""
    if STAGE not in stages:
        items = list(stages.items())
        names = [name for name, _ in items]
        at = names.index("policy") + 1
        passed = items[at - 1][1].passed
        stages.clear()
        stages.update([*items[:at], (STAGE, StageCount(passed, passed)), *items[at:]])
    return stages


def _move(stages: dict[str, StageCount], reason: str | None, count: int) -> None:
    """Let some records be lost at `takedown` instead of for a reason of a later stage."""
    names = list(stages)
    first = names.index(STAGE)
    stages[STAGE].passed -= count
    stages[STAGE].reasons[TAKEN_DOWN] += count
    lost_at = len(names) if reason is None else names.index(reason.partition("/")[0])
    for name in names[first + 1 : lost_at]:
        stages[name].read -= count
        stages[name].passed -= count
    if reason is not None:
        stages[names[lost_at]].read -= count
        _take(stages[names[lost_at]].reasons, reason, count)


def _take(counter: Counter[str], key: str, count: int) -> None:
    counter[key] -= count
    if not counter[key]:
        del counter[key]


def _subtract(ledger: Ledger, code: str, gone: EditCount) -> None:
    kept = ledger.edits[code]
    kept.documents -= gone.documents
    kept.count -= gone.count
    kept.chars -= gone.chars
    kept.languages = +(kept.languages - gone.languages)
    if not kept.documents and not kept.count:
        del ledger.edits[code]
