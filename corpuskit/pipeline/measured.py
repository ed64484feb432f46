"""A step's function with what its task took beside its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corpuskit.work_meter import TaskWork, measuring


def measured(function: Callable[[Any], Any], job: Any) -> tuple[Any, TaskWork]:
    """Run a step's function: its result, and the work that it was."""
    with measuring() as work:
        result = function(job)
    return result, work
