"""Run a plan with an engine, and resume it: every task whose output stands is skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from corpuskit.callable_module import make_callable
from corpuskit.connectors.base import Agent, Input, Judge
from corpuskit.connectors.calls import answerable
from corpuskit.engines import Engine, LocalEngine
from corpuskit.engines.guard import check_caller
from corpuskit.errors import Problem, RecipeError, SourceError
from corpuskit.pipeline import Plan, Segment, crashes, make_plan, publication
from corpuskit.pipeline.decide import decide, decision_key
from corpuskit.pipeline.deduplicate import TaskOutput, deduplicate
from corpuskit.pipeline.judge import PageJudge
from corpuskit.pipeline.pack import TASK_BYTES, TASK_RECORDS, pack
from corpuskit.pipeline.plan import SourcePlan, list_inputs
from corpuskit.pipeline.tasks import (
    TASK_FORMAT,
    MapTask,
    Part,
    Scanned,
    ScanTask,
    annotate,
    extract,
    scan,
    sign,
)
from corpuskit.progress import Progress, Silent
from corpuskit.publish import Build
from corpuskit.recipe import Recipe
from corpuskit.recipe.models import NOBODY
from corpuskit.workspace import Workspace, task_key

Task = TypeVar("Task")
Result = TypeVar("Result")

_SCAN_FILES = 200  # small files are scanned in groups: a task per file would be mostly waiting


@dataclass(frozen=True)
class Work:
    """One task of a build: what it reads and what it depends on."""

    source: SourcePlan
    parts: tuple[Part, ...]
    key: str


def build(
    recipe: Recipe,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    task_records: int = TASK_RECORDS,
    task_bytes: int = TASK_BYTES,
) -> Build:
    """Build a recipe's corpus in `out` (default `builds/NAME`), or go on where a run stopped.

    Neither `workers` nor the size of tasks changes a byte of the result. Raises a
    CorpuskitError whose message says what to do: the recipe, a source, the disk or a model
    cannot be used. Interrupted in any way, the same call goes on.
    """
    check_caller()
    folder = Path(out) if out is not None else Path("builds") / recipe.name
    plan = make_plan(recipe)
    watcher = progress or Silent()
    with Workspace(folder).open(recipe.name) as workspace:
        plan = plan.placed((workspace.work / "raw").absolute())
        if engine is not None:
            return Run(plan, workspace, engine, watcher).run(task_records, task_bytes)
        with LocalEngine(workers) as local:
            return Run(plan, workspace, local, watcher).run(task_records, task_bytes)


def fetch(
    recipe: Recipe,
    out: str | Path | None = None,
    *,
    sources: Sequence[str] = (),
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Only acquire what a recipe's sources need (all of them, or those named); where it is kept.

    A build of the same recipe in the same folder then needs no network. Raises as `build`.
    """
    check_caller()
    folder = Path(out) if out is not None else Path("builds") / recipe.name
    plan = make_plan(recipe, only_fetch=True)
    named(plan.sources, sources)
    with Workspace(folder).open(recipe.name) as workspace:
        plan = plan.placed((workspace.work / "raw").absolute())
        with LocalEngine(1) as engine:
            run = Run(plan, workspace, engine, progress or Silent())
            return run.fetch(sources)


def named(plans: Sequence[SourcePlan], names: Sequence[str]) -> list[SourcePlan]:
    """The sources of those names, all without any; SourceError if there is no such source."""
    if unknown := sorted(set(names) - {one.name for one in plans}):
        known = ", ".join(one.name for one in plans)
        raise SourceError(f"the recipe has no source {', '.join(unknown)}; there are {known}")
    return [one for one in plans if not names or one.name in names]


