"""What the steps have in common whose tasks each write one published file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from corpuskit.pipeline.step import State, Step, Task
from corpuskit.publish.manifest import withdraw
from corpuskit.publish.published import PublishedFile, standing_file


class PublishedFilesStep(Step):
    """A step whose tasks leave a file of the corpus each, with a note of what is in it."""

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """The files that stand from an earlier run, noted as they are now."""
        files = [standing_file(state.workspace.store, task.output, task.key) for task in tasks]
        state.results[self.name] = dict(enumerate(files))
        return {index for index, file in enumerate(files) if file is not None}

    def before(self, state: State, tasks: Sequence[Task]) -> None:
        """What is there now is not a whole build any more: take the manifest away."""
        withdraw(state.workspace.store)

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep the notes of all files, in order."""
        notes: dict[int, PublishedFile] = {**state.results[self.name], **results}
        state.results[self.name] = [notes[index] for index in range(len(tasks))]
        return "" if results or not tasks else "done before"
