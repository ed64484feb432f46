"""The step `index`: signatures and ids of what is published, for the builds after this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpuskit.earlier.parts import part_key, write_part
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.publish import PublishStep


@dataclass(frozen=True)
class IndexTask(Task):
    """One shard whose documents are signed."""

    shard: str


def index_shard(job: Job[IndexTask]) -> None:
    """Leave the part of a shard (see earlier.parts)."""
    write_part(job.workspace.store, job.task.shard, job.task.output)


class IndexStep(Step):
    """A task per shard. Their keys depend on nothing but the shards, so that a later build finds
    the parts without the plan of this one."""

    name = "index"
    function = staticmethod(index_shard)
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """One per shard."""
        return [
            IndexTask(self.name, part_key(file.sha256), file.path)
            for file in state.results[PublishStep.name]
        ]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Nothing to tell."""
        return ""