class Run:
    """One run of a plan in an open workspace."""

    def __init__(
        self, plan: Plan, workspace: Workspace, engine: Engine, progress: Progress
    ) -> None:
        self.plan, self.workspace = plan, workspace
        self.engine, self.progress = engine, progress

    def run(self, task_records: int, task_bytes: int) -> Build:
        """Every step in order; steps whose outputs stand take no time."""
        self.fetch()
        scanned = self._scan(list_inputs(self.plan.sources, str(self.plan.recipe.path)))
        build_id = publication.build_id_of(self.plan, _inputs(scanned))
        self.progress.plan(
            self.plan.recipe.name, len(self.plan.sources), len(self.plan.languages), build_id
        )
        works = list(self._works(scanned, task_records, task_bytes))
        outputs = self._outputs(works)
        clusters = self._deduplicate(outputs)
        job = publication.Publication(
            self.plan, self.workspace, outputs, clusters, _inputs(scanned), build_id
        )
        if not job.stands:
            self._publish(job)
        return Build(self.workspace.folder)

    def fetch(self, names: Sequence[str] = ()) -> dict[str, Path]:
        """Have the raw records of sources that fetch (those named, or all) at hand."""
        fetching = [one for one in named(self.plan.sources, names) if one.fetches]
        if fetching:
            self._check_operator()
            self.progress.begin("fetch", len(fetching), 0)
            for source in fetching:
                self._fetch(source)
                self.progress.advance("fetch")
            self.progress.end("fetch")
        return {one.name: Path(str(one.store)) for one in fetching}

    def _check_operator(self) -> None:
        """Every server is told who asks: somebody has to be."""
        recipe = self.plan.recipe
        if recipe.operator.name == NOBODY:
            hint = "servers are told who asks: write name and contact"
            problem = Problem(str(recipe.path), "operator.name", f"is still {NOBODY!r}", hint)
            raise RecipeError([problem])

    def _fetch(self, source: SourcePlan) -> None:
        """Have what one source needs; what it says last stays to be read."""
        operator, connector, last = self.plan.recipe.operator, source.open(), ""

        def report(line: str) -> None:
            nonlocal last
            last = line
            self.progress.say("fetch", f"{source.name}: {line}")

        connector.judge = self._judge(source) if connector.judged else None
        agent = Agent(operator.name, operator.contact, self.plan.recipe.sha256)
        try:
            with answerable(connector, source.name, "fetching"):
                connector.fetch(agent, report)
        except SourceError as error:
            raise SourceError(f"source {source.name!r}: {error}") from error
        finally:
            if last:
                self.progress.note("fetch", f"{source.name}: {last}")

    def _judge(self, source: SourcePlan) -> Judge | None:
        """Who tells what pages are worth, if the model knows every wanted language: where it does
        not, texts in that language would look like none."""
        if not self.plan.unknown:
            return PageJudge(self.plan)
        unknown = ", ".join(self.plan.unknown)
        told = f"the model {self.plan.recipe.identify.model} does not know {unknown}"
        self.progress.note("fetch", f"{source.name}: focus is off, {told}")
        return None

    def _scan(self, inputs: Mapping[str, Sequence[Input]]) -> dict[str, list[Scanned]]:
        tasks = [
            ScanTask(self.workspace, source, tuple(group))
            for source in self.plan.sources
            for group in _groups(inputs[source.name], _SCAN_FILES)
        ]
        found: dict[int, list[Scanned]] = {}
        self.progress.begin("scan", len(tasks), 0)
        for index, result in self.engine.map(scan, tasks):
            found[index] = result
            self.progress.advance("scan")
        scanned: dict[str, list[Scanned]] = {source.name: [] for source in self.plan.sources}
        for index, task in enumerate(tasks):
            scanned[task.source.name] += found[index]
        files = sum(len(one) for one in scanned.values())
        size = sum(one.bytes for many in scanned.values() for one in many)
        self.progress.end("scan", f"{files:,} file{'s' * (files != 1)} · {size / 1e6:,.1f} MB")
        return scanned

    def _works(
        self, scanned: Mapping[str, Sequence[Scanned]], records: int, size: int
    ) -> Iterator[Work]:
        for source in self.plan.sources:
            for parts in pack(scanned[source.name], records, size):
                read = [[one.input.name, one.sha256, *_span(one)] for one in parts]
                yield Work(
                    source, parts, task_key(TASK_FORMAT, source.key, read, self.plan.extract.key)
                )

    def _outputs(self, works: Sequence[Work]) -> list[TaskOutput]:
        keys = [work.key for work in works]
        extracted = self._segment(self.plan.extract, extract, works, keys, [None] * len(works))
        keys = [task_key(key, self.plan.annotate.key) for key in keys]
        annotated = self._segment(self.plan.annotate, annotate, works, keys, extracted)
        signed_keys = [task_key(key, self.plan.signature.key) for key in keys]
        signed = self._segment(self.plan.signature, sign, works, signed_keys, annotated)
        decided = self._decide(annotated, keys)
        return [
            TaskOutput(work.source.name, *paths)
            for work, *paths in zip(works, extracted, annotated, signed, decided, strict=True)
        ]

    def _segment(
        self,
        segment: Segment,
        function: Callable[[MapTask], str],
        works: Sequence[Work],
        keys: Sequence[str],
        before: Sequence[Path | None],
    ) -> list[Path]:
        """Run a segment's tasks that have no output yet; the outputs of all, in order."""
        tasks = [
            MapTask(self.workspace, segment, key, work.source, () if path else work.parts, path)
            for work, key, path in zip(works, keys, before, strict=True)
            if not self.workspace.done(segment.name, key)
        ]
        self.progress.begin(segment.name, len(works), len(works) - len(tasks))
        say = partial(self.progress.say, segment.name)
        for index in crashes.run_all(self.engine, function, tasks, say):
            self.workspace.note(segment=segment.name, done=tasks[index].key)
            self.progress.advance(segment.name)
        self.progress.end(segment.name, "" if tasks else "done before")
        return [self.workspace.path(segment.name, key) for key in keys]

    def _decide(self, annotated: Sequence[Path], keys: Sequence[str]) -> list[Path]:
        self.progress.begin("decide", len(annotated), 0)
        decided = []
        for path, key in zip(annotated, keys, strict=True):
            own = decision_key(key, self.plan.policies)
            decided.append(decide(self.workspace, path, own, self.plan.policies))
            self.progress.advance("decide")
        self.progress.end("decide")
        return decided

    def _deduplicate(self, outputs: Sequence[TaskOutput]) -> pa.Table:
        self.progress.begin("dedup", 1, 0)
        clusters = deduplicate(self.workspace, outputs, self.plan.recipe.dedup)
        self.progress.advance("dedup")
        self.progress.end("dedup", f"{clusters.num_rows:,} documents compared")
        return clusters

    def _publish(self, job: publication.Publication) -> None:
        tasks = job.begin()
        self.progress.begin("publish", len(tasks), 0)
        rows = [0] * len(tasks)
        for index, written in self.engine.map(publication.write, tasks):
            rows[index] = written
            self.progress.advance("publish")
        ledger = job.finish(rows)
        self.progress.end("publish", f"{ledger.stages['publish'].passed:,} documents")


def _span(part: Part) -> tuple[int, int]:
    return part.piece.start, part.piece.stop


def _groups(items: Sequence[Task], size: int) -> Iterator[Sequence[Task]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _inputs(scanned: Mapping[str, Sequence[Scanned]]) -> list[dict[str, Any]]:
    return [
        {"source": source, "name": one.input.name, "sha256": one.sha256, "bytes": one.bytes}
        for source, many in scanned.items()
        for one in many
    ]


make_callable(__name__, build)
