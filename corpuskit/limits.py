"""Time and memory that one record may take, enforced inside the process that works on it.

    with watched(limits):
        work on one record

Beyond a limit RecordLimitError is raised at the point where the work is. Three watchers see to it,
because no single one sees everything:

- The kernel counts CPU time (ITIMER_PROF). Its signal interrupts Python code and also the engine
  of `re`, which looks for signals while it backtracks.
- A thread looks at the clock and at the process's memory ten times a second: for work that waits
  (a lock, a dead network drive) and for work that fills memory.
- The kernel refuses memory (RLIMIT_DATA) to a single huge allocation, which the thread would see
  too late; Python code then gets a MemoryError.

Code in C that never returns to Python cannot be interrupted. The kernel ends such a process
(RLIMIT_CPU) a few CPU seconds later, and the thread ends a worker that waits or holds too much
memory; `cause_of` tells from the exit code which limit it was. All this needs POSIX and the main
thread of a process; elsewhere records have no limits.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import dataclass
from types import FrameType, TracebackType
from typing import Any, Final

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SECONDS: Final = 60.0
"""CPU seconds for one record. The largest content that is read, 10 MB of Khmer HTML, takes .9 s to
extract and 5.5 s to normalize, identify and measure; a page takes .02 to .05 s."""
MEMORY: Final = 2_000_000_000
"""Bytes that a process may grow by while it works on one record. The same 10 MB make it grow by
80 MB when they are extracted and by 400 MB when they are measured."""

WAITING: Final = 4
"""Times `seconds` on the clock, for work that waits and takes no CPU time."""

TOO_SLOW: Final = "too_slow"
TOO_LARGE: Final = "too_large"
CRASHED: Final = "crashed"

_GRACE: Final = 2
"""CPU seconds (and seconds of waiting) until a process that cannot be interrupted is ended."""
_LOOK_SECONDS: Final = 0.1
_SLOW_EXIT, _LARGE_EXIT = 88, 89
"""Exit codes of a worker that its own thread ends; no shell and no signal uses them."""
_TICK_CLOCK: Final = -8
"""The clock of RLIMIT_CPU: CPUCLOCK_PROF of this very process (pid 0), as Linux encodes clocks of
processes in numbers (include/linux/posix-timers.h: ~pid << 3 | clock)."""
_ARENA: Final = 1 << 30
"""Bytes that Arrow's allocator reserves at once; they count as data and are not used yet."""


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """What one record may take."""

    seconds: float = SECONDS
    """CPU seconds; on the clock, WAITING times as much."""
    memory: int = MEMORY
    """Bytes by which the process may grow."""

    def detail(self, cause: str) -> str:
        """What a record beyond a limit met, in words that are the same every time."""
        if cause == TOO_SLOW:
            return f"more than {self.seconds:g} seconds"
        return f"more than {self.memory / 1e6:,.0f} MB of memory"


class RecordLimitError(BaseException):
    """A record took more than its limit; `cause` is TOO_SLOW or TOO_LARGE.

    Not an Exception, so that no `except Exception` of a stage takes it for a fault of its own.
    """

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


def cause_of(exit_code: int | None) -> str:
    """TOO_SLOW, TOO_LARGE or CRASHED: why a process with this exit code ended."""
    if exit_code == _SLOW_EXIT or (resource and exit_code == -signal.SIGXCPU):
        return TOO_SLOW
    return TOO_LARGE if exit_code == _LARGE_EXIT else CRASHED


