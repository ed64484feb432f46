"""Outputs of tasks made by hand, and the tasks that would have left them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from corpuskit import schema
from corpuskit.dedup import Signatures
from corpuskit.document import document_id, text_sha256
from corpuskit.pipeline.map_tasks import MapTask
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.decide import DecideTask
from corpuskit.pipeline.steps.gather import GatherTask, gather
from corpuskit.policy import Policy
from corpuskit.quality.signals import QUALITY
from corpuskit.stage import Batch
from corpuskit.thresholds import QUALITY_SIGNALS
from corpuskit.workspace import Workspace, output_name


@dataclass(frozen=True)
class Doc:
    """One record, with what the steps found out about it."""

    text: str
    url: str | None = None
    lang: str = "khm_Khmr"
    lang_score: float | None = 0.9
    license: str | None = "CC0-1.0"
    lost: str | None = None
    """Reason for which the first segment lost it."""
    dropped: str | None = None
    """Reason for which a later one, or the policy, did."""
    detail: str | None = None
    broken: Sequence[dict[str, Any]] = ()
    signals: dict[str, float] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """Its place in its source."""
        return f"ref of {self.text[:40]!r}"

    @property
    def id(self) -> str:
        """Its id in the corpus."""
        return document_id(self.ref, self.text)


FIELDS = ("source_ref", "url", "license", "text", "reason", "detail")


def put_extracted(workspace: Workspace, key: str, docs: Sequence[Doc]) -> str:
    """The output of `extract`."""
    name = output_name("extract", key)
    columns = {
        "source_ref": [doc.ref for doc in docs],
        "url": [doc.url for doc in docs],
        "license": [doc.license for doc in docs],
        "text": [doc.text for doc in docs],
        "reason": [doc.lost for doc in docs],
        "detail": [doc.detail if doc.lost else None for doc in docs],
    }
    table = pa.table({column: pa.array(columns[column], pa.string()) for column in FIELDS})
    workspace.store.put_table(name, table, "lz4")
    return name


def put_annotated(workspace: Workspace, key: str, docs: Sequence[Doc]) -> str:
    """The output of `annotate`."""
    name = output_name("annotate", key)
    quality = [{signal: doc.signals.get(signal) for signal in QUALITY_SIGNALS} for doc in docs]
    early = [doc.lost or _before_policy(doc) for doc in docs]
    details = [doc.detail if lost else None for doc, lost in zip(docs, early, strict=True)]
    table = pa.table(
        {
            "id": pa.array([doc.id for doc in docs], pa.string()),
            "text": pa.array([doc.text for doc in docs], pa.string()),
            "text_bytes": pa.array([len(doc.text.encode()) for doc in docs], pa.int64()),
            "text_sha256": pa.array([text_sha256(doc.text) for doc in docs], pa.string()),
            "lang": pa.array([doc.lang for doc in docs], pa.string()),
            "lang_score": pa.array([doc.lang_score for doc in docs], pa.float32()),
            "script_ratio": pa.array([1.0] * len(docs), pa.float32()),
            "lang_line_share": pa.array([None] * len(docs), pa.float32()),
            "quality": pa.array(quality, QUALITY),
            "edits": pa.array([[] for _ in docs], schema.EDITS),
            "removed": pa.array([None] * len(docs), schema.REMOVED),
            "reason": pa.array(early, pa.string()),
            "detail": pa.array(details, pa.string()),
        }
    )
    workspace.store.put_table(name, table)
    return name


def _before_policy(doc: Doc) -> str | None:
    is_policy = (doc.dropped or "").startswith(("policy/", "language/", "quality/", "rules/"))
    return None if is_policy else doc.dropped


def put_signed(workspace: Workspace, key: str, docs: Sequence[Doc]) -> str:
    """The output of `sign`."""
    name = output_name("sign", key)
    batch = Signatures().process(Batch.of_texts([doc.text for doc in docs]))
    fields = Signatures.fields
    columns = {item.name: batch[item.name] for item in fields}
    workspace.store.put_table(name, schema.to_table(columns, fields))
    return name


def put_decided(workspace: Workspace, key: str, docs: Sequence[Doc]) -> str:
    """The output of `decide`."""
    name = output_name("decide", key)
    table = pa.table(
        {
            "reason": pa.array([doc.lost or doc.dropped for doc in docs], pa.string()),
            "detail": pa.array([doc.detail for doc in docs], pa.string()),
            "broken": pa.array([list(doc.broken) for doc in docs], schema.BROKEN),
        }
    )
    workspace.store.put_table(name, table)
    return name


def put_all(state: State, *groups: Sequence[Doc]) -> None:
    """Outputs of all steps up to `gather`, a task per group of documents, and the tasks."""
    workspace, source = state.workspace, state.plan.sources[0]
    tasks: dict[str, list[Task]] = {
        step: [] for step in ("extract", "annotate", "sign", "decide", "gather")
    }
    for number, docs in enumerate(groups):
        key = f"task{number}"
        names = [
            put(workspace, key, docs)
            for put in (put_extracted, put_annotated, put_signed, put_decided)
        ]
        segments = (state.plan.extract, state.plan.annotate, state.plan.sign)
        for segment in segments:
            tasks[segment.name].append(MapTask(segment.name, key, segment, source))
        policy = Policy(("khm_Khmr",))
        tasks["decide"].append(DecideTask("decide", key, source.name, policy, *names[:2]))
        tasks["gather"].append(GatherTask("gather", key, *names))
        gather(Job(workspace, tasks["gather"][-1]))
    state.tasks |= tasks


def text_of(number: int, words: int = 40) -> str:
    """Words that no other number has, so that no two texts are alike."""
    letters = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ"
    made = []
    for word in range(words):
        seed = number * 7_919 + word * 104_729 + 13
        made.append("".join(letters[(seed * (at + 3) >> at) % len(letters)] for at in range(7)))
    return " ".join(made)
