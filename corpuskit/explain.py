"""The whole story of one document: every stage, signal, rule and edit, and its duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit.callable_module import make_callable
from corpuskit.edits import EDITS, REMOVED, REMOVED_TEXT
from corpuskit.errors import CorpuskitError, WorkspaceError
from corpuskit.publish import Build
from corpuskit.publish.published import Published, TaskOutputs
from corpuskit.stage import DETAIL, REASON
from corpuskit.thresholds import RULES
from corpuskit.workspace import Workspace


@dataclass
class Story:
    """What happened to one record of a build."""

    id: str
    source: str
    row: dict[str, Any]
    """Everything measured on it, by column."""
    reason: str | None
    """Why it is not in the corpus; None if it is."""
    detail: str | None
    meaning: str | None = None
    """What the reason means, in one sentence."""
    rules: list[dict[str, Any]] = field(default_factory=list)
    """Every rule that was applied: rule, signal, value, threshold, passed."""
    edits: list[dict[str, Any]] = field(default_factory=list)
    """What was done to its text: stage, kind, count, chars."""
    removed: list[dict[str, Any]] = field(default_factory=list)
    """Every passage that was taken out of its text: stage, kind, line, lang, chars, text."""
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    """Other members of its cluster: id, url, kept, similarity, reason."""
    shard: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The story as plain data."""
        return {
            "id": self.id,
            "source": self.source,
            "outcome": "published" if self.reason is None else "rejected",
            "reason": self.reason,
            "detail": self.detail,
            "meaning": self.meaning,
            "shard": self.shard,
            "rules": self.rules,
            "edits": self.edits,
            "removed": self.removed,
            "duplicates": self.duplicates,
            "row": self.row,
        }


def explain(build: Build | str | Path, key: str) -> list[Story]:
    """Stories of the records with this id, URL or source_ref; a page captured twice has two.

    Raises CorpuskitError if the build knows no such record.
    """
    opened = build if isinstance(build, Build) else Build(build)
    tables = _Tables(opened)
    stories = [tables.story(task, row) for task, row in tables.find(key)]
    if not stories:
        raise CorpuskitError(
            f"no record with id, URL or source_ref {key!r} in {opened.folder}; "
            "`corpuskit inspect` shows some"
        )
    return stories


class _Tables:
    """The outputs of the tasks that a published build was made of."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.workspace = Workspace(build.folder)
        record = Published.read(self.workspace)
        if record is None:
            raise WorkspaceError(
                f"{build.folder} has no record of what it was made of (.work); explain needs it"
            )
        self.record = record

    @cached_property
    def clusters(self) -> pa.Table:
        """What dedup found, by task and row."""
        return self._table(self.record.clusters)

    def _table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        try:
            return self.workspace.store.table(name, columns)
        except FileNotFoundError as error:
            raise WorkspaceError(
                f"{self.build.folder}/{name} is gone; run `corpuskit build` again to make it anew"
            ) from error

    def find(self, key: str) -> Iterator[tuple[int, int]]:
        """(task, row) of every record that `key` names."""
        for number, outputs in enumerate(self.record.outputs):
            ids = self._table(outputs.annotated, ["id"])["id"]
            raw = self._table(outputs.extracted, ["url", "source_ref"])
            matches = pc.fill_null(pc.equal(ids, key), False)
            for column in (raw["url"], raw["source_ref"]):
                matches = pc.or_(matches, pc.fill_null(pc.equal(column, key), False))
            for row in pc.indices_nonzero(matches).to_pylist():
                yield number, row

    def story(self, task: int, row: int) -> Story:
        """One record's story."""
        outputs = self.record.outputs[task]
        columns = self._columns(outputs, row)
        decision = self._row(outputs.decided, row)
        removed = _removed(columns)
        story = Story(
            id=columns["id"],
            source=outputs.source,
            row=columns,
            reason=decision[REASON],
            detail=decision[DETAIL],
            rules=self._rules(columns, decision),
            edits=columns[EDITS] or [],
            removed=removed,
        )
        self._add_cluster(story, task, row)
        if story.reason is None:
            story.shard = self._shard(story.id)
        else:
            story.meaning = self.build.ledger.meanings.get(story.reason)
        return story

    def _columns(self, outputs: TaskOutputs, row: int) -> dict[str, Any]:
        extracted = self._row(outputs.extracted, row)
        columns = {f"raw_{k}" if k == "text" else k: v for k, v in extracted.items()}
        columns |= self._row(outputs.annotated, row)
        return {name: value for name, value in columns.items() if name not in (REASON, DETAIL)}

    def _row(self, name: str, row: int) -> dict[str, Any]:
        values: dict[str, Any] = self._table(name).slice(row, 1).to_pylist()[0]
        return values

    def _rules(
        self, columns: Mapping[str, Any], decision: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Every rule that was applied: those of its language, and whatever else it broke."""
        if not columns.get("quality"):
            return []
        policy = self.build.manifest["policies"].get(columns.get("lang") or "", {})
        broken = {rule["rule"]: rule for rule in decision["broken"] or []}
        values = {**columns, **columns["quality"]}
        rules = [
            {
                "rule": name,
                "signal": _signal_of(name),
                "value": values.get(_signal_of(name)),
                "threshold": threshold,
                "passed": name not in broken,
            }
            for name, threshold in policy.items()
        ]
        without_threshold = [
            {"rule": name, "signal": None, "value": None, "threshold": None, "passed": False}
            for name in broken
            if name not in policy
        ]
        return without_threshold + rules

    def _add_cluster(self, story: Story, task: int, row: int) -> None:
        table = self.clusters
        here = _only(table, pc.and_(pc.equal(table["task"], task), pc.equal(table["row"], row)))
        if here is None:
            return
        story.reason = story.reason or here[REASON]
        members = table.filter(pc.equal(table["cluster"], here["cluster"])).to_pylist()
        for member in members:
            if (member["task"], member["row"]) != (task, row):
                story.duplicates.append(self._member(member, here))

    def _member(self, member: Mapping[str, Any], here: Mapping[str, Any]) -> dict[str, Any]:
        outputs = self.record.outputs[member["task"]]
        url = self._row(outputs.extracted, member["row"])["url"]
        similarity = here["similarity"] if member[REASON] is None else member["similarity"]
        return {
            "id": member["id"],
            "url": url,
            "source": outputs.source,
            "kept": member[REASON] is None,
            "reason": member[REASON],
            "similarity": similarity,
        }

    def _shard(self, identifier: str) -> str | None:
        for path in self.build.files("data"):
            if pq.read_table(path, columns=["id"], filters=[("id", "==", identifier)]).num_rows:
                return str(path.relative_to(self.build.folder))
        return None


def _signal_of(rule: str) -> str:
    """The signal that a rule bounds; of a rule on a signal of one's own its column."""
    return RULES[rule].signal if rule in RULES else rule.partition("_")[2]


def _removed(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    texts = columns[REMOVED_TEXT] or []
    return [
        {**passage, "text": text}
        for passage, text in zip(columns[REMOVED] or [], texts, strict=True)
    ]


def _only(table: pa.Table, mask: pa.Array) -> dict[str, Any] | None:
    rows: Sequence[dict[str, Any]] = table.filter(mask).to_pylist()
    return rows[0] if rows else None


make_callable(__name__, explain)
