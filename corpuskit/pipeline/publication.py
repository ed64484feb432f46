"""Turn the outputs of a build's tasks into what is published, and say when that stands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit import schema
from corpuskit.errors import LedgerError
from corpuskit.ledger import Ledger
from corpuskit.licenses import NOASSERTION
from corpuskit.pipeline.deduplicate import TaskOutput, clusters_path
from corpuskit.pipeline.plan import Plan, SourcePlan
from corpuskit.pipeline.tally import rejects, tally
from corpuskit.publish.card import card
from corpuskit.publish.manifest import build_id, manifest
from corpuskit.publish.rejects import write_rejects
from corpuskit.publish.removed import count_removed
from corpuskit.publish.shards import Kept, Shard, ShardPart, assign, part_rows, write_shard
from corpuskit.stage import REASON
from corpuskit.workspace import Workspace, file_sha256, task_key

FORMAT = "1"
_NOT_CHECKED = {"verdict": "not_checked"}
_UNKNOWN = {"verdict": "unknown", "signals": []}
_WHERE_UNKNOWN = {
    "license": NOASSERTION,
    "license_confidence": "assumed",
    "robots": _NOT_CHECKED,
    "tdm": _UNKNOWN,
}


@dataclass(frozen=True)
class WriteTask:
    """One shard to be written by a worker."""

    workspace: Workspace
    shard: Shard
    schema: pa.Schema
    metadata: Mapping[str, str]


def write(task: WriteTask) -> int:
    """Write a shard; its number of rows."""
    return write_shard(task.workspace, task.shard, task.schema, task.metadata)


def stages_of(plan: Plan) -> list[list[Any]]:
    """Name, version and options of every stage, in order."""
    segments = (plan.extract, plan.annotate, plan.signature)
    return [spec.key for segment in segments for spec in segment.specs]


def build_id_of(plan: Plan, inputs: Sequence[Mapping[str, Any]]) -> str:
    """The build's id: the same for the same recipe, inputs, stages and policies."""
    return build_id(plan.recipe.sha256, inputs, [stages_of(plan), _plain(plan.policies)])


