"""What the tests have workers of a Ray cluster do; a module that these can import."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from corpuskit.errors import Problem, RecipeError


def square(number: int) -> int:
    return number * number


def node(_: int) -> str:
    import ray

    time.sleep(0.3)
    return str(ray.get_runtime_context().get_node_id())


def fail(number: int) -> int:
    if number == 3:
        raise RecipeError([Problem("f.toml", "key", "expected a number", "did you mean 3?")])
    return number


def die(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGSEGV)
    return number


def end(code: int) -> None:
    os._exit(code)


def die_once(marks: Path) -> str:
    """The first process to get here dies."""
    try:
        (marks / "died").touch(exist_ok=False)
    except FileExistsError:
        return "done"
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def slowly(marks: Path) -> None:
    try:  # the interrupt may come as soon as the mark is there
        (marks / f"began-{os.getpid()}").touch()
        for _ in range(600):  # Ray cannot interrupt one long sleep
            time.sleep(0.1)
    finally:
        (marks / f"ended-{os.getpid()}").touch()


def mixed(task: tuple[Path, bool]) -> None:
    marks, is_slow = task
    if is_slow:
        slowly(marks)


def loaded(_: int) -> bool:
    return "pandas" in sys.modules
