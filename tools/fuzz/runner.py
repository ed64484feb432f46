"""Runs targets in child processes that may die, hang or grow without ending the run.

An input is known by target, seed and number alone, so a child that hangs or dies leaves nothing
that must be saved: the parent makes the input again and writes it down.
"""

from __future__ import annotations

import importlib
import multiprocessing as mp
import resource
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from tools.fuzz.mutations import mutated
from tools.fuzz.target import Target

CPU_SECONDS: Final = 10
"""An input of at most `mutations.MAX_SIZE` bytes that takes longer hangs; the slowest harmless
ones take half a second."""
WALL_SECONDS: Final = 120
"""The same for a child that waits; generous, since other work may share the machine."""
MEMORY_BYTES: Final = 700_000_000
"""More than a child may grow by one input. Models and libraries take 500 MB before the first."""
ADDRESS_SPACE: Final = 6_000_000_000
"""Beyond this an allocation fails, and the run of everything else on the machine goes on."""


_NOT_STARTED: Final = -1


@dataclass(frozen=True)
class Failure:
    """An input that a target neither took nor refused as it declares."""

    target: str
    seed: int
    number: int
    what: str

    @property
    def place(self) -> tuple[str, str]:
        """The same for failures that most probably have one cause."""
        frames = [line for line in self.what.splitlines() if line.lstrip().startswith("File ")]
        return self.target, frames[-1] if frames else self.what


@dataclass
class Outcome:
    """What a run came to."""

    inputs: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    """The first of each place."""
    repeats: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many more there were, by place."""

    def add(self, failure: Failure) -> None:
        """Keep a failure, or count it if there was one like it."""
        if any(failure.place == known.place for known in self.failures):
            self.repeats[failure.place] += 1
        else:
            self.failures.append(failure)


def run(
    names: Sequence[str], seed: int, seconds: float, cpu_seconds: float = CPU_SECONDS
) -> Outcome:
    """Fuzz targets one after the other, about equally long, in child processes.

    Every target runs its seeds, however short the time. `cpu_seconds` is what an input may take.
    """
    outcome = Outcome()
    deadline = time.monotonic() + seconds
    place = _Place(0, 0)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:  # a killed child cleans up nothing
        while place.target < len(names):
            left = max(0.0, deadline - time.monotonic())
            work = _Work(tuple(names), seed, left, cpu_seconds, place, folder)
            place = _watch(work, outcome)
    return outcome


@dataclass(frozen=True)
class _Place:
    """Where a run is: an index of its targets, and the number of the input."""

    target: int
    number: int


@dataclass(frozen=True)
class _Work:
    names: tuple[str, ...]
    seed: int
    seconds: float
    cpu_seconds: float
    start: _Place
    folder: str


def _watch(work: _Work, outcome: Outcome) -> _Place:
    """Have a child do the work; where to go on after it ended, by itself or not.

    RuntimeError if it ended before its first input: then the targets cannot be imported.
    """
    context = mp.get_context("spawn")
    place = context.Array("q", [work.start.target, _NOT_STARTED], lock=False)
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(work, place, theirs))
    child.start()
    theirs.close()
    hangs = _listen(child, ours, place, outcome)
    child.join()
    target, number = place
    if child.exitcode == 0:
        return _Place(len(work.names), 0)
    if number == _NOT_STARTED:
        raise RuntimeError(f"the targets cannot be run: exit code {child.exitcode}")
    hangs = hangs or child.exitcode == -signal.SIGPROF
    limit = f"hangs: more than {work.cpu_seconds} s of CPU, or {WALL_SECONDS} s"
    what = limit if hangs else f"the process died: {child.exitcode}"
    outcome.add(Failure(work.names[target], work.seed, number, what))
    first = work.start.number if target == work.start.target else 0
    outcome.inputs[work.names[target]] += number + 1 - first
    return _Place(target, number + 1)


def _listen(child: Any, pipe: Connection, place: Any, outcome: Outcome) -> bool:
    """Book what the child tells until it ends; whether it had to be ended."""
    last, since = list(place), time.monotonic()
    while True:
        try:
            if pipe.poll(0.2):
                message = pipe.recv()
                if isinstance(message, Failure):
                    outcome.add(message)
                else:
                    name, count = message
                    outcome.inputs[name] += count
                continue
        except EOFError:  # the child has ended
            return False
        if list(place) != last:
            last, since = list(place), time.monotonic()
        if time.monotonic() - since > WALL_SECONDS:
            child.kill()
            return True


def _work(work: _Work, place: Any, pipe: Connection) -> None:
    limit_memory()
    targets = [find_target(name) for name in work.names]
    deadline = time.monotonic() + work.seconds
    for index in range(work.start.target, len(targets)):
        first = work.start.number if index == work.start.target else 0
        left = max(0.0, deadline - time.monotonic())
        end = time.monotonic() + left / (len(targets) - index)
        target, seeds = targets[index], targets[index].seeds()
        number = first
        while number < len(seeds) or time.monotonic() < end:
            place[:] = [index, number]
            content = mutated(seeds, work.seed, number)
            if what := try_input(target, content, work.cpu_seconds, work.folder):
                pipe.send(Failure(work.names[index], work.seed, number, what))
            number += 1
        pipe.send((work.names[index], number - first))


def find_target(name: str) -> Target:
    """The target of a name, or of `module:attribute` for one elsewhere; ValueError if none."""
    if ":" in name:
        module, _, attribute = name.partition(":")
        return getattr(importlib.import_module(module), attribute)
    targets = {target.name: target for target in all_targets()}
    if name not in targets:
        raise ValueError(f"no target {name!r}; there are {', '.join(targets)}")
    return targets[name]


def all_targets() -> tuple[Target, ...]:
    """Every target, those of connectors first."""
    from tools.fuzz import connector_targets, text_targets

    return (*connector_targets.TARGETS, *text_targets.TARGETS)


def limit_memory() -> None:
    """Limit the memory of this process."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = ADDRESS_SPACE if hard == resource.RLIM_INFINITY else min(ADDRESS_SPACE, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def try_input(
    target: Target, content: bytes, cpu_seconds: float = CPU_SECONDS, within: str | None = None
) -> str | None:
    """What is wrong with how a target takes an input; the process is killed where it hangs."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=within))
    before = _peak()
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)  # its signal ends C code as well
    try:
        target.run(content, folder)
    except target.refusals:
        pass
    except Exception:  # noqa: BLE001 - what may be raised is what is looked for
        return traceback.format_exc(limit=-4)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        shutil.rmtree(folder, ignore_errors=True)
    grown = _peak() - before
    return f"took {grown // 1_000_000} MB of memory" if grown > MEMORY_BYTES else None


def _peak() -> int:
    """Most bytes of memory that this process had so far.

    `ru_maxrss` would begin with that of the process which started this one.
    """
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
