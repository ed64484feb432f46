"""Steps: what a plan is made of, and what passes between them.

A step turns what earlier steps left into tasks, names the function that a worker runs for each,
and leaves outputs in the store. `Run` (run.py) knows no step by name: it skips tasks whose output
stands, hands the others to the engine and lets the step book what came of them.

    class Sign(Step):
        name = "sign"
        function = staticmethod(sign)                 # module-level: def sign(job: Job) -> Any
        def tasks(self, state: State) -> Sequence[Task]: ...

A task carries keys and names of outputs, never paths: it means the same on every machine. Where
things are, the build folder and the sources' files, is said beside it, in the `Job`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from corpuskit.limits import CRASHED, RecordLimits
from corpuskit.progress import Progress
from corpuskit.store import is_whole
from corpuskit.workspace import Workspace, output_name

if TYPE_CHECKING:
    from corpuskit.pipeline.plan import Plan
    from corpuskit.pipeline.sources import SourcePlace, SourcePlan


@dataclass(frozen=True)
class Task:
    """One unit of work, as a worker is handed it."""

    step: str
    key: str
    """What its output depends on."""

    @property
    def output(self) -> str:
        """Name of what it leaves in the store."""
        return output_name(self.step, self.key)

    @property
    def label(self) -> str:
        """What it works on, in words, for messages."""
        return f"{self.step} {self.key[:12]}"

    @property
    def stream(self) -> str | None:
        """The input that it reads a part of; None if it reads none, or several from their start."""
        return None


@dataclass(frozen=True)
class Culprit:
    """A part of a task that the process working on it died of, or seemed to die of."""

    kind: str
    """`input`, `piece`, `record` or `row`; `setup` before the first of them."""
    numbers: tuple[int, ...] = ()
    """Which one, within the task."""
    cause: str = CRASHED
    """One of limits.CRASHED, TOO_SLOW, TOO_LARGE."""

    def __str__(self) -> str:
        return " ".join([self.kind, *map(str, self.numbers)])


DIED: Final = "the worker died even when this record ran alone"


@dataclass(frozen=True)
class GuardedTask(Task):
    """A task whose records have limits; one that ends its process is set aside (see crashes)."""

    limits: RecordLimits = field(default=RecordLimits(), kw_only=True)
    """What one record may take."""
    careful: bool = field(default=False, kw_only=True)
    """Whether each record is noted before it is begun, and taken alone."""
    culprits: tuple[Culprit, ...] = field(default=(), kw_only=True)
    """What is set aside."""

    def culprit(self, kind: str, *numbers: int) -> Culprit | None:
        """The culprit of that kind and number, if it is one."""
        for culprit in self.culprits:
            if (culprit.kind, culprit.numbers) == (kind, numbers):
                return culprit
        return None

    def closer(self, culprit: Culprit) -> GuardedTask | None:
        """The task that finds which part of a culprit it is; None where it has no parts."""
        return None

    def detail(self, cause: str) -> str:
        """What a culprit's row says of it."""
        return DIED if cause == CRASHED else self.limits.detail(cause)


TaskT = TypeVar("TaskT", bound=Task)


@dataclass(frozen=True)
class Job(Generic[TaskT]):
    """A task, the build folder that it reads from and writes to, and where sources are."""

    workspace: Workspace
    task: TaskT
    places: Mapping[str, SourcePlace] = field(default_factory=dict)

    @property
    def progress_file(self) -> Path:
        """Where a careful worker notes what it is about to begin."""
        return self.workspace.scratch / f"one-by-one-{self.task.step}-{self.task.key}"

    def placed(self, source: SourcePlan) -> SourcePlan:
        """A task's source, where it is on this machine."""
        place = self.places.get(source.name)
        return source.at(place) if place else source


@dataclass
class State:
    """What a run knows so far; steps add to it in their order."""

    plan: Plan
    workspace: Workspace
    progress: Progress
    task_records: int
    task_bytes: int
    tasks: dict[str, Sequence[Any]] = field(default_factory=dict)
    """Per step, its tasks in order; all have been done."""
    results: dict[str, Any] = field(default_factory=dict)
    """Per step, what it tells later steps that is small and stands in no output."""
    compared: dict[str, bool] = field(default_factory=dict)
    """Per published file whether it is as it was written, where that is known."""
    build_id: str = ""
    """Known once the inputs are."""
    has_worked: bool = False
    """Whether a task was done in this run that an earlier one had not done."""
    allow_empty: bool = False
    """Whether a build without documents may replace a published corpus."""


class Step(ABC):
    """One step of a plan."""

    name: ClassVar[str]
    function: Callable[[Any], Any]
    """What a worker runs: a module-level function of a Job."""
    alone: Callable[[Any], None] | None = None
    """What a worker runs to try one culprit of a GuardedTask by itself: a module-level function of
    (Job, Culprit or None), which leaves no output. A step that has it sets aside the records that
    end their worker (see crashes)."""
    shown: ClassVar[bool] = True
    """Whether people are told of it."""
    optional: ClassVar[bool] = False
    """Whether people are told of it only where it has tasks."""
    restarts_at: ClassVar[str] = ""
    """The step at which a run goes on if an output of this one is damaged; itself if empty."""
    every_time: ClassVar[bool] = False
    """Whether its tasks run in every run, because only they know whether there is work."""
    in_parent: ClassVar[bool] = False
    """Whether its tasks run in this process, one after the other, by `here`."""

    @abstractmethod
    def tasks(self, state: State) -> Sequence[Task]:
        """All its tasks, in order, those that have been done before included."""

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """Indices of the tasks whose output stands from an earlier run."""
        if self.every_time:
            return set()
        store = state.workspace.store
        there = {output.name: output.bytes for output in store.list(f".work/{self.name}")}
        return {
            index
            for index, task in enumerate(tasks)
            if task.output in there and is_whole(store, task.output, there[task.output])
        }

    def before(self, state: State, tasks: Sequence[Task]) -> None:  # noqa: B027  # most need none
        """Called with the tasks that are to be done, if there are any."""

    def here(self, state: State, task: Any) -> Any:
        """Do a task in this process, where `in_parent`."""
        raise NotImplementedError

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Take up what came of it: `results` by the index of each task done in this run. What
        comes back is told to people."""
        return "" if results or not tasks else "done before"

    def again(self, state: State) -> str | None:
        """The name of an earlier step at which the run goes on, where another round is needed."""
        return None
