"""Scripts that start a build outside of `if __name__ == "__main__":`.

A spawned worker imports the main script before it works. A build that the script starts on
import is then started by the worker as well. `multiprocessing` ends such a worker with two pages
of traceback, or the worker finds the build folder locked by its own parent. Here the worker ends
silently with an exit code of its own, and the parent, which knows that code, says what to do.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final, TypeVar

from corpuskit.errors import EngineError, WorkerDiedError

Result = TypeVar("Result")

_UNGUARDED_EXIT: Final = 87
"""Exit code of a worker whose main script starts a build; no shell and no signal uses it."""
_EXCEPTION_EXIT: Final = 1
_SERVER_GONE: Final = 255
"""What multiprocessing reports of a worker whose forkserver died before it could tell."""
_JOIN_SECONDS: Final = 10.0


class UnguardedScriptError(EngineError, SystemExit):
    """A script starts a build when it is imported.

    Nobody has to catch it: as a SystemExit it ends a script with its message, without a
    traceback.
    """

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = message if code is None else code


def check_caller() -> None:
    """End a worker process that is still importing the main script, with an exit code of its own.

    At once, because the script may catch an exception, and a forkserver does not pass on the code
    of a SystemExit.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(_UNGUARDED_EXIT)


def start(pool: ProcessPoolExecutor) -> ProcessPoolExecutor:
    """Start the workers of a new pool and wait for one of them.

    Raises UnguardedScriptError if the main script starts a build on import, and EngineError if
    importing it fails for another reason.
    """
    others = set(multiprocessing.active_children())
    workers: set[BaseProcess] = set()
    try:
        with _no_interrupt():
            future = submit(pool, _nothing)
        workers = set(multiprocessing.active_children()) - others
        future.result()
    except BrokenProcessPool:
        pool.shutdown()
        raise _reason(workers) from None
    return pool


def submit(
    pool: ProcessPoolExecutor, function: Callable[..., Result], *arguments: object
) -> Future[Result]:
    """Hand a task to a pool; BrokenProcessPool if a worker that it needs cannot be started.

    A forkserver that is killed is started anew, but whoever is asking it then sees its end.
    """
    try:
        return pool.submit(function, *arguments)
    except (EOFError, ConnectionError) as error:
        pool.shutdown(cancel_futures=True)  # its workers end with the server
        raise BrokenProcessPool("the server that starts workers is gone") from error


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Processes that are started here do not receive Ctrl-C, which a terminal sends to all.

    A worker ignores it once it runs, but would end with a traceback while it is still importing.
    A blocked signal stays blocked in a new process.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _nothing() -> None:
    """The first task of a pool."""


def _reason(workers: Collection[BaseProcess]) -> EngineError:
    codes = _exit_codes(workers)
    if _UNGUARDED_EXIT in codes:
        return UnguardedScriptError(_message())
    if _EXCEPTION_EXIT in codes:
        return EngineError(
            f"worker processes import {_script()} again, and that failed (see the traceback "
            'above); keep what the script does under `if __name__ == "__main__":`'
        )
    return WorkerDiedError(
        "no worker process could be started: they were killed from outside or for lack of "
        "memory; run the same command again, with fewer --workers if memory is short"
    )


def exit_code(workers: Collection[BaseProcess]) -> int | None:
    """Exit code of the one worker of a pool that broke; None where it is not known."""
    codes = _exit_codes(workers)
    code = codes.pop() if len(codes) == 1 else None
    return None if code == _SERVER_GONE else code


def _exit_codes(workers: Collection[BaseProcess]) -> set[int | None]:
    for worker in workers:
        worker.join(_JOIN_SECONDS)
    return {worker.exitcode for worker in workers}


def _message() -> str:
    return (
        f'{_script()}: put the build under `if __name__ == "__main__":`, because worker '
        "processes import this script again (with workers=1 there are none)"
    )


def _script() -> str:
    main = sys.modules.get("__mp_main__") or sys.modules["__main__"]  # the first is a worker's
    file = getattr(main, "__file__", None)
    return Path(file).name if file else "the main script"
