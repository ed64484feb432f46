"""The step `describe`: ledger, description files and, last, the manifest that makes the build
visible."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpuskit import logs
from corpuskit.about import DISTRIBUTION
from corpuskit.errors import WorkspaceError
from corpuskit.identity import Ingredient
from corpuskit.ledger import EditCount, Ledger, StageCount
from corpuskit.pipeline.reasons import reasons_of_plan
from corpuskit.pipeline.step import State, Step, Task
from corpuskit.pipeline.steps.annotate import REPEATS, annotated_tasks
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.decide import DecideStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.gather import GatherStep
from corpuskit.pipeline.steps.index import IndexStep
from corpuskit.pipeline.steps.publish import PublishStep
from corpuskit.pipeline.steps.rejects import RejectsStep
from corpuskit.pipeline.steps.route import RouteStep
from corpuskit.pipeline.steps.scan import inputs_of
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.pipeline.steps.summarize import SummarizeStep
from corpuskit.pipeline.steps.survey import SurveyStep
from corpuskit.pipeline.steps.tally import TallyStep
from corpuskit.publish import manifest as manifests
from corpuskit.publish.contamination import contamination_summary
from corpuskit.publish.edits import merged
from corpuskit.publish.pages import PAGES, write_pages
from corpuskit.publish.published import (
    Published,
    PublishedFile,
    TaskOutputs,
    digest_of,
    entry_of,
    notes,
)
from corpuskit.publish.version import dataset_version
from corpuskit.recipe.models import SourceTable
from corpuskit.recipe.source_checks import catalogue_source
from corpuskit.store import as_json
from corpuskit.tombstones import FILE as TOMBSTONES

if TYPE_CHECKING:
    from corpuskit.pipeline.plan import Plan
    from corpuskit.pipeline.sources import SourcePlan

_log = logs.logger(__name__)


def description(plan: Plan) -> Ingredient:
    """What the description files depend on beside the corpus: the catalogue's words on languages
    and sources."""
    options = {"languages": profiles_of(plan), "sources": sources_of(plan)}
    return Ingredient("describe", "5", options, (DISTRIBUTION, "pyarrow", "jinja2", "markupsafe"))


def profiles_of(plan: Plan) -> dict[str, dict[str, Any]]:
    """What the catalogue says of each wanted language, by code."""
    return {
        profile.code: {
            "name": profile.name,
            "autonym": profile.autonym,
            "bcp47": list(profile.bcp47),
            "confusable": list(profile.confusable),
            "caveats": list(profile.caveats),
            "lacks": list(profile.lacks),
        }
        for profile in plan.languages
    }


def sources_of(plan: Plan) -> list[dict[str, Any]]:
    """The recipe's sources as resolved, each with what recipe and catalogue say of it."""
    pairs = zip(plan.sources, plan.recipe.source, strict=True)
    return [_source(source, table) for source, table in pairs]


def _source(source: SourcePlan, table: SourceTable) -> dict[str, Any]:
    known = catalogue_source(table.use) if table.use else None
    stated = {
        "license_verified_by": source.license_verified_by,
        "consent": table.consent,
        "obtained": table.obtained,
        "opt_outs": source.options.get("opt_outs"),
        "use": table.use,
        "about": known.about if known else None,
        "homepage": known.homepage if known else None,
        "restrictions": known.restrictions if known else None,
    }
    return {
        "name": source.name,
        "connector": source.connector,
        "license": source.license,
        **{key: value for key, value in stated.items() if value is not None},
    }


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
        """Write ledger and description files, remove files of earlier builds, commit."""
        store, files = state.workspace.store, _files(state)
        entries = [file.entry() for file in files]
        counts = state.results[SummarizeStep.name]
        survey = state.results[SurveyStep.name]
        entries += write_pages(
            store, _manifest(state, entries), closed_ledger(state), counts, survey
        )
        if store.exists(TOMBSTONES):
            entries.append(entry_of(store, TOMBSTONES, "tombstones"))
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


def _manifest(state: State, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    plan = state.plan
    steps = plan.identity.steps.values()
    recipe = json.loads(plan.recipe.model_dump_json(exclude_none=True))
    tombstones = plan.policy.tombstones.summary()
    return manifests.manifest(
        recipe=recipe,
        recipe_sha256=plan.recipe.sha256,
        build=state.build_id,
        version=dataset_version(recipe, tombstones["takedowns"]),
        profiles=profiles_of(plan),
        sources=sources_of(plan),
        signals={field.name: spec.stage for spec in plan.extra_stages for field in spec.fields},
        inputs=inputs_of(state),
        ingredients=[ingredient for step in steps for ingredient in step],
        versions=plan.identity.versions,
        model=plan.model,
        policy={code: plan.policy.in_force(code) for code in plan.policy.wanted},
        fact_rules=plan.policy.as_json()["facts"],
        exclusions={name: of.summary() for name, of in plan.policy.exclusions.items()},
        tombstones=tombstones,
        all_compared=state.results[DedupStep.name]["complete"],
        contamination=_contamination(state),
        earlier=_earlier(state),
        files=files,
    )


def _earlier(state: State) -> list[dict[str, Any]]:
    """The earlier corpora, and how many documents were rejected for those of each."""
    counts = state.results[DedupStep.name].get("earlier", [])
    pairs = zip(state.plan.earlier, counts, strict=False)
    return [{**corpus.summary(), "rejected": count} for corpus, count in pairs]


def _contamination(state: State) -> dict[str, Any] | None:
    """What was found of evaluation items; None where the recipe names none."""
    table, published = state.plan.recipe.decontamination, state.results[PublishStep.name]
    for spec in state.plan.annotate.specs:
        if table is not None and spec.stage == "decontaminate":
            benchmarks = spec.options["benchmarks"]
            return contamination_summary(benchmarks, table.action, published)
    return None


def _record(state: State, task: Task, entries: Sequence[Mapping[str, Any]]) -> Published:
    """What is published, and which outputs it was made of."""
    extracted, *others = (
        state.tasks[step.name] for step in (ExtractStep, SignStep, DecideStep, GatherStep)
    )
    outputs = zip(extracted, annotated_tasks(state), *others, strict=True)
    (clusters,), (assigned,) = state.tasks[DedupStep.name], state.tasks[AssignStep.name]
    return Published(
        key=task.key,
        build_id=state.build_id,
        files={entry["path"]: entry["bytes"] for entry in entries},
        outputs=tuple(
            TaskOutputs(tasks[0].source.name, *(task.output for task in tasks)) for tasks in outputs
        ),
        clusters=clusters.output,
        others=(
            assigned.output,
            *(tally.output for tally in state.tasks[TallyStep.name]),
            *(summary.output for summary in state.tasks[SummarizeStep.name]),
            *(survey.output for survey in state.tasks[SurveyStep.name]),
            *(part.output for part in state.tasks[IndexStep.name]),
            *(repeats.output for repeats in state.tasks.get(REPEATS, ())),
        ),
        digests={name: digest_of(state.workspace.store, name) for name in (manifests.NAME, *PAGES)},
    )


def _remove_others(state: State, keep: set[str]) -> None:
    """Files that earlier builds in this folder published and this one did not. Only files with a
    note go: whatever else lies there is not ours."""
    store = state.workspace.store
    for name, note in notes(store):
        if note is not None and note.path not in keep:
            store.delete(note.path)
            store.delete(name)
