"""Processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import ClassVar, TypeVar

from corpuskit import logs
from corpuskit.engines import guard
from corpuskit.errors import WorkerDiedError

Task = TypeVar("Task")
Result = TypeVar("Result")

_WATCH_SECONDS = 0.5
_QUEUED_PER_WORKER = 4
_DIED = (
    "a worker process died, killed from outside or for lack of memory; run the same "
    "command again (finished work is kept), with fewer --workers if memory is short"
)


class LocalEngine:
    """Spawned worker processes; with one worker everything runs in this process.

    Workers are spawned, not forked: a fork would copy locks of threads that Arrow and BLAS
    hold. A worker leaves by itself when the process that started it is gone.
    """

    keeps_processes: ClassVar[bool] = True

    def __init__(self, workers: int | None = None) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"an engine needs one worker or more, not {workers}")
        self.workers = workers or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool:
            self._stop(self._pool, at_once=error[0] is not None)
            self._pool = None

    def map(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result]]:
        """See Engine.map."""
        if self.workers == 1 or not tasks:
            yield from ((index, function(task)) for index, task in enumerate(tasks))
            return
        try:
            yield from self._map_in_pool(function, tasks)
        except BrokenProcessPool as error:
            self._pool = None  # what is asked next gets workers that live
            raise WorkerDiedError(_DIED) from error

    def _map_in_pool(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result]]:
        pool = self._pool = self._pool or _start(self.workers)
        waiting = iter(enumerate(tasks))
        running: dict[Future[Result], int] = {}
        while True:
            while len(running) < self.workers * _QUEUED_PER_WORKER:
                index, task = next(waiting, (-1, None))
                if task is None:
                    break
                running[pool.submit(function, task)] = index
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()

    def isolated(self, function: Callable[[Task], Result], task: Task) -> Result:
        """See Engine.isolated."""
        others = set(multiprocessing.active_children())
        with _start(1) as pool:
            workers = set(multiprocessing.active_children()) - others
            try:
                return pool.submit(function, task).result()
            except BrokenProcessPool as error:
                raise WorkerDiedError(_DIED, guard.exit_code(workers)) from error

    @staticmethod
    def _stop(pool: ProcessPoolExecutor, *, at_once: bool) -> None:
        pool.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            for process in multiprocessing.active_children():
                process.terminate()


def _start(workers: int) -> ProcessPoolExecutor:
    return guard.start(
        ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_prepare_worker,
            initargs=(os.getpid(), logs.settings()),
        )
    )


def _prepare_worker(parent: int, log_settings: logs.LogSettings | None) -> None:
    """Leave Ctrl-C to the parent, end with it however it ends, and log where it logs."""
    logs.apply(log_settings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)
