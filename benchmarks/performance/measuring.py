"""CPU and wall time of whole commands, every process that they leave behind included."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_CHILD_SUBREAPER: Final = 36  # of prctl(2)


class Cost(NamedTuple):
    """Seconds of one run of a command."""

    cpu: float
    """User and system time of all its processes."""
    wall: float


class CommandError(Exception):
    """A command failed; the message has the end of what it printed."""


def adopt_orphans() -> None:
    """Have processes whose parent ends become children of this one, so that their time counts.

    A forkserver is waited for by nobody: without this its CPU time and that of its workers would be
    in no figure. Linux only; elsewhere such processes are missing, and workers are spawned.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run a command in `folder` until it and all processes that it started have ended.

    CommandError if it fails. Needs `adopt_orphans`, and no other children of this process.
    """
    before, started = _children(), time.perf_counter()
    log = folder / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=output, stderr=output
        )
        code = process.wait()
        wall = time.perf_counter() - started
        _wait_for_orphans()
    if code:
        end = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise CommandError(f"{' '.join(command)} ended with {code}: {end}")
    return Cost(_children() - before, wall)


def _wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
