"""The step `describe`: ledger, card and, last, the manifest that makes the build visible."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from corpuskit import logs
from corpuskit.about import DISTRIBUTION
from corpuskit.errors import WorkspaceError
from corpuskit.identity import Ingredient
from corpuskit.languages import Language
from corpuskit.ledger import EditCount, Ledger, StageCount
from corpuskit.pipeline.reasons import reasons_of_plan
from corpuskit.pipeline.step import State, Step, Task
from corpuskit.pipeline.steps.annotate import AnnotateStep
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.decide import DecideStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.gather import GatherStep
from corpuskit.pipeline.steps.publish import PublishStep
from corpuskit.pipeline.steps.rejects import RejectsStep
from corpuskit.pipeline.steps.route import RouteStep
from corpuskit.pipeline.steps.scan import inputs_of
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.pipeline.steps.tally import TallyStep
from corpuskit.publish import manifest as manifests
from corpuskit.publish.card import card
from corpuskit.publish.edits import merged
from corpuskit.publish.published import Published, PublishedFile, TaskOutputs, digest_of, notes
from corpuskit.store import as_json
from corpuskit.tombstones import FILE as TOMBSTONES

_log = logs.logger(__name__)

LEDGER: Final = "ledger.json"
CARD: Final = "README.md"


def description(languages: Sequence[Language]) -> Ingredient:
    """What ledger, card and manifest depend on beside the corpus: how languages are called."""
    called = {
        profile.code: [profile.name, profile.autonym, list(profile.bcp47)] for profile in languages
    }
    return Ingredient("describe", "2", {"languages": called}, (DISTRIBUTION,))


@dataclass(frozen=True)
class DescribeTask(Task):
    """The build as a whole."""

    @property
    def output(self) -> str:
        """The manifest is what it leaves."""
        return manifests.NAME


class DescribeStep(Step):
    """One task, in the parent: it writes a few small files and commits the build."""

    name = "describe"
    in_parent = True
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """One task."""
        files = [file.key for file in _files(state)]
        key = state.plan.identity.task_key(self.name, state.build_id, files)
        return [DescribeTask(self.name, key)]

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """The task, if exactly this is published and all of it is there."""
        store = state.workspace.store
        try:
            record = Published.read(state.workspace)
        except WorkspaceError as error:
            _log.warning("%s: it is written anew", error)
            return set()
        stands = (
            record is not None
            and record.key == tasks[0].key
            and store.exists(manifests.NAME)
            and record.stands(store)
        )
        return {0} if stands else set()

    def before(self, state: State, tasks: Sequence[Task]) -> None:
        """What is there now is not a whole build: take the manifest away."""
        manifests.withdraw(state.workspace.store)

    def here(self, state: State, task: Any) -> None:
        """Write the ledger and the card, remove files of earlier builds, commit."""
        store, files = state.workspace.store, _files(state)
        ledger = closed_ledger(state)
        store.put(LEDGER, as_json(ledger.to_json()))
        entries = [file.entry() for file in files]
        entries.append(_entry(state, LEDGER, "ledger"))
        sources = [
            {
                "name": source.name,
                "connector": source.connector,
                "license": source.license,
                "license_verified_by": source.license_verified_by,
            }
            for source in state.plan.sources
        ]
        signals = {
            field.name: spec.stage for spec in state.plan.extra_stages for field in spec.fields
        }
        text = card(_manifest(state, entries), ledger, state.plan.languages, sources, signals)
        store.put(CARD, text.encode())
        entries.append(_entry(state, CARD, "card"))
        if store.exists(TOMBSTONES):
            entries.append(_entry(state, TOMBSTONES, "tombstones"))
        _remove_others(state, {file.path for file in files})
        members = [entry["path"] for entry in entries]
        store.commit(manifests.NAME, as_json(_manifest(state, entries)), members)
        _record(state, task, entries).write(store)
        for routed in state.tasks[RouteStep.name]:
            store.delete(routed.output)  # everything in them is in the shards now

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Nothing to tell."""
        return ""


def _files(state: State) -> list[PublishedFile]:
    return [*state.results[PublishStep.name], *state.results[RejectsStep.name]]


def closed_ledger(state: State) -> Ledger:
    """The build's ledger: rows as tallied, documents as counted in the shards.

    Raises LedgerError if it does not balance.
    """
    tallied, _ = state.results[TallyStep.name]
    ledger = Ledger.from_json(tallied.to_json())  # what was tallied stays as it is
    published: Sequence[PublishedFile] = state.results[PublishStep.name]
    for source in state.plan.sources:
        count = sum(file.sources.get(source.name, 0) for file in published)
        ledger.add_counts("publish", StageCount(count, count), source.name)
    ledger.edits = merged(
        {code: EditCount.from_json(count) for code, count in file.edits.items()}
        for file in published
    )
    meanings = reasons_of_plan(state.plan)
    ledger.meanings = {code: meanings[code] for code in ledger.reasons if code in meanings}
    ledger.check()
    return ledger


def _entry(state: State, name: str, kind: str) -> dict[str, Any]:
    store = state.workspace.store
    return {
        "path": name,
        "bytes": store.size(name),
        "sha256": digest_of(store, name),
        "kind": kind,
    }


def _manifest(state: State, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    plan = state.plan
    steps = plan.identity.steps.values()
    return manifests.manifest(
        recipe=json.loads(plan.recipe.model_dump_json(exclude_none=True)),
        recipe_sha256=plan.recipe.sha256,
        build=state.build_id,
        inputs=inputs_of(state),
        ingredients=[ingredient for step in steps for ingredient in step],
        versions=plan.identity.versions,
        model=plan.model,
        policy={code: plan.policy.in_force(code) for code in plan.policy.wanted},
        exclusions={name: of.summary() for name, of in plan.policy.exclusions.items()},
        tombstones=plan.policy.tombstones.summary(),
        all_compared=state.results[DedupStep.name]["complete"],
        files=files,
    )


def _record(state: State, task: Task, entries: Sequence[Mapping[str, Any]]) -> Published:
    """What is published, and which outputs it was made of."""
    steps = (ExtractStep, AnnotateStep, SignStep, DecideStep, GatherStep)
    outputs = zip(*(state.tasks[step.name] for step in steps), strict=True)
    (clusters,), (assigned,) = state.tasks[DedupStep.name], state.tasks[AssignStep.name]
    return Published(
        key=task.key,
        build_id=state.build_id,
        files={entry["path"]: entry["bytes"] for entry in entries},
        outputs=tuple(
            TaskOutputs(tasks[0].source.name, *(task.output for task in tasks)) for tasks in outputs
        ),
        clusters=clusters.output,
        others=(assigned.output, *(tally.output for tally in state.tasks[TallyStep.name])),
        digests={
            name: digest_of(state.workspace.store, name) for name in (manifests.NAME, LEDGER, CARD)
        },
    )


def _remove_others(state: State, keep: set[str]) -> None:
    """Files that earlier builds in this folder published and this one did not. Only files with a
    note go: whatever else lies there is not ours."""
    store = state.workspace.store
    for name, note in notes(store):
        if note is not None and note.path not in keep:
            store.delete(note.path)
            store.delete(name)
