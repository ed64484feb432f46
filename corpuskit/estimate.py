"""What a build will take: requests, bytes, hours and disk, from a sample and from indexes.

A source whose files are here is measured: some of its files are read, and some hundreds of their
records go through the steps of a build up to the decisions, in a temporary folder. What a source
would fetch is asked of its connector (`Connector.estimate`); no record is fetched, and what an
index said is kept for the build. Duplicates are not looked for: a sample holds few of them.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit import logs
from corpuskit.connectors.base import Agent, FetchContext, Input
from corpuskit.connectors.calls import answerable
from corpuskit.engines import LocalEngine
from corpuskit.errors import SourceError
from corpuskit.pipeline import Plan, make_plan
from corpuskit.pipeline.run import Run
from corpuskit.pipeline.sources import SourcePlan, list_inputs
from corpuskit.pipeline.step import State, Step, Task
from corpuskit.pipeline.steps.annotate import AnnotateStep
from corpuskit.pipeline.steps.decide import DecideStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.scan import ScanStep, ScanTask
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.progress import Silent
from corpuskit.recipe import Recipe
from corpuskit.stage import REASON
from corpuskit.workspace import Workspace

SAMPLE: Final = 500
"""Records of a source that are measured. The share that is kept is within 4 points of that of all
records like these (95 %, from the binomial distribution)."""
_FILES: Final = 5
_TASK: Final = 50
UNMEASURED: Final = 0.0144
"""CPU seconds of a record of a source of which nothing is here: a web page of 20 kB that is wanted,
7.2 ms (docs/performance.md, 2026-11-30), times two for pages of the median size of 94 kB."""

MEASURED: Final[tuple[type[Step], ...]] = (ExtractStep, AnnotateStep, SignStep, DecideStep)
"""Steps that a sample passes; those after them take little of the time."""

_log = logs.logger(__name__)


@dataclass(frozen=True)
class SourceEstimate:
    """What one source will take; None where it cannot be told."""

    name: str
    connector: str
    requests: int | None = 0
    fetch_bytes: int | None = 0
    fetch_seconds: float | None = 0.0
    records: int | None = None
    sampled: int = 0
    """Records that were measured."""
    cpu_seconds: float | None = None
    kept: int | None = None
    """Documents before duplicates are taken out."""
    text_bytes: int | None = None
    work_bytes: int | None = None
    """Of outputs in `.work`, without what is fetched."""
    corpus_bytes: int | None = None
    basis: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuildEstimate:
    """What a build will take."""

    sources: tuple[SourceEstimate, ...]
    workers: int

    def total(self, column: str) -> float:
        """The sum of a number over all sources of which it is known."""
        return sum(getattr(source, column) or 0 for source in self.sources)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of sources of which nothing can be told."""
        return tuple(source.name for source in self.sources if source.records is None)

    @property
    def hours(self) -> float:
        """On the clock: fetching source by source, then the work of all cores."""
        return (self.total("fetch_seconds") + self.total("cpu_seconds") / self.workers) / 3600

    @property
    def disk_bytes(self) -> float:
        """What is fetched, the outputs and the corpus."""
        return sum(map(self.total, ("fetch_bytes", "work_bytes", "corpus_bytes")))

    def to_json(self) -> dict[str, Any]:
        """The estimate as plain data."""
        return {
            "sources": [asdict(source) for source in self.sources],
            "workers": self.workers,
            "hours": self.hours,
            "disk_bytes": round(self.disk_bytes),
            "unknown": list(self.unknown),
        }


@dataclass
class _Rates:
    """What a sample took, added up."""

    records: int = 0
    cpu: float = 0.0
    kept: int = 0
    text_bytes: int = 0
    work_bytes: int = 0
    corpus_bytes: int = 0
    input_bytes: int = 0
    """Of the files that were read,"""
    input_records: int = 0
    """and how many records these have in all."""


