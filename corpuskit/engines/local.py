"""Processes on this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import ClassVar, Final, TypeVar

from corpuskit import logs
from corpuskit.engines import guard
from corpuskit.errors import WorkerDiedError
from corpuskit.pandas_import import keep_arrow_from_importing_pandas

Task = TypeVar("Task")
Result = TypeVar("Result")

_WATCH_SECONDS = 0.5
_QUEUED_PER_WORKER = 4
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_DIED = (
    "a worker process died, killed from outside or for lack of memory; run the same "
    "command again (finished work is kept), with fewer --workers if memory is short"
)


class LocalEngine:
    """Worker processes; with one worker everything runs in this process.

    On Linux a server process without threads imports what workers need, once, and workers are
    forked from it. Elsewhere they are spawned. This process itself is never forked: a fork would
    copy locks of threads that Arrow and BLAS hold. A worker leaves by itself when the process
    that started it is gone.
    """

    keeps_processes: ClassVar[bool] = True

    def __init__(self, workers: int | None = None, *, preload: Sequence[str] = ()) -> None:
        """`preload` names modules that workers have already imported when they start, where the
        platform allows it. One server serves all engines of a process: the first one's modules.
        """
        if workers is not None and workers < 1:
            raise ValueError(f"an engine needs one worker or more, not {workers}")
        self.workers = workers or os.cpu_count() or 1
        self._preload = tuple(preload)
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
        pool = self._pool = self._pool or _start(self.workers, self._preload)
        waiting = iter(enumerate(tasks))
        running: dict[Future[Result], int] = {}
        while True:
            while len(running) < self.workers * _QUEUED_PER_WORKER:
                index, task = next(waiting, (-1, None))
                if task is None:
                    break
                running[guard.submit(pool, function, task)] = index
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()

    def isolated(self, function: Callable[[Task], Result], task: Task) -> Result:
        """See Engine.isolated."""
        others = set(multiprocessing.active_children())
        with _start(1, self._preload) as pool:
            workers = set(multiprocessing.active_children()) - others
            try:
                return guard.submit(pool, function, task).result()
            except BrokenProcessPool as error:
                raise WorkerDiedError(_DIED, guard.exit_code(workers)) from error

    @staticmethod
    def _stop(pool: ProcessPoolExecutor, *, at_once: bool) -> None:
        pool.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            for process in multiprocessing.active_children():
                process.terminate()


def _start(workers: int, preload: Sequence[str] = ()) -> ProcessPoolExecutor:
    guard.check_caller()
    context = _context(preload)
    pool = ProcessPoolExecutor(
        workers,
        mp_context=context,
        initializer=_prepare_worker,
        initargs=(dict(os.environ), logs.settings()),
    )
    with _one_thread_each():
        return guard.start(pool)


def _context(preload: Sequence[str]) -> multiprocessing.context.BaseContext:
    if sys.platform != "linux" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    return context


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that are started here use one thread each for linear algebra.

    The work is spread over processes; BLAS libraries read these variables when they are loaded.
    """
    added = [name for name in _THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _prepare_worker(environment: dict[str, str], log_settings: logs.LogSettings | None) -> None:
    """Leave Ctrl-C to the parent, end with it however it ends, and log where it logs.

    `environment` is that of the parent: a forkserver keeps the one it was started with.
    """
    for name in os.environ.keys() - environment.keys() - set(_THREADS):
        del os.environ[name]
    os.environ.update(environment)
    for name in _THREADS:
        os.environ.setdefault(name, "1")
    logs.apply(log_settings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    keep_arrow_from_importing_pandas()


def _end_with_parent(starter: int) -> None:
    """End this process when its parent, or the forkserver that started it, is gone."""
    parent = multiprocessing.parent_process()
    while os.getppid() == starter and parent is not None and parent.is_alive():
        parent.join(_WATCH_SECONDS)
    os._exit(1)
