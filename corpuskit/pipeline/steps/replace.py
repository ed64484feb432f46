"""The step `replace`: what becomes of the corpus that an earlier build published in the folder.

It runs before anything that is published changes, so that an error here leaves the earlier corpus
whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpuskit.errors import NothingPublishedError
from corpuskit.pipeline.step import State, Step, Task
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.scan import inputs_of
from corpuskit.pipeline.steps.tally import TallyStep
from corpuskit.publish import manifest as manifests

_SHOWN = 3
"""Reason codes that a message lists."""


@dataclass(frozen=True)
class ReplacedCorpus:
    """What an earlier build published, as far as its manifest tells."""

    build_id: str
    documents: int
    inputs: frozenset[tuple[str, str]]
    """Source and name of every input."""

    @classmethod
    def of(cls, state: State) -> ReplacedCorpus | None:
        """The corpus in a build folder; None where there is none with a manifest to read."""
        try:
            manifest = json.loads(state.workspace.store.get(manifests.NAME))
            inputs = {(entry["source"], entry["name"]) for entry in manifest["inputs"]}
            return cls(str(manifest["build_id"]), int(manifest["documents"]), frozenset(inputs))
        except (OSError, ValueError, LookupError, TypeError, RecursionError):
            return None


class ReplaceStep(Step):
    """No task: it compares the build with what is published."""

    name = "replace"
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """None."""
        return []

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Say so if a corpus of other inputs is replaced.

        Raises NothingPublishedError if a corpus would be replaced by none, unless that is allowed.
        """
        earlier = ReplacedCorpus.of(state)
        if earlier is None or not earlier.documents or earlier.build_id == state.build_id:
            return ""
        if not state.results[AssignStep.name] and not state.allow_empty:
            raise NothingPublishedError(_refusal(state, earlier))
        inputs = {(entry["source"], entry["name"]) for entry in inputs_of(state)}
        if not inputs & earlier.inputs:
            line = (
                f"replaces {_documents(earlier)} of build {earlier.build_id}, "
                "which had none of these inputs"
            )
            state.progress.note(self.name, line)
        return ""


def _refusal(state: State, earlier: ReplacedCorpus) -> str:
    ledger, _ = state.results[TallyStep.name]
    reasons = ledger.reasons.most_common(_SHOWN)
    listed = ", ".join(f"{reason} {count:,}" for reason, count in reasons)
    lost = f"rejected: {listed}" if listed else "the sources hold no records"
    return (
        f"nothing would be published ({lost}); {state.workspace.shown} keeps the "
        f"{_documents(earlier)} of build {earlier.build_id}. Build into another folder with --out, "
        "or replace that corpus by an empty one with --allow-empty"
    )


def _documents(earlier: ReplacedCorpus) -> str:
    return f"{earlier.documents:,} document{'s' * (earlier.documents != 1)}"