def _plain(policies: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {code: dict(rules) for code, rules in policies.items()}


class Publication:
    """The publishing of one build: shards by workers, the rest here, the manifest last."""

    def __init__(
        self,
        plan: Plan,
        workspace: Workspace,
        outputs: Sequence[TaskOutput],
        clusters: pa.Table,
        inputs: Sequence[Mapping[str, Any]],
        build: str,
    ) -> None:
        self.plan, self.workspace, self.build = plan, workspace, build
        self.outputs, self.clusters, self.inputs = outputs, clusters, inputs

    @cached_property
    def key(self) -> str:
        """What the published files depend on."""
        names = [
            [one.source, one.extract.name, one.annotate.name, one.decide.name]
            for one in self.outputs
        ]
        return task_key(FORMAT, names, self.build, self.plan.recipe.model_dump(mode="json"))

    @property
    def stands(self) -> bool:
        """Whether exactly this is published already and all its files are there."""
        folder = self.workspace.folder
        marker = self.workspace.work / "published.json"
        if not marker.exists() or not (folder / "manifest.json").exists():
            return False
        published = json.loads(marker.read_text(encoding="utf-8"))
        return published["key"] == self.key and all(
            (folder / name).is_file() and (folder / name).stat().st_size == size
            for name, size in published["files"].items()
        )

    @cached_property
    def schema(self) -> pa.Schema:
        """The published schema, with the columns of the recipe's own stages."""
        quality = self.plan.annotate.fields["quality"]
        extra = [field for spec in self.plan.extra_stages for field in spec.fields]
        return schema.document_schema(quality, extra)

    @cached_property
    def kept(self) -> Kept:
        """The documents to publish."""
        table = self.clusters.filter(pc.is_null(self.clusters[REASON]))
        return Kept(
            **{name: table[name].to_numpy() for name in ("task", "row")},
            **{name: table[name].to_numpy() for name in ("cluster_size", "text_bytes")},
            id=np.array(table["id"].to_pylist(), dtype=np.str_),
            lang=np.array(table["lang"].to_pylist(), dtype=np.str_),
            cluster=np.array(table["cluster"].to_pylist(), dtype=np.str_),
        )

    @cached_property
    def shards(self) -> list[Shard]:
        """Every shard and what goes into it."""
        output = self.plan.recipe.output
        return [
            Shard(
                name, lang, split, tuple(self._parts(rows)), int(self.kept.text_bytes[rows].sum())
            )
            for name, lang, split, rows in assign(self.kept, output.shard_size, output.validation)
        ]

    def _parts(self, rows: npt.NDArray[np.int64]) -> list[ShardPart]:
        sources = {source.name: source for source in self.plan.sources}
        parts = []
        for task, indices in part_rows(self.kept, rows):
            output = self.outputs[task]
            parts.append(
                ShardPart(
                    tables=(output.extract, output.annotate),
                    constants=_constants(sources[output.source]),
                    defaults=_WHERE_UNKNOWN,
                    rows=tuple(self.kept.row[indices].tolist()),
                    clusters=tuple(self.kept.cluster[indices].tolist()),
                    cluster_sizes=tuple(self.kept.cluster_size[indices].tolist()),
                )
            )
        return parts

    def begin(self) -> list[WriteTask]:
        """Take the old manifest away (what is there now is no whole build) and plan the shards."""
        folder = self.workspace.folder
        (self.workspace.work / "published.json").unlink(missing_ok=True)
        (folder / "manifest.json").unlink(missing_ok=True)
        metadata = {"build_id": self.build, "recipe_hash": self.plan.recipe.sha256}
        return [WriteTask(self.workspace, one, self.schema, metadata) for one in self.shards]

    def finish(self, rows: Sequence[int]) -> Ledger:
        """Write rejects, ledger, card and, last, the manifest; raise LedgerError if it is open."""
        ledger = tally(self.workspace, self.outputs, self.clusters, self._published())
        ledger.removed = count_removed(self.workspace.folder / one.name for one in self.shards)
        ledger.check()
        files = [self._shard_entry(*pair) for pair in zip(self.shards, rows, strict=True)]
        files += self._write_rejects(ledger.reasons.total())
        self.workspace.write_json(self.workspace.folder / "ledger.json", ledger.to_json())
        files.append(self._entry("ledger.json", kind="ledger"))
        self._write_card(files, ledger)
        files.append(self._entry("README.md", kind="card"))
        self._remove_others({one["path"] for one in files})
        self.workspace.write_json(self.workspace.folder / "manifest.json", self._manifest(files))
        self._write_marker(files)
        return ledger

    def _write_marker(self, files: Sequence[Mapping[str, Any]]) -> None:
        """What is published, and which outputs it was made of."""
        work = self.workspace.work
        outputs = [
            {
                name: value.relative_to(work).as_posix() if isinstance(value, Path) else value
                for name, value in vars(output).items()
            }
            for output in self.outputs
        ]
        clusters = clusters_path(self.workspace, self.outputs, self.plan.recipe.dedup)
        marker = {
            "key": self.key,
            "files": {one["path"]: one["bytes"] for one in files},
            "clusters": clusters.relative_to(work).as_posix(),
            "outputs": outputs,
        }
        self.workspace.write_json(work / "published.json", marker)

    def _published(self) -> dict[str, int]:
        """Documents per source, counted in the shards as they are on disk."""
        counted: Counter[str] = Counter()
        for shard in self.shards:
            column = pq.read_table(self.workspace.folder / shard.name, columns=["source"])
            counted.update(column["source"].to_pylist())
        return dict(counted)

    def _shard_entry(self, shard: Shard, rows: int) -> dict[str, Any]:
        planned = sum(len(part.rows) for part in shard.parts)
        if rows != planned:
            raise LedgerError(f"{shard.name}: {planned} documents planned, {rows} written")
        about = {"lang": shard.lang, "split": shard.split, "rows": rows}
        return self._entry(shard.name, kind="data", **about, text_bytes=shard.text_bytes)

    def _write_rejects(self, total: int) -> list[dict[str, Any]]:
        tables = rejects(self.workspace, self.outputs, self.clusters)
        return [
            self._entry(name, kind="rejects", rows=rows)
            for name, rows in write_rejects(self.workspace, tables, total)
        ]

    def _write_card(self, files: Sequence[Mapping[str, Any]], ledger: Ledger) -> None:
        sources = [
            {
                "name": one.name,
                "connector": one.connector,
                "license": one.license,
                "license_verified_by": one.license_verified_by,
            }
            for one in self.plan.sources
        ]
        text = card(self._manifest(files), ledger, self.plan.languages, sources)
        self.workspace.write_bytes(self.workspace.folder / "README.md", text.encode())

    def _manifest(self, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        recipe = self.plan.recipe
        return manifest(
            recipe=recipe.model_dump(mode="json", exclude_none=True),
            recipe_sha256=recipe.sha256,
            build=self.build,
            inputs=self.inputs,
            stages=stages_of(self.plan),
            model=self.plan.model,
            policies=self.plan.policies,
            all_compared=(self.clusters.schema.metadata or {}).get(b"complete") == b"true",
            files=files,
        )

    def _entry(self, name: str, **about: Any) -> dict[str, Any]:
        path = self.workspace.folder / name
        return {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path), **about}

    def _remove_others(self, keep: set[str]) -> None:
        """Shards and rejects of an earlier recipe that are no part of this corpus."""
        for folder in ("data", "rejects"):
            for path in (self.workspace.folder / folder).glob("*.parquet"):
                if f"{folder}/{path.name}" not in keep:
                    path.unlink()


def _constants(source: SourcePlan) -> dict[str, Any]:
    """Columns with one value for every row of a source."""
    return {
        "source": source.name,
        "source_type": source.source_type,
    }
