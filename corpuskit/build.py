"""Build a recipe's corpus, or only fetch what its sources need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpuskit.callable_module import make_callable
from corpuskit.engines import Engine, LocalEngine, open_engine
from corpuskit.engines.guard import check_caller
from corpuskit.pipeline import Plan, make_plan
from corpuskit.pipeline.earlier import refuse_itself
from corpuskit.pipeline.pack import TASK_BYTES, TASK_RECORDS
from corpuskit.pipeline.preload import modules_of
from corpuskit.pipeline.run import Run
from corpuskit.pipeline.sources import sources_named
from corpuskit.pipeline.step import State, Step
from corpuskit.pipeline.steps import build_steps, fetch_steps
from corpuskit.progress import Progress, Silent
from corpuskit.publish import Build
from corpuskit.publish.tombstones import tombstones_of
from corpuskit.recipe import Recipe
from corpuskit.store_url import StoreUrl
from corpuskit.takedown import finish_takedown
from corpuskit.workspace import Workspace

__all__ = ["Run", "build", "fetch"]


def build(
    recipe: Recipe,
    out: str | Path | StoreUrl | None = None,
    *,
    local: str | Path | None = None,
    workers: int | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    task_records: int = TASK_RECORDS,
    task_bytes: int = TASK_BYTES,
    allow_empty: bool = False,
) -> Build:
    """Build a recipe's corpus in `out` (default `builds/NAME`), or go on where a run stopped.

    `out` is a folder, or a prefix in an object store such as `s3://corpora/khmer`; then `local`
    (default `builds/NAME`) is the folder of what stays on this machine: what was fetched, locks.
    Tasks run in `workers` processes, or on the recipe's `[engine]`, or on `engine`; neither that
    nor the size of tasks changes a byte of the result. Raises a CorpuskitError whose message says
    what to do: the recipe, a source, the disk or a model cannot be used. A build without documents
    leaves an earlier corpus in the folder as it is and raises NothingPublishedError, unless
    `allow_empty`. Interrupted in any way, the same call goes on.
    """
    check_caller()
    if not isinstance(recipe, Recipe):
        raise TypeError(f"build takes a Recipe: build(load_recipe({recipe!r:.80}))")
    workspace = _workspace(recipe, out, local)
    finish_takedown(workspace)
    refuse_itself(recipe, workspace.shown)
    plan = make_plan(recipe)
    with workspace.open(recipe.name):
        state = _state(plan, workspace, progress, task_records, task_bytes)
        state.allow_empty = allow_empty
        _run(build_steps(), state, engine, workers)
        state.progress.finish(idle=not state.has_worked)
        return Build(workspace.shown)


def fetch(
    recipe: Recipe,
    out: str | Path | StoreUrl | None = None,
    *,
    local: str | Path | None = None,
    sources: Sequence[str] = (),
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Fetch what a recipe's sources need (all of them, or those named); where it is kept.

    A build of the same recipe in the same folder then needs no network. Where `out` is in an object
    store, what is fetched is kept in `local`, as for `build`. Raises as `build`.
    """
    check_caller()
    workspace = _workspace(recipe, out, local)
    finish_takedown(workspace)
    plan = make_plan(recipe, only_fetch=True)
    chosen = sources_named(plan.sources, sources)
    with workspace.open(recipe.name):
        state = _state(plan, workspace, progress)
        with LocalEngine(1) as engine:  # fetching is of this machine
            _run(fetch_steps(sources), state, engine, None)
        fetching = {source.name for source in chosen if source.fetches}
        return {
            source.name: Path(str(source.store))
            for source in state.plan.sources
            if source.name in fetching
        }


def _workspace(
    recipe: Recipe, out: str | Path | StoreUrl | None, local: str | Path | None
) -> Workspace:
    usual = Path("builds") / recipe.name
    return Workspace(usual if out is None else out, local=usual if local is None else local)


def _state(
    plan: Plan,
    workspace: Workspace,
    progress: Progress | None,
    task_records: int = TASK_RECORDS,
    task_bytes: int = TASK_BYTES,
) -> State:
    placed = plan.placed(workspace.work / "raw").obeying(tombstones_of(workspace.store))
    return State(placed, workspace, progress or Silent(), task_records, task_bytes)


def _run(steps: Sequence[Step], state: State, engine: Engine | None, workers: int | None) -> None:
    if engine is not None:
        Run(state, engine).run(steps)
        return
    table = state.plan.recipe.engine
    opened = open_engine(
        table.name, workers=workers, address=table.address, preload=modules_of(state.plan)
    )
    with opened as chosen:
        Run(state, chosen).run(steps)


make_callable(__name__, build)