class watched:  # noqa: N801  # a context manager, used like a function
    """Raise RecordLimitError in this block where it takes more than `limits`."""

    def __init__(self, limits: RecordLimits, *, is_worker: bool | None = None) -> None:
        """`is_worker`: whether the process may be ended; None: if it is one of multiprocessing."""
        self._limits = limits
        self._is_worker = is_worker
        self._cause = TOO_SLOW
        self._armed = False
        self._begun = 0.0
        self._memory = 0
        self._before: dict[int, tuple[int, int]] = {}
        self._handler: Any = None
        self._interrupting = threading.Lock()

    def __enter__(self) -> watched:
        if resource is None or threading.current_thread() is not threading.main_thread():
            return self
        self._before = {
            kind: resource.getrlimit(kind) for kind in (resource.RLIMIT_CPU, resource.RLIMIT_DATA)
        }
        self._handler = signal.signal(signal.SIGPROF, self._interrupt)
        self._memory, data = _memory()
        self._armed = True
        if data:
            _lower(resource.RLIMIT_DATA, data + 2 * self._limits.memory + _ARENA)
        self.beat()
        _Watcher.watch(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def end(self) -> None:
        """Lift the limits before the block ends."""
        armed, self._armed = self._armed, False
        if not armed:
            return
        _Watcher.watch(None)
        with self._interrupting:  # a signal that is on its way arrives while it is handled here
            pass
        signal.setitimer(signal.ITIMER_PROF, 0)
        for limit, before in self._before.items():
            resource.setrlimit(limit, before)
        signal.signal(signal.SIGPROF, self._handler)

    def beat(self) -> None:
        """Time starts anew: the next record has begun."""
        now = time.monotonic()
        if not self._armed or now - self._begun < _LOOK_SECONDS:
            return
        seconds, self._begun = self._limits.seconds, now
        signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # again, should the first be swallowed
        hard = math.ceil(_cpu_seconds() + seconds + _GRACE)
        resource.setrlimit(resource.RLIMIT_CPU, _at_most(self._before[resource.RLIMIT_CPU], hard))

    def look(self) -> None:
        """Called by the watching thread: interrupt or end work beyond a limit."""
        waited = time.monotonic() - self._begun
        allowed = WAITING * self._limits.seconds
        if waited > allowed:
            self._stop(TOO_SLOW, _SLOW_EXIT, hard=waited > allowed + _GRACE)
        elif (grown := _memory()[0] - self._memory) > self._limits.memory:
            self._stop(TOO_LARGE, _LARGE_EXIT, hard=grown > 2 * self._limits.memory)

    def _stop(self, cause: str, exit_code: int, *, hard: bool) -> None:
        main = threading.main_thread().ident
        with self._interrupting:
            if not self._armed or main is None:
                return
            if hard and self._may_be_ended():
                os._exit(exit_code)
            self._cause = cause
            signal.pthread_kill(main, signal.SIGPROF)

    def _may_be_ended(self) -> bool:
        if self._is_worker is None:
            return multiprocessing.parent_process() is not None
        return self._is_worker

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            raise RecordLimitError(self._cause)


def beat() -> None:
    """A reader or scanner has come to the next record: its time starts anew.

    Does nothing where no limits are set.
    """
    if (watch := _Watcher.current) is not None:
        watch.beat()


class _Watcher:
    """The thread of this process that looks at clock and memory while a block is watched."""

    current: watched | None = None
    _process = 0
    _busy = threading.Event()

    @classmethod
    def watch(cls, block: watched | None) -> None:
        cls.current = block
        if block is None:
            cls._busy.clear()
            return
        if cls._process != os.getpid():  # a forked process has no thread yet
            cls._process = os.getpid()
            cls._busy = threading.Event()
            threading.Thread(target=cls._look, name="record limits", daemon=True).start()
        cls._busy.set()

    @classmethod
    def _look(cls) -> None:
        while True:
            cls._busy.wait()
            time.sleep(_LOOK_SECONDS)
            if (block := cls.current) is not None:
                block.look()


def _cpu_seconds() -> float:
    """CPU time of this process by the clock of RLIMIT_CPU.

    The kernel counts that one in ticks. Within 30 s of a loop that allocated memory it was 1.1 s
    ahead of the exact clock of `time.process_time`, so that a process ended early in the end.
    """
    try:
        return time.clock_gettime(_TICK_CLOCK)
    except (AttributeError, OSError):
        return time.process_time()


def _memory() -> tuple[int, int]:
    """Bytes of this process in memory that it does not share, and of its data segment; 0 and 0
    where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  # ten times a second
            _, resident, shared, _, _, data, _ = map(int, file.read().split())
    except (OSError, ValueError):
        return 0, 0
    page = resource.getpagesize()
    return (resident - shared) * page, data * page


def _lower(kind: int, value: int) -> None:
    resource.setrlimit(kind, _at_most(resource.getrlimit(kind), value))


def _at_most(before: tuple[int, int], value: int) -> tuple[int, int]:
    """A soft limit of `value`, or the one that was set before where that is lower."""
    soft, hard = before
    unlimited = resource.RLIM_INFINITY
    return min([value, *(limit for limit in (soft, hard) if limit != unlimited)]), hard
