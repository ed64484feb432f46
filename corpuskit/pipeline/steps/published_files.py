"""What the steps have in common whose tasks each write one published file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from corpuskit import logs
from corpuskit.pipeline.step import State, Step, Task
from corpuskit.publish.manifest import withdraw
from corpuskit.publish.published import PublishedFile, is_as_written, noted_file
from corpuskit.store import Store

_log = logs.logger(__name__)


class PublishedFilesStep(Step):
    """A step whose tasks leave a file of the corpus each, with a note of what is in it."""

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """The files that stand from an earlier run, noted as they are now."""
        files = standing_files(state, tasks)
        state.results[self.name] = dict(enumerate(files))
        return {index for index, file in enumerate(files) if file is not None}

    def before(self, state: State, tasks: Sequence[Task]) -> None:
        """What is there now is not a whole build any more: take the manifest away."""
        withdraw(state.workspace.store)

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep the notes of all files, in order."""
        notes: dict[int, PublishedFile] = {**state.results[self.name], **results}
        state.compared.clear()
        state.results[self.name] = [notes[index] for index in range(len(tasks))]
        return "" if results or not tasks else "done before"


def standing_files(state: State, tasks: Sequence[Task]) -> list[PublishedFile | None]:
    """Per task the note of the file that it would write, if that stands as it was written.

    Each file is digested once in a run. A file that has changed since, by a failing disk or by
    hand, is written anew, and people are told.
    """
    store = state.workspace.store
    noted = [noted_file(store, task.output, task.key) for task in tasks]
    new = [file for file in noted if file and file.path not in state.compared]
    with ThreadPoolExecutor() as threads:  # hashing leaves the interpreter to others
        for file, stands in zip(new, threads.map(_comparison(store), new), strict=True):
            state.compared[file.path] = stands
            if not stands:
                line = f"{file.path} is not as it was written; it is written anew"
                _log.warning(line)
                state.progress.note("publish", line)
    return [file if file and state.compared[file.path] else None for file in noted]


def _comparison(store: Store) -> Callable[[PublishedFile], bool]:
    return lambda file: is_as_written(store, file)
