"""The whole story of one document: every stage, signal and rule, and its duplicates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit.callable_module import make_callable
from corpuskit.errors import CorpuskitError, WorkspaceError
from corpuskit.ledger import FOREIGN_LINE
from corpuskit.pipeline.deduplicate import TaskOutput
from corpuskit.publish import Build
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
    rules: list[dict[str, Any]] = field(default_factory=list)
    """Every rule that was applied: rule, signal, value, threshold, passed."""
    removed: list[dict[str, Any]] = field(default_factory=list)
    """Every line that was taken out of its text: reason, line, lang, chars, text."""
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
            "shard": self.shard,
            "rules": self.rules,
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
    """Outputs of a finished build's tasks."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.workspace = Workspace(build.folder)
        known = self.workspace.work / "published.json"
        if not known.is_file():
            raise WorkspaceError(
                f"{build.folder}/.work is gone, so only the shards and rejects can be read; run "
                "`corpuskit build` again to have it back"
            )
        data = json.loads(known.read_text(encoding="utf-8"))
        self.outputs = [self._output(one) for one in data["outputs"]]
        self.clusters = self.workspace.read_table(self.workspace.work / data["clusters"])

    def _output(self, names: Mapping[str, str]) -> TaskOutput:
        work = self.workspace.work
        paths = {key: work / value for key, value in names.items() if key != "source"}
        return TaskOutput(source=names["source"], **paths)

    def find(self, key: str) -> Iterator[tuple[int, int]]:
        """(task, row) of every record that `key` names."""
        for number, output in enumerate(self.outputs):
            ids = self.workspace.read_table(output.annotate, ["id"])["id"]
            raw = self.workspace.read_table(output.extract, ["url", "source_ref"])
            found = pc.equal(ids, key)
            for column in (raw["url"], raw["source_ref"]):
                found = pc.or_kleene(found, pc.fill_null(pc.equal(column, key), False))
            for row in pc.indices_nonzero(found).to_pylist():
                yield number, row

    def story(self, task: int, row: int) -> Story:
        """One record's story."""
        output = self.outputs[task]
        columns = self._row(output, row)
        decision = self._one(output.decide, row)
        story = Story(
            id=columns["id"],
            source=output.source,
            row=columns,
            reason=decision[REASON],
            detail=decision[DETAIL],
        )
        story.rules = self._rules(columns, decision)
        story.removed = _removed(columns)
        self._add_cluster(story, task, row)
        if story.reason is None:
            story.shard = self._shard(story.id)
        return story

    def _row(self, output: TaskOutput, row: int) -> dict[str, Any]:
        columns = {
            f"raw_{k}" if k == "text" else k: v for k, v in self._one(output.extract, row).items()
        }
        columns |= self._one(output.annotate, row)
        return {name: value for name, value in columns.items() if name not in (REASON, DETAIL)}

    def _one(self, path: Path, row: int) -> dict[str, Any]:
        found: dict[str, Any] = self.workspace.read_table(path).slice(row, 1).to_pylist()[0]
        return found

    def _rules(
        self, columns: Mapping[str, Any], decision: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        policy = self.build.manifest["policies"].get(columns.get("lang") or "", {})
        broken = {one["rule"] for one in decision["broken"] or []}
        values = {**columns, **(columns.get("quality") or {})}
        rules = [
            {
                "rule": name,
                "signal": RULES[name].signal,
                "value": values.get(RULES[name].signal),
                "threshold": threshold,
                "passed": name not in broken,
            }
            for name, threshold in policy.items()
        ]
        return rules if columns.get("quality") else []

    def _add_cluster(self, story: Story, task: int, row: int) -> None:
        table = self.clusters
        own = _only(table, pc.and_(pc.equal(table["task"], task), pc.equal(table["row"], row)))
        if own is None:
            return
        story.reason = story.reason or own[REASON]
        story.row["dedup_cluster"] = own["cluster"]
        story.row["dedup_cluster_size"] = own["cluster_size"]
        members = table.filter(pc.equal(table["cluster"], own["cluster"])).to_pylist()
        for member in members:
            if (member["task"], member["row"]) != (task, row):
                story.duplicates.append(self._member(member, own))

    def _member(self, member: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
        output = self.outputs[member["task"]]
        url = self._one(output.extract, member["row"])["url"]
        similarity = own["similarity"] if member[REASON] is None else member["similarity"]
        return {
            "id": member["id"],
            "url": url,
            "source": output.source,
            "kept": member[REASON] is None,
            "reason": member[REASON],
            "similarity": similarity,
        }

    def _shard(self, identifier: str) -> str | None:
        for path in self.build.files("data"):
            if pq.read_table(path, columns=["id"], filters=[("id", "==", identifier)]).num_rows:
                return str(path.relative_to(self.build.folder))
        return None


def _removed(columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    texts = columns["foreign_text"] or []
    return [
        {"reason": FOREIGN_LINE, **line, "text": text}
        for line, text in zip(columns["foreign_lines"] or [], texts, strict=True)
    ]


def _only(table: pa.Table, mask: pa.Array) -> dict[str, Any] | None:
    rows: Sequence[dict[str, Any]] = table.filter(mask).to_pylist()
    return rows[0] if rows else None


make_callable(__name__, explain)
