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
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from typing import ClassVar, Final, TypeVar

from corpuskit import logs
from corpuskit.engines import guard
from corpuskit.errors import WorkerDiedError
from corpuskit.pandas_import import keep_arrow_from_importing_pandas

Task = TypeVar("Task")
Result = TypeVar("Result")

_WATCH_SECONDS = 0.5
_QUEUED_PER_WORKER = 4
_PATIENCE: Final = 5.0
"""Seconds without a result after which it is checked whether the workers are alive."""
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_DIED = (
    "a worker process died, killed from outside or for lack of memory; run the same "
    "command again (finished work is kept), with fewer --workers if memory is short"
)


class LocalEngine:
    """Worker processes; with one worker everything runs in this process.

    On Linux a server process imports what workers need, once, and workers are forked from it; its
    only other thread, that of Arrow's allocator, is stopped and started around a fork. Elsewhere
    workers are spawned. This process itself is never forked: a fork would copy locks of threads
    that Arrow and BLAS hold. A worker leaves by itself when the process that started it is gone.
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
        self._others: set[BaseProcess] = set()
        """Processes of this program that are not workers of the pool."""

    def __enter__(self) -> LocalEngine:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool:
            if error[0] is None:
                self._pool.shutdown()
            else:
                _end_at_once(self._pool, self._others)
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
        if self._pool is None:
            self._others = set(multiprocessing.active_children())
            self._pool = _start(self.workers, self._preload)
        pool = self._pool
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
            done, _ = wait(running, _PATIENCE, return_when=FIRST_COMPLETED)
            if not done and _has_dead_workers(pool):
                _end_at_once(pool, self._others)
                raise BrokenProcessPool(_DIED)
            for future in done:
                yield running.pop(future), future.result()

    def isolated(self, function: Callable[[Task], Result], task: Task) -> Result:
        """See Engine.isolated."""
        others = set(multiprocessing.active_children())
        pool = _start(1, self._preload)
        workers = set(multiprocessing.active_children()) - others
        try:
            result = guard.submit(pool, function, task).result()
        except BrokenProcessPool as error:
            pool.shutdown()
            raise WorkerDiedError(_DIED, guard.exit_code(workers)) from error
        except BaseException:
            _end_at_once(pool, others)
            raise
        pool.shutdown()
        return result


def _has_dead_workers(pool: ProcessPoolExecutor) -> bool:
    """Whether a worker is gone although the pool did not notice.

    That happens where the server that workers are forked from is killed: what the pool waits for
    may then never come.
    """
    return any(not process.is_alive() for process in list((pool._processes or {}).values()))


def _end_at_once(pool: ProcessPoolExecutor, others: set[BaseProcess]) -> None:
    """End a pool and what its workers are at.

    A worker may be stopped, or a stage in it may ignore SIGTERM, so they are killed: their tasks
    were given up in any case.
    """
    pool.shutdown(wait=False, cancel_futures=True)
    for process in set(multiprocessing.active_children()) - others:
        process.kill()


def _start(workers: int, preload: Sequence[str] = ()) -> ProcessPoolExecutor:
    guard.check_caller()
    others = set(multiprocessing.active_children())
    context = _context(preload)
    pool = ProcessPoolExecutor(
        workers,
        mp_context=context,
        initializer=_prepare_worker,
        initargs=(dict(os.environ), logs.settings()),
    )
    try:
        with _one_thread_each():
            return guard.start(pool)
    except KeyboardInterrupt:
        _end_at_once(pool, others)
        raise


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
    Finalize(None, _end_after_last_task, exitpriority=0)
    keep_arrow_from_importing_pandas()


def _end_after_last_task() -> None:
    """End this worker without the threads and processes that a stage left in it.

    Called when the pool has no more tasks. Python would wait for them.
    """
    if sys.exc_info()[0] is not None:  # the worker itself failed: Python shows the traceback
        return
    for process in multiprocessing.active_children():
        process.kill()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(0)


def _end_with_parent(starter: int) -> None:
    """End this process when its parent, or the forkserver that started it, is gone."""
    parent = multiprocessing.parent_process()
    while os.getppid() == starter and parent is not None and parent.is_alive():
        parent.join(_WATCH_SECONDS)
    os._exit(1)