def estimate(
    recipe: Recipe,
    out: str | Path | None = None,
    *,
    workers: int = 1,
    ask: bool = True,
    report: Callable[[str], None] = lambda line: None,
) -> BuildEstimate:
    """Estimate a build of a recipe in `out` (default `builds/NAME`).

    With `ask` false no server is asked, and what sources would fetch is not known. Raises as
    `build` where the recipe cannot be used.
    """
    plan = make_plan(recipe)
    place = Path("builds") / recipe.name if out is None else Path(out)
    plan = plan.placed(place / ".work" / "raw")
    estimates = []
    for source in plan.sources:
        report(f"{source.name}: measuring")
        if source.fetches and not _is_here(source):
            with _build_folder(place, recipe.name, ask=ask):
                estimates.append(_unfetched(plan, source, ask=ask, report=report))
        else:
            estimates.append(_measured(plan, source))
    return BuildEstimate(_with_rates(estimates), max(workers, 1))


@contextmanager
def _build_folder(place: Path, name: str, *, ask: bool) -> Iterator[None]:
    """The build's folder, held while what an index says is kept there."""
    if ask:
        with Workspace(place).open(name):
            yield
    else:
        yield


def _is_here(source: SourcePlan) -> bool:
    """Whether everything that a source fetches is here."""
    try:
        return bool(source.open().inputs())
    except SourceError:
        return False


def _unfetched(
    plan: Plan, source: SourcePlan, *, ask: bool, report: Callable[[str], None]
) -> SourceEstimate:
    nothing = SourceEstimate(source.name, source.connector, None, None, None)
    if not ask:
        return replace(nothing, basis=("nobody was asked (--offline)",))
    operator = plan.recipe.operator
    connector = source.open()
    context = FetchContext(
        Agent(operator.name, operator.contact, plan.recipe.sha256),
        report,
        excluded=source.exclusions.why,
    )
    with answerable(connector, source.name, "estimating what it would fetch"):
        fetch = connector.estimate(context)
    if fetch is None:
        why = f"the connector {source.connector} cannot tell what it would fetch"
        return replace(nothing, basis=(why,))
    return SourceEstimate(
        source.name,
        source.connector,
        fetch.requests,
        fetch.bytes,
        fetch.seconds,
        fetch.records,
        basis=fetch.basis,
    )


