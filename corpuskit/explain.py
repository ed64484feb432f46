"""The whole story of one document: every stage, signal, rule and edit, and its duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit import record_keys
from corpuskit.callable_module import make_callable
from corpuskit.edits import EDITS, REMOVED, REMOVED_TEXT
from corpuskit.errors import CorpuskitError, WorkspaceError
from corpuskit.identify.labels import UNDETERMINED
from corpuskit.identify.undetermined import why_undetermined
from corpuskit.publish import Build
from corpuskit.publish.published import Published, TaskOutputs
from corpuskit.stage import DETAIL, REASON
from corpuskit.store_url import StoreUrl
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
    """Other members of its cluster: id, url, source, kept, similarity, reason; `build` names the
    earlier build of a document that is not of this one."""
    shard: str | None = None
    identification: list[str] = field(default_factory=list)
    """Of a record without a language: what each model found likeliest, and which rule left the
    language undetermined."""

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
            "identification": self.identification,
            "rules": self.rules,
            "edits": self.edits,
            "removed": self.removed,
            "duplicates": self.duplicates,
            "row": self.row,
        }


def explain(build: Build | str | Path | StoreUrl, key: str) -> list[Story]:
    """Stories of the records that `key` names; a page captured twice has two.

    `key` is an id or its first characters (4 or more), a URL, a source_ref, or the path of a file
    that was read, `FILE#L12` for a line of it. Raises CorpuskitError if the build knows no such
    record or too many, TypeError for arguments of another type.
    """
    if not isinstance(build, Build | str | Path | StoreUrl):
        raise TypeError(f"explain takes a Build or its folder, got {type(build).__name__}")
    if not isinstance(key, str):
        raise TypeError(f"explain takes an id, a URL or a file as a string, got {key!r:.80}")
    opened = build if isinstance(build, Build) else Build(build)
    tables = _Tables(opened)
    places = tables.find(key)
    if not places:
        too_short = f"; an id needs its first {record_keys.MIN_ID_PREFIX} characters or more"
        hint = too_short if record_keys.is_short_prefix(key) else ""
        raise CorpuskitError(
            f"no record with id, URL, source_ref or file {key!r} in {opened.folder}{hint}; "
            "`corpuskit inspect` shows some"
        )
    if len(places) > _MOST_STORIES:
        listed = ", ".join(tables.names(places[:3]))
        raise CorpuskitError(
            f"{key!r} names {len(places):,} records of {opened.folder}: {listed}, ...; "
            "write more of the id or the whole source_ref of one of them"
        )
    return [tables.story(task, row) for task, row in places]


_MOST_STORIES: Final = 20
"""Records that one key may name: a page that was captured on several days, a file of some lines."""


class _Tables:
    """The outputs of the tasks that a published build was made of."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.workspace = Workspace(build.folder, build.store)
        record = Published.read(self.workspace)
        if record is None:
            raise WorkspaceError(
                f"{build.folder} has no record of what it was made of (.work); explain needs it. "
                "After a takedown or `prune --all`, build the recipe again"
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

    def find(self, key: str) -> list[tuple[int, int]]:
        """(task, row) of every record that `key` names: exactly, else by the start of its id, else
        by its file."""
        for match in (record_keys.exact, record_keys.by_id_prefix, record_keys.by_file):
            if places := list(self._matching(match(key))):
                return places
        return []

    def _matching(self, match: record_keys.Match | None) -> Iterator[tuple[int, int]]:
        if match is None:
            return
        for number, outputs in enumerate(self.record.outputs):
            ids = self._table(outputs.annotated, ["id"])["id"]
            columns = self._table(outputs.extracted, ["url", "source_ref", "warc"])
            rows = pc.indices_nonzero(pc.fill_null(match(columns.append_column("id", ids)), False))
            yield from ((number, row) for row in rows.to_pylist())

    def names(self, places: Sequence[tuple[int, int]]) -> list[str]:
        """The source_ref of some records."""
        return [
            str(self._row(self.record.outputs[task].extracted, row)["source_ref"])
            for task, row in places
        ]

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
        if columns.get("lang") == UNDETERMINED and columns.get("text"):
            recorded, labels = self.build.manifest["identification_model"], columns["lid_top"]
            story.identification = why_undetermined(recorded, columns["text"], labels or ())
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
            {**rule, "signal": None, "passed": False}
            for name, rule in broken.items()
            if name not in policy
        ]
        return without_threshold + rules

    def _add_cluster(self, story: Story, task: int, row: int) -> None:
        table = self.clusters
        here = _only(table, pc.and_(pc.equal(table["task"], task), pc.equal(table["row"], row)))
        if here is None:
            return
        story.reason = story.reason or here[REASON]
        if here["earlier_build"] is not None:
            story.duplicates.append(_earlier_document(here))
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
            "build": None,
        }

    def _shard(self, identifier: str) -> str | None:
        where = [("id", "==", identifier)]
        for name in self.build.names("data"):
            with self.build.store.reading(name) as source:
                if pq.read_table(source, columns=["id"], filters=where).num_rows:
                    return name
        return None


def _earlier_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """The document of an earlier corpus for which a record was dropped."""
    return {
        "id": row["duplicate_of"],
        "url": row["earlier_url"],
        "source": None,
        "kept": True,
        "reason": None,
        "similarity": row["similarity"],
        "build": row["earlier_build"],
    }


def _signal_of(rule: str) -> str:
    """The signal that a rule bounds; for a rule on a plug-in's signal, its column."""
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
