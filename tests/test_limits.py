"""Limits of a record: what beyond them is interrupted, and what only ends its process."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import multiprocessing
import re
import resource
import signal
import threading
import time
from collections.abc import Callable

import pytest

from corpuskit.limits import RecordLimitError, RecordLimits, beat, cause_of, watched

LIMITS = RecordLimits(seconds=0.3, memory=100_000_000)


def backtrack() -> None:
    re.match("(a+)+$", "a" * 60 + "b")


def count() -> None:
    while True:
        pass


def swallow() -> None:
    """Code that takes every Exception for a fault of its own."""
    while True:
        with contextlib.suppress(Exception):
            count()


def wait() -> None:
    time.sleep(600)


def wait_in_c() -> None:
    ctypes.CDLL(None).sleep(600)


def fill() -> None:
    rows = []
    while True:
        rows.append(bytearray(1_000_000))


def hang_in_c() -> None:
    sum(itertools.repeat(0))  # never looks for signals


def deadlock_in_c() -> None:
    libc = ctypes.CDLL(None)
    mutex = ctypes.create_string_buffer(64)
    libc.pthread_mutex_lock(mutex)
    libc.pthread_mutex_lock(mutex)  # signals do not end it, and it takes no CPU time


def settings() -> tuple[object, ...]:
    return (
        resource.getrlimit(resource.RLIMIT_CPU),
        resource.getrlimit(resource.RLIMIT_DATA),
        signal.getsignal(signal.SIGPROF),
        signal.getitimer(signal.ITIMER_PROF),
    )


@pytest.mark.parametrize(
    ("work", "cause"),
    [
        (backtrack, "too_slow"),
        (count, "too_slow"),
        (swallow, "too_slow"),
        (wait, "too_slow"),
        (wait_in_c, "too_slow"),
        (fill, "too_large"),
    ],
)
def test_work_beyond_a_limit_is_interrupted(work: Callable[[], None], cause: str) -> None:
    before = settings()
    with pytest.raises(RecordLimitError) as caught, watched(LIMITS):
        work()
    assert caught.value.cause == cause
    assert settings() == before


def test_a_single_huge_allocation_is_refused() -> None:
    with pytest.raises(MemoryError), watched(LIMITS):
        bytes(8_000_000_000)


def test_work_within_the_limits_is_left_alone() -> None:
    before = settings()
    with watched(LIMITS):
        assert len(bytearray(50_000_000)) == 50_000_000
    with pytest.raises(ZeroDivisionError), watched(LIMITS):
        _ = 1 / 0
    assert settings() == before


def test_time_starts_anew_with_each_record() -> None:
    begun = time.process_time()
    with watched(LIMITS):
        while time.process_time() < begun + 3 * LIMITS.seconds:
            beat()
    beat()  # outside of a watched block nothing happens


def test_other_threads_have_no_limits() -> None:
    done: list[bool] = []

    def work() -> None:
        with watched(LIMITS):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_a_limit_that_is_set_already_is_not_raised() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + 1_000, hard))
    try:
        with watched(RecordLimits(seconds=5_000)):
            assert resource.getrlimit(resource.RLIMIT_CPU)[0] == used + 1_000
        assert resource.getrlimit(resource.RLIMIT_CPU)[0] == used + 1_000
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def work_by_another_clock() -> None:
    """A second and a half of short records; `time.process_time` is behind the kernel's clock."""
    exact = time.process_time
    time.process_time = lambda: -1.9
    with watched(LIMITS):
        while exact() < 1.5:
            beat()


def test_records_are_measured_by_the_clock_of_the_limit() -> None:
    """The kernel's count of ticks and the exact clock differ by seconds after some minutes."""
    process = multiprocessing.get_context("spawn").Process(target=work_by_another_clock)
    process.start()
    process.join(60)
    assert process.exitcode == 0


def under_limits(work: Callable[[], None]) -> None:
    """What a worker does."""
    with watched(LIMITS):
        work()


@pytest.mark.parametrize("work", [hang_in_c, deadlock_in_c])
def test_work_that_cannot_be_interrupted_ends_its_process(work: Callable[[], None]) -> None:
    process = multiprocessing.get_context("spawn").Process(target=under_limits, args=(work,))
    process.start()
    process.join(60)
    assert cause_of(process.exitcode) == "too_slow"


def test_what_an_exit_code_says() -> None:
    assert cause_of(-signal.SIGXCPU) == "too_slow"
    assert cause_of(89) == "too_large"
    for code in (None, 0, 1, -signal.SIGKILL, -signal.SIGSEGV):
        assert cause_of(code) == "crashed"


def test_what_a_record_beyond_a_limit_says() -> None:
    assert RecordLimits(1.5).detail("too_slow") == "more than 1.5 seconds"
    assert RecordLimits(memory=2 * 10**9).detail("too_large") == "more than 2,000 MB of memory"