def _measured(plan: Plan, source: SourcePlan) -> SourceEstimate:
    """A source whose files are here."""
    inputs = list_inputs([source], str(plan.recipe.path))[source.name]
    sizes = [_size(source.with_place(item)) for item in inputs]
    chosen = [(2 * at + 1) * len(inputs) // (2 * _FILES) for at in range(_FILES)]
    numbers = sorted(set(chosen)) if len(inputs) > _FILES else list(range(len(inputs)))
    rates = _sample(plan, source, [inputs[number] for number in numbers])
    total = sum(sizes)
    if not rates.records or not rates.input_bytes:
        basis = ("no record could be read of the files looked at",)
        return SourceEstimate(source.name, source.connector, records=0, basis=basis)
    records = round(rates.input_records * total / rates.input_bytes)

    def scaled(value: float) -> int:
        return round(value * records / rates.records)

    return SourceEstimate(
        source.name,
        source.connector,
        records=records,
        sampled=rates.records,
        cpu_seconds=rates.cpu * records / rates.records,
        kept=scaled(rates.kept),
        text_bytes=scaled(rates.text_bytes),
        work_bytes=scaled(rates.work_bytes),
        corpus_bytes=scaled(rates.corpus_bytes),
        basis=(
            f"{rates.records:,} records of {len(numbers):,} of {len(inputs):,} files were measured",
        ),
    )


def _size(item: Input) -> int:
    try:
        return Path(item.path).stat().st_size
    except OSError:
        return 0


class _SomeTasks(ExtractStep):
    """Tasks of `extract`, some of all, evenly spread."""

    def __init__(self, most: int) -> None:
        self._most = most

    def tasks(self, state: State) -> Sequence[Task]:
        """At most so many."""
        tasks = super().tasks(state)
        count = min(self._most, len(tasks))
        return [tasks[(2 * at + 1) * len(tasks) // (2 * count)] for at in range(count)]


class _SomeFiles(ScanStep):
    """A scan of some inputs of the one source."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._names = {item.name for item in inputs}

    def tasks(self, state: State) -> Sequence[Task]:
        """One for each group that holds any of them, cut down to these."""
        return [
            replace(task, inputs=chosen)
            for task in super().tasks(state)
            if isinstance(task, ScanTask)
            and (chosen := tuple(item for item in task.inputs if item.name in self._names))
        ]


def _sample(plan: Plan, source: SourcePlan, inputs: Sequence[Input]) -> _Rates:
    """Have some records of some files pass the steps up to `decide`, and measure that."""
    rates = _Rates()
    plan = replace(plan, sources=(source,))
    with tempfile.TemporaryDirectory(prefix="corpuskit-plan-") as folder:
        workspace = Workspace(Path(folder) / "sample")
        with workspace.open(plan.recipe.name), LocalEngine(1) as engine:
            state = State(plan, workspace, Silent(), _TASK, 1 << 24)

            def cpu_of(*steps: Step) -> float:
                begin = time.process_time()
                Run(state, engine).run(steps)
                return time.process_time() - begin

            scan = cpu_of(_SomeFiles(inputs))
            chain = (AnnotateStep(), SignStep(), DecideStep())
            cpu_of(_SomeTasks(1), *chain)  # loads the models, which a build does once
            for step in MEASURED:
                for output in list(workspace.store.list(f".work/{step.name}")):
                    workspace.store.delete(output.name)
            rates.cpu = cpu_of(_SomeTasks(SAMPLE // _TASK), *chain)
            _add(rates, state)
            scanned = state.results[ScanStep.name][source.name]
            rates.input_bytes = sum(item.bytes for item in scanned)
            rates.input_records = sum(piece.records for item in scanned for piece in item.pieces)
            rates.cpu += scan * rates.records / max(rates.input_records, 1)
    return rates


def _add(rates: _Rates, state: State) -> None:
    """Count what the sample left in the store."""
    store = state.workspace.store
    for step in MEASURED:
        rates.work_bytes += sum(store.size(task.output) or 0 for task in state.tasks[step.name])
    pairs = zip(state.tasks[AnnotateStep.name], state.tasks[DecideStep.name], strict=True)
    for annotated, decided in pairs:
        reasons = store.table(decided.output, [REASON])[REASON]
        table = store.table(annotated.output).filter(pc.is_null(reasons))
        rates.records += len(reasons)
        rates.kept += table.num_rows
        rates.text_bytes += pc.sum(table["text_bytes"]).as_py() or 0
        rates.corpus_bytes += _written(table)
    rates.work_bytes += rates.text_bytes  # `route` lays the kept rows out once more


def _written(table: pa.Table) -> int:
    """Bytes of these rows in a shard."""
    buffer = io.BytesIO()
    columns = [name for name in table.schema.names if name not in (REASON, "removed_text")]
    pq.write_table(table.select(columns), buffer, compression="zstd")
    return buffer.tell()


def _with_rates(estimates: Sequence[SourceEstimate]) -> tuple[SourceEstimate, ...]:
    """Sources of which nothing is here get the rates of those that were measured, if any were."""
    measured = [estimate for estimate in estimates if estimate.sampled]
    return tuple(
        _borrowed(estimate, measured)
        if estimate.records is not None and estimate.cpu_seconds is None
        else estimate
        for estimate in estimates
    )


_SCALED: Final = ("kept", "text_bytes", "work_bytes", "corpus_bytes")


def _borrowed(estimate: SourceEstimate, measured: Sequence[SourceEstimate]) -> SourceEstimate:
    records = estimate.records or 0
    if not measured:
        why = f"{1000 * UNMEASURED:.1f} ms of CPU a record are assumed; nothing of it is here"
        return replace(estimate, cpu_seconds=records * UNMEASURED, basis=(*estimate.basis, why))
    total = sum(other.records or 0 for other in measured)
    sums = {
        name: sum(getattr(other, name) or 0 for other in measured)
        for name in ("cpu_seconds", *_SCALED)
    }
    names = ", ".join(other.name for other in measured)
    scaled: dict[str, Any] = {name: round(records * sums[name] / total) for name in _SCALED}
    return replace(
        estimate,
        cpu_seconds=records * sums["cpu_seconds"] / total,
        basis=(*estimate.basis, f"records are taken to be like those of {names}"),
        **scaled,
    )
